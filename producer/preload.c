/* SPDX-License-Identifier: MIT */
#include "preload.h"

#include <errno.h>

#include "cli.h"

#define WAIT_MAX_NS (100 * NS_PER_MS)

static int submit(struct worker_pool *pool, struct frame_task *task, struct frame_cache *cache,
                  struct output *output)
{
	int error = task->fault ? 0 : frame_cache_reserve(cache, task, output);

	if (!error)
		worker_pool_submit(pool);
	return error;
}

static int insert(struct frame_source *source, struct worker_pool *pool, struct frame_task *task,
                  struct frame_cache *cache, struct histogram *decode)
{
	int error = frame_source_record(source, task);

	if (!task->fault)
		histogram_add(decode, task->decode_ns);
	frame_cache_insert(cache, task);
	if (!source->options->quiet)
		cli_status("preloading: %zu of %zu", (size_t)source->read, cache->capacity);
	worker_pool_pop(pool);
	return error;
}

/* Returns the errors of preload(); -ENODATA at the end of the pass, never 0. */
static int decode_pass(struct frame_source *source, struct worker_pool *pool,
                       struct frame_cache *cache, struct output *output, struct histogram *decode)
{
	int error = 0;

	while (!error && !cli_interrupted()) {
		struct frame_task *oldest = worker_pool_oldest(pool),
				  *next = worker_pool_next(pool);

		if (oldest) {
			error = insert(source, pool, oldest, cache, decode);
		} else if (next) {
			error = submit(pool, next, cache, output);
		} else {
			error = worker_pool_fetch(pool);
			if (error == -EAGAIN) {
				worker_pool_wait(pool, monotonic_now_ns() + WAIT_MAX_NS);
				error = 0;
			}
		}
	}
	return error ? error : -EINTR;
}

int preload(struct frame_source *source, struct worker_pool *pool, struct frame_cache *cache,
            struct output *output, struct histogram *decode)
{
	int error = decode_pass(source, pool, cache, output, decode);

	if (error != -ENODATA)
		return error;
	frame_cache_seal(cache);
	if (cache->count == 0)
		return -ENODATA;
	frame_source_use_cache(source, cache);
	return 0;
}
