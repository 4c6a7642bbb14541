/* SPDX-License-Identifier: MIT */
#include "preload.h"

#include <errno.h>
#include <string.h>

#include "cli.h"

#define TURN_NS INT64_C(100000000)

static int lend(struct worker_pool *pool, struct frame_task *task, struct frame_cache *cache,
                struct shmflip_producer *producer)
{
	int result = task->fault ? 0 : frame_cache_reserve(cache, task, producer);

	if (result && result != -EINTR) {
		cli_error("cannot preload %s: %s", task->path, strerror(-result));
		result = -ECANCELED;
	}
	if (!result)
		worker_pool_submit(pool);
	return result;
}

static int conclude(struct frame_source *source, struct worker_pool *pool, struct frame_task *task,
                    struct frame_cache *cache, struct histogram *decode)
{
	int result = frame_source_count(source, task);

	if (!task->fault)
		histogram_add(decode, task->decode_ns);

	frame_cache_insert(cache, task);
	if (!source->options->quiet)
		cli_status("preloading: %zu of %zu", (size_t)source->read, cache->capacity);
	worker_pool_pop(pool);
	return result;
}

/* Every frame of the pass. -ENODATA: that was all. */
static int take_in(struct frame_source *source, struct worker_pool *pool, struct frame_cache *cache,
                   struct shmflip_producer *producer, struct histogram *decode)
{
	int result = 0;

	while (!result && !cli_interrupted()) {
		struct frame_task *oldest = worker_pool_oldest(pool),
				  *next = worker_pool_next(pool);

		if (oldest) {
			result = conclude(source, pool, oldest, cache, decode);
		} else if (next) {
			result = lend(pool, next, cache, producer);
		} else {
			result = worker_pool_fetch(pool);
			if (result == -EAGAIN) {
				worker_pool_wait(pool, monotonic_now_ns() + TURN_NS);
				result = 0;
			}
		}
	}
	return result ? result : -EINTR;
}

int preload(struct frame_source *source, struct worker_pool *pool, struct frame_cache *cache,
            struct shmflip_producer *producer, struct histogram *decode)
{
	int result = take_in(source, pool, cache, producer, decode);

	if (result != -ENODATA)
		return result;
	frame_cache_seal(cache, producer);
	if (cache->count == 0)
		return -ENODATA;
	frame_source_use_cache(source, cache);
	return 0;
}
