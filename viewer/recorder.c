/* SPDX-License-Identifier: MIT */
#include "recorder.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "picture_copy.h"
#include "record.h"

#define QUEUE_MAX 32
#define QUEUE_MIN 2
#define QUEUE_BYTES_MAX (UINT64_C(256) << 20)
#define POLL_NS (100 * NS_PER_MS)

struct entry {
	struct picture_copy copy;
	uint64_t producer;
};

struct recorder {
	const char *dir;
	struct png_encoder *encoder; /* the thread's */
	struct record_tally tally;
	pthread_t thread;
	bool running;            /* the thread is to be joined */
	pthread_mutex_t lock;    /* of all below */
	pthread_cond_t work;     /* a frame to write, or stopping */
	pthread_cond_t progress; /* a frame was written, or failed */
	/* The first in the queue is being written. The others are free, the last used last. They
	 * keep their memory for a picture of the same size. */
	struct entry *queue[QUEUE_MAX];
	size_t queued;
	uint64_t queued_bytes;
	struct entry *free[QUEUE_MAX];
	size_t free_count;
	bool stopping;
	int error; /* of the frame that could not be written. 0: all could */
	uint64_t failed_producer;
	uint64_t failed;
	bool reported;
	struct entry entries[QUEUE_MAX];
};

/* ---- The thread ------------------------------------------------------------------------------ */

static int write_frame(const struct recorder *recorder, const struct entry *entry)
{
	return record_frame(recorder->encoder, recorder->dir, entry->producer,
	                    entry->copy.info.sequence, &entry->copy.source);
}

/* Called with the lock held. */
static void remove_first(struct recorder *recorder)
{
	recorder->free[recorder->free_count++] = recorder->queue[0];
	recorder->queued--;
	recorder->queued_bytes -= recorder->queue[0]->copy.room_bytes;
	memmove(recorder->queue, recorder->queue + 1, recorder->queued * sizeof(struct entry *));
	pthread_cond_signal(&recorder->progress);
}

/* Called with the lock held; releases it meanwhile. */
static void write_first(struct recorder *recorder)
{
	struct entry *entry = recorder->queue[0];
	int error;

	pthread_mutex_unlock(&recorder->lock);
	error = write_frame(recorder, entry);
	pthread_mutex_lock(&recorder->lock);
	recorder->error = error;
	recorder->failed_producer = entry->producer;
	recorder->failed = entry->copy.info.sequence;
	remove_first(recorder);
}

static void *write_frames(void *argument)
{
	struct recorder *recorder = argument;

	pthread_mutex_lock(&recorder->lock);
	while (!recorder->error && (recorder->queued || !recorder->stopping)) {
		if (recorder->queued)
			write_first(recorder);
		else
			pthread_cond_wait(&recorder->work, &recorder->lock);
	}
	pthread_mutex_unlock(&recorder->lock);
	return NULL;
}

/* ---- Adding ---------------------------------------------------------------------------------- */

/* Called with the lock held. */
static bool has_room(const struct recorder *recorder, size_t bytes)
{
	if (recorder->queued < QUEUE_MIN)
		return true;
	return recorder->queued < QUEUE_MAX && recorder->queued_bytes + bytes <= QUEUE_BYTES_MAX;
}

/* Returns the last used of this size, because its memory is there and in the cache. Frees memory of
 * other sizes. If no free entry has this size, only the queue has memory left, and that is limited.
 * Called with the lock held. */
static struct entry *pop_free(struct recorder *recorder, size_t bytes)
{
	size_t chosen = recorder->free_count - 1;
	struct entry *entry;

	for (size_t i = 0; i < recorder->free_count; i++) {
		if (recorder->free[i]->copy.room_bytes == bytes)
			chosen = i;
		else
			picture_copy_finish(&recorder->free[i]->copy);
	}
	entry = recorder->free[chosen];
	recorder->free[chosen] = recorder->free[--recorder->free_count];
	return entry;
}

/* Called with the lock held; releases it meanwhile. Wakes up now and then: a signal does not end
 * the wait. */
static void await_progress(struct recorder *recorder)
{
	int64_t until_ns = monotonic_now_ns() + POLL_NS;
	struct timespec until = { .tv_sec = until_ns / NS_PER_S, .tv_nsec = until_ns % NS_PER_S };

	pthread_cond_timedwait(&recorder->progress, &recorder->lock, &until);
}

/* Takes a free entry, if the queue has room for the picture. NULL: not, or the thread failed. */
static struct entry *take_entry(struct recorder *recorder, const struct picture *picture,
                                bool waits)
{
	size_t bytes = picture_copy_bytes(&picture->source);
	struct entry *entry = NULL;

	pthread_mutex_lock(&recorder->lock);
	while (waits && !recorder->error && !has_room(recorder, bytes) && !cli_interrupted())
		await_progress(recorder);
	if (!recorder->error && has_room(recorder, bytes))
		entry = pop_free(recorder, bytes);
	pthread_mutex_unlock(&recorder->lock);
	return entry;
}

