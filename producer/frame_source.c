/* SPDX-License-Identifier: MIT */
#include "feed.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

int feed_init(struct feed *feed, const struct options *options)
{
	int result = 0;

	*feed = (struct feed){ .options = options, .is_stream = options_stream(options) };
	tap_init(&feed->tap, STDIN_FILENO);
	for (int i = 0; !feed->is_stream && i < options->source_count && !result; i++)
		result = source_add(&feed->source, options->sources[i]);
	if (!result)
		capacity_init(&feed->capacity, options, feed->is_stream ? NULL : &feed->source);
	return result;
}

void feed_finish(struct feed *feed)
{
	png_stream_finish(&feed->png);
	raw_stream_finish(&feed->raw);
	source_finish(&feed->source);
}

/* 0: there is a file to come. */
static int start_over(struct feed *feed)
{
	if (feed->loops == feed->options->loops)
		return -ENODATA;
	if (feed->read == feed->skipped && feed->fetched > feed->read)
		return -EAGAIN;
	if (feed_is_dry(feed))
		return -ENODATA;
	feed->loops++;
	feed->next = 0;
	return 0;
}

static size_t frames_in_pass(const struct feed *feed)
{
	return feed->store ? feed->store->count : feed->source.count;
}

static int fetch_listed(struct feed *feed, struct job *job)
{
	int result = feed->next < frames_in_pass(feed) ? 0 : start_over(feed);
	const char *slash;

	if (result)
		return result;
	if (feed->store) {
		job->stored = &feed->store->frames[feed->next];
		job->path = job->stored->path;
		job->width = job->stored->width;
		job->height = job->stored->height;
	} else {
		job->path = feed->source.paths[feed->next];
		source_read_ahead(feed->source.paths[(feed->next + 1) % feed->source.count]);
	}
	slash = strrchr(job->path, '/');
	job->name = slash ? slash + 1 : job->path;
	job->position = ++feed->next;
	job->last = feed->next == frames_in_pass(feed) && feed->loops == feed->options->loops;
	return 0;
}

/* Sees by its first two bytes what comes down the stream: PNGs, unless something else is known. */
static int open_stream(struct feed *feed)
{
	uint8_t begun[2];
	size_t size = 0;

	if (feed->options->raw.format) {
		raw_stream_init_bare(&feed->raw, &feed->tap, &feed->options->raw);
		feed->kind = STREAM_RAW;
		return 0;
	}
	while (size < sizeof(begun)) {
		ssize_t got = tap_read(&feed->tap, begun + size, sizeof(begun) - size);

		if (got == -ENODATA)
			break;
		if (got < 0)
			return (int)got;
		size += (size_t)got;
	}
	feed->kind = size == sizeof(begun) && raw_stream_knows(begun) ? STREAM_RAW : STREAM_PNG;
	if (feed->kind == STREAM_PNG)
		return png_stream_init(&feed->png, &feed->tap, PNG_BYTES_MAX, begun, size);
	raw_stream_init(&feed->raw, &feed->tap, begun);
	return 0;
}

static int fetch_png(struct feed *feed, struct job *job)
{
	int result = png_stream_next(&feed->png, &job->png, &job->size, &job->fault);

	return result ? result : png_stream_take(&feed->png, &job->buffer);
}

static int fetch_raw(struct feed *feed, struct job *job)
{
	int result = raw_stream_next(&feed->raw, &job->fault);

	if (!result) {
		job->raw = &feed->raw;
		job->width = feed->raw.layout.width;
		job->height = feed->raw.layout.height;
	}
	return result;
}

static int fetch_of_stream(struct feed *feed, struct job *job)
{
	int result = feed->kind == STREAM_UNKNOWN ? open_stream(feed) : 0;

	if (!result)
		result = feed->kind == STREAM_RAW ? fetch_raw(feed, job) : fetch_png(feed, job);
	if (result && result != -EBADMSG)
		return result;
	job->position = feed->fetched + 1;
	snprintf(job->stream_name, sizeof(job->stream_name), "stdin:%" PRIu64, job->position);
	job->path = job->name = job->stream_name;
	return 0;
}

int feed_fetch(struct feed *feed, struct job *job)
{
	int result;

	job_init(job);
	result = feed->is_stream ? fetch_of_stream(feed, job) : fetch_listed(feed, job);
	if (result)
		return result;
	job->index = feed->fetched++;
	job->news = feed->loops == 0 || feed->options->verbose;
	return 0;
}

void feed_from_store(struct feed *feed, struct store *store)
{
	feed->store = store;
	feed->next = 0;
	feed->fetched = feed->read = feed->skipped;
	feed->skipped_in_a_row = 0;
}

int feed_fail(int error)
{
	if (error == -ENODATA || error == -EINTR)
		return error;
	cli_error("cannot read stdin: %s", strerror(-error));
	return -ECANCELED;
}

void feed_stop(struct feed *feed)
{
	tap_stop(&feed->tap);
}

static int skip(struct feed *feed, const struct job *job, unsigned frames, const char *reason)
{
	feed->skipped += frames;
	feed->skipped_in_a_row += frames;
	if (feed->options->stop_on_error) {
		cli_error("%s: %s", job->path, reason);
		return -ECANCELED;
	}
	if (job->news)
		cli_error("%s: skipped: %s", job->path, reason);
	return 0;
}

int feed_conclude(struct feed *feed, const struct job *job)
{
	int result = 0;

	feed->read += job->lost + 1;
	if (job->lost)
		result = skip(feed, job, job->lost, job->lost_text);
	if (result)
		return result;
	if (job->fault)
		return skip(feed, job, 1, job->fault);
	feed->skipped_in_a_row = 0;
	return 0;
}

bool feed_is_raw(const struct feed *feed)
{
	return feed->kind == STREAM_RAW;
}

uint32_t feed_fps_milli(const struct feed *feed)
{
	return feed->raw.fps_milli;
}

uint64_t feed_total(const struct feed *feed)
{
	return frames_in_pass(feed);
}

bool feed_is_dry(const struct feed *feed)
{
	return feed->skipped_in_a_row >= (feed->is_stream ? feed->read : frames_in_pass(feed));
}
