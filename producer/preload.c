/* SPDX-License-Identifier: MIT */
#include "preload.h"

#include <errno.h>
#include <string.h>

#include "cli.h"

#define TURN_NS INT64_C(100000000)

static int lend(struct crew *crew, struct job *job, struct store *store,
                struct shmflip_producer *producer)
{
	int result = job->fault ? 0 : store_room(store, job, producer);

	if (result && result != -EINTR) {
		cli_error("cannot preload %s: %s", job->path, strerror(-result));
		result = -ECANCELED;
	}
	if (!result)
		crew_lend(crew);
	return result;
}

static int conclude(struct feed *feed, struct crew *crew, struct job *job, struct store *store,
                    struct histogram *decode)
{
	int result = feed_conclude(feed, job);

	if (!job->fault)
		histogram_add(decode, job->decode_ns);

	store_keep(store, job);
	if (!feed->options->quiet)
		cli_status("preloading: %zu of %zu", (size_t)feed->read, store->capacity);
	crew_conclude(crew);
	return result;
}

/* Every frame of the pass. -ENODATA: that was all. */
static int take_in(struct feed *feed, struct crew *crew, struct store *store,
                   struct shmflip_producer *producer, struct histogram *decode)
{
	int result = 0;

	while (!result && !cli_interrupted()) {
		struct job *oldest = crew_oldest(crew), *next = crew_next(crew);

		if (oldest) {
			result = conclude(feed, crew, oldest, store, decode);
		} else if (next) {
			result = lend(crew, next, store, producer);
		} else {
			result = crew_fetch(crew);
			if (result == -EAGAIN) {
				crew_wait(crew, cli_now_ns() + TURN_NS);
				result = 0;
			}
		}
	}
	return result ? result : -EINTR;
}

int preload(struct feed *feed, struct crew *crew, struct store *store,
            struct shmflip_producer *producer, struct histogram *decode)
{
	int result = take_in(feed, crew, store, producer, decode);

	if (result != -ENODATA)
		return result;
	store_close(store, producer);
	if (store->count == 0)
		return -ENODATA;
	feed_from_store(feed, store);
	return 0;
}
