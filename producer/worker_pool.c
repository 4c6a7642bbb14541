/* SPDX-License-Identifier: MIT */
#include "worker_pool.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

#include "cli.h"
#include "png_fast.h"

void worker_pool_init(struct worker_pool *pool, const struct options *options,
                      struct frame_source *source)
{
	pthread_condattr_t attributes;

	*pool = (struct worker_pool){
		.options = options, .source = source, .submitted_max = 1, .entry_count = 1
	};
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&pool->state_changed, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_cond_init(&pool->work, NULL);
	pthread_cond_init(&pool->free_entry, NULL);
	pthread_mutex_init(&pool->lock, NULL);
}

static struct queue_entry *entry_at(struct worker_pool *pool, uint64_t number)
{
	return &pool->entries[number % pool->entry_count];
}

/* Called with the lock held. */
static void signal_change(struct worker_pool *pool)
{
	pool->changed = true;
	pthread_cond_signal(&pool->state_changed);
}

/* Called with the lock held. */
static bool has_free_entry(const struct worker_pool *pool)
{
	return pool->fetched - pool->popped < pool->entry_count;
}

/* Fetches one frame. Called with the lock held; releases it while it waits for the frame. */
static int fetch(struct worker_pool *pool)
{
	struct queue_entry *entry = entry_at(pool, pool->fetched);
	int error;

	pthread_mutex_unlock(&pool->lock);
	entry->done = false;
	error = frame_source_fetch(pool->source, &entry->task);
	pthread_mutex_lock(&pool->lock);
	if (!error)
		pool->fetched++;
	else if (error != -EAGAIN)
		pool->end_error = error;
	return error;
}