static void put_entry(struct recorder *recorder, struct entry *entry, bool is_filled)
{
	pthread_mutex_lock(&recorder->lock);
	if (is_filled) {
		recorder->queue[recorder->queued++] = entry;
		recorder->queued_bytes += entry->copy.room_bytes;
	} else {
		recorder->free[recorder->free_count++] = entry;
	}
	pthread_cond_signal(&recorder->work);
	pthread_mutex_unlock(&recorder->lock);
}

/* What a user can do about it. */
static const char *hint(int error)
{
	switch (error) {
	case -ENOSPC:
	case -EDQUOT:
		return ": free space there, or record to another directory";
	case -ENOENT:
		return ": was the directory removed?";
	default:
		return "";
	}
}

/* The thread has ended. What is still in the queue was noted as recorded, and so was the frame that
 * failed. */
static void report_failure(struct recorder *recorder)
{
	cli_error("cannot record frame %" PRIu64 " in %s: %s%s", recorder->failed, recorder->dir,
	          strerror(-recorder->error), hint(recorder->error));
	record_tally_fail(&recorder->tally, recorder->failed_producer, recorder->failed,
	                  recorder->queued + 1);
	recorder->reported = true;
}

static int report(struct recorder *recorder)
{
	int error;

	pthread_mutex_lock(&recorder->lock);
	error = recorder->error;
	if (error && !recorder->reported)
		report_failure(recorder);
	pthread_mutex_unlock(&recorder->lock);
	return error;
}

int recorder_add(struct recorder *recorder, uint64_t producer, const struct picture *picture,
                 bool waits)
{
	struct entry *entry = take_entry(recorder, picture, waits);
	bool is_copied = false;

	if (entry) {
		entry->producer = producer;
		is_copied =
			picture_copy_replace(&entry->copy, &picture->info, &picture->source) == 0;
		put_entry(recorder, entry, is_copied);
	}
	record_tally_add(&recorder->tally, producer, picture->info.sequence, is_copied);
	return report(recorder);
}

const struct record_tally *recorder_tally(const struct recorder *recorder)
{
	return &recorder->tally;
}

/* ---- Begin and end --------------------------------------------------------------------------- */

static void report_missing(const struct recorder *recorder)
{
	char text[RECORD_RANGES_TEXT_MAX];

	/* A failure alone was reported. */
	if (!recorder->tally.range_count)
		return;
	record_tally_print(&recorder->tally, text);
	cli_error("recorded %" PRIu64 " frames in %s, %" PRIu64 " missing: %s",
	          recorder->tally.recorded, recorder->dir, recorder->tally.missing, text);
}

/* The thread writes what is in the queue first. */
static void stop(struct recorder *recorder)
{
	if (!recorder->running)
		return;
	pthread_mutex_lock(&recorder->lock);
	recorder->stopping = true;
	pthread_cond_signal(&recorder->work);
	pthread_mutex_unlock(&recorder->lock);
	pthread_join(recorder->thread, NULL);
	recorder->running = false;
}

int recorder_finish(struct recorder *recorder)
{
	bool was_reported = recorder->reported;
	int error;

	stop(recorder);
	error = report(recorder);
	report_missing(recorder);
	return was_reported ? 0 : error;
}

void recorder_destroy(struct recorder *recorder)
{
	if (!recorder)
		return;
	stop(recorder);
	for (size_t i = 0; i < QUEUE_MAX; i++)
		picture_copy_finish(&recorder->entries[i].copy);
	pthread_cond_destroy(&recorder->progress);
	pthread_cond_destroy(&recorder->work);
	pthread_mutex_destroy(&recorder->lock);
	png_encoder_destroy(recorder->encoder);
	free(recorder);
}

static void init(struct recorder *recorder, const char *dir)
{
	pthread_condattr_t attributes;

	recorder->dir = dir;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&recorder->progress, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_cond_init(&recorder->work, NULL);
	pthread_mutex_init(&recorder->lock, NULL);
	for (size_t i = 0; i < QUEUE_MAX; i++)
		recorder->free[i] = &recorder->entries[i];
	recorder->free_count = QUEUE_MAX;
}

/* The threads block all signals, so that signals interrupt the waits of the main thread. */
static int start(struct recorder *recorder, unsigned jobs)
{
	sigset_t all, before;
	int error = record_prepare(recorder->dir);

	if (!error)
		error = png_encoder_create(jobs, &recorder->encoder);
	if (error)
		return error;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = -pthread_create(&recorder->thread, NULL, write_frames, recorder);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	recorder->running = !error;
	return error;
}

struct recorder *recorder_create(const char *dir, unsigned jobs)
{
	struct recorder *recorder = calloc(1, sizeof(*recorder));
	int error = -ENOMEM;

	if (recorder) {
		init(recorder, dir);
		error = start(recorder, jobs);
	}
	if (!error)
		return recorder;
	cli_error("cannot record in %s: %s%s", dir, strerror(-error),
	          error == -EAGAIN ? ": use a smaller --jobs" : "");
	recorder_destroy(recorder);
	return NULL;
}