static void *read_frames(void *argument)
{
	struct worker_pool *pool = argument;

	pthread_mutex_lock(&pool->lock);
	while (!pool->stopping && !pool->end_error) {
		if (has_free_entry(pool)) {
			fetch(pool);
			signal_change(pool);
		} else {
			pthread_cond_wait(&pool->free_entry, &pool->lock);
		}
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

/* Waits for the next frame to decode. Called with the lock held. NULL: stopping. */
static struct queue_entry *next_work(struct worker_pool *pool)
{
	while (!pool->stopping) {
		while (pool->started < pool->submitted) {
			struct queue_entry *entry = entry_at(pool, pool->started++);

			if (!entry->done)
				return entry;
		}
		pthread_cond_wait(&pool->work, &pool->lock);
	}
	return NULL;
}

static void *decode_frames(void *argument)
{
	struct worker_pool *pool = argument;
	struct png_fast *fast = png_fast_create(0, 0);
	struct queue_entry *entry;

	pthread_mutex_lock(&pool->lock);
	while ((entry = next_work(pool))) {
		pthread_mutex_unlock(&pool->lock);
		frame_task_decode(&entry->task, &entry->capacity, pool->options, fast);
		pthread_mutex_lock(&pool->lock);
		entry->done = true;
		/* The waiter can use only the oldest. */
		if (entry == entry_at(pool, pool->popped))
			signal_change(pool);
	}
	pthread_mutex_unlock(&pool->lock);
	png_fast_destroy(fast);
	return NULL;
}

static int start_thread(struct worker_pool *pool, void *(*run)(void *))
{
	int error = -pthread_create(&pool->threads[pool->thread_count], NULL, run, pool);

	if (!error)
		pool->thread_count++;
	return error;
}

/* At most one frame is under way, in the only entry; it becomes frame 0. The reader has one entry
 * more, so that the next frame is there when a slot becomes free. */
static void set_up_entries(struct worker_pool *pool, unsigned submitted_max)
{
	pool->fetched -= pool->popped;
	pool->submitted = pool->started = pool->popped = 0;
	pool->submitted_max = submitted_max;
	pool->entry_count = submitted_max + pool->has_reader;
}

/* The threads block all signals, so that signals interrupt the waits of the main thread. */
int worker_pool_start(struct worker_pool *pool, unsigned workers, unsigned submitted_max)
{
	sigset_t all, before;
	int error = 0;

	pool->has_reader = workers && pool->source->is_stream;
	set_up_entries(pool, submitted_max);
	if (workers == 0)
		return 0;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pool->has_reader)
		error = start_thread(pool, read_frames);
	for (unsigned i = 0; i < workers && !error; i++)
		error = start_thread(pool, decode_frames);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

bool worker_pool_has_workers(const struct worker_pool *pool)
{
	return pool->thread_count > 0;
}

void worker_pool_finish(struct worker_pool *pool)
{
	frame_source_cancel(pool->source);
	pthread_mutex_lock(&pool->lock);
	pool->stopping = true;
	pthread_cond_broadcast(&pool->work);
	pthread_cond_broadcast(&pool->free_entry);
	pthread_mutex_unlock(&pool->lock);
	while (pool->thread_count)
		pthread_join(pool->threads[--pool->thread_count], NULL);
	for (size_t i = 0; i < WORKER_QUEUE_MAX; i++)
		frame_task_finish(&pool->entries[i].task);
	png_fast_destroy(pool->fast);
	pthread_cond_destroy(&pool->work);
	pthread_cond_destroy(&pool->free_entry);
	pthread_cond_destroy(&pool->state_changed);
	pthread_mutex_destroy(&pool->lock);
}

int worker_pool_fetch(struct worker_pool *pool)
{
	int error = -EAGAIN;

	pthread_mutex_lock(&pool->lock);
	if (!pool->end_error && !pool->has_reader && has_free_entry(pool))
		error = fetch(pool);
	if (pool->end_error)
		error = pool->popped == pool->fetched ? pool->end_error : -EAGAIN;
	pthread_mutex_unlock(&pool->lock);
	return error;
}

struct frame_task *worker_pool_oldest(struct worker_pool *pool)
{
	struct queue_entry *entry = entry_at(pool, pool->popped);
	bool done;

	pthread_mutex_lock(&pool->lock);
	done = pool->popped < pool->submitted && entry->done;
	pthread_mutex_unlock(&pool->lock);
	return done ? &entry->task : NULL;
}

struct frame_task *worker_pool_next(struct worker_pool *pool)
{
	bool available;

	pthread_mutex_lock(&pool->lock);
	available = pool->submitted < pool->fetched &&
	            pool->submitted - pool->popped < pool->submitted_max;
	pthread_mutex_unlock(&pool->lock);
	return available ? &entry_at(pool, pool->submitted)->task : NULL;
}

void worker_pool_submit(struct worker_pool *pool)
{
	struct queue_entry *entry = entry_at(pool, pool->submitted);
	bool done = !entry->task.pixels;

	entry->capacity = pool->source->capacity;
	if (!done && !worker_pool_has_workers(pool)) {
		if (!pool->fast)
			pool->fast = png_fast_create(0, 0);
		frame_task_decode(&entry->task, &entry->capacity, pool->options, pool->fast);
		done = true;
	}
	pthread_mutex_lock(&pool->lock);
	entry->done = done;
	pool->submitted++;
	pthread_cond_signal(&pool->work);
	pthread_mutex_unlock(&pool->lock);
}

/* Only the main thread writes both. */
uint64_t worker_pool_submitted(const struct worker_pool *pool)
{
	return pool->submitted - pool->popped;
}

void worker_pool_pop(struct worker_pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	pool->popped++;
	/* A frame without a slot may be popped before a worker has seen it. */
	if (pool->started < pool->popped)
		pool->started = pool->popped;
	pthread_cond_signal(&pool->free_entry);
	pthread_mutex_unlock(&pool->lock);
}

void worker_pool_wait(struct worker_pool *pool, int64_t until_ns)
{
	struct timespec until = { .tv_sec = until_ns / NS_PER_S, .tv_nsec = until_ns % NS_PER_S };
	int error = 0;

	pthread_mutex_lock(&pool->lock);
	while (!pool->changed && error != -ETIMEDOUT)
		error = -pthread_cond_timedwait(&pool->state_changed, &pool->lock, &until);
	pool->changed = false;
	pthread_mutex_unlock(&pool->lock);
}
