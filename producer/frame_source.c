/* SPDX-License-Identifier: MIT */
#include "frame_source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "png_header.h"

#define RETRY_NS (NS_PER_S / 10)

int frame_source_init(struct frame_source *source, const struct options *options)
{
	int error = 0;

	*source = (struct frame_source){ .options = options,
		                         .is_stream = options_is_stream(options) };
	if (source->is_stream)
		error = frame_stream_init(&source->stream, options);
	for (int i = 0; !source->is_stream && i < options->source_count && !error; i++)
		error = file_list_add(&source->files, options->sources[i]);
	if (!error)
		error = verdicts_init(&source->verdicts, source->files.count);
	if (!error)
		capacity_init(&source->capacity, options,
		              source->is_stream ? NULL : &source->files);
	return error;
}

void frame_source_finish(struct frame_source *source)
{
	frame_stream_finish(&source->stream);
	verdicts_finish(&source->verdicts);
	file_list_finish(&source->files);
}

static size_t frames_in_pass(const struct frame_source *source)
{
	return source->cache ? source->cache->count : source->files.count;
}

/* Whether no frame of a whole pass may be good, once the frames under way are recorded. */
static bool may_be_empty(const struct frame_source *source, uint64_t under_way)
{
	return !frame_source_has_good(source) ||
	       (source->skipped_in_a_row &&
	        source->skipped_in_a_row + under_way >= frames_in_pass(source));
}

/* A program may be writing the files anew. Looking at them without a pause would be a busy loop.
 * Starts the pause, unless it has begun, and returns whether it is over. */
static bool check_pause(struct frame_source *source)
{
	int64_t now_ns = monotonic_now_ns();

	if (!source->retry_ns)
		source->retry_ns = now_ns + RETRY_NS;
	return now_ns >= source->retry_ns;
}

/* -EAGAIN and -ENODATA as frame_source_fetch(). */
static int start_over(struct frame_source *source)
{
	uint64_t under_way = source->fetched - source->read;

	if (source->loops == source->options->loops)
		return -ENODATA;
	if (under_way && may_be_empty(source, under_way))
		return -EAGAIN;
	if (!frame_source_has_good(source))
		return -ENODATA;
	if (source->skipped_in_a_row >= frames_in_pass(source) && !check_pause(source))
		return -EAGAIN;
	source->retry_ns = 0;
	source->loops++;
	source->next = 0;
	return 0;
}

/* capacity_init() has read all headers for the first pass. Without a valid one, the fault is found
 * when the frame is read. */
static void fetch_file(struct frame_source *source, struct frame_task *task)
{
	struct png_header header;

	task->path = source->files.paths[source->next];
	task->file = source->next;
	if (source->loops &&
	    file_read_png_header(task->path, &source->options->pixels, &header) == 0)
		frame_task_set_header(task, &header, source->options);
	file_read_ahead(source->files.paths[(source->next + 1) % source->files.count]);
}

static int fetch_file_or_cached(struct frame_source *source, struct frame_task *task)
{
	int error = source->next < frames_in_pass(source) ? 0 : start_over(source);

	if (error)
		return error;
	if (source->cache) {
		task->cached = &source->cache->frames[source->next];
		task->path = task->cached->path;
		task->file = task->cached->file;
		task->width = task->cached->width;
		task->height = task->cached->height;
		task->colour = task->cached->colour;
		task->orientation = task->cached->orientation;
		task->aspect_num = task->cached->aspect_num;
		task->aspect_den = task->cached->aspect_den;
	} else {
		fetch_file(source, task);
	}
	task->name = frame_task_base_name(task->path);
	task->position = ++source->next;
	task->last =
		source->next == frames_in_pass(source) && source->loops == source->options->loops;
	return 0;
}

static int fetch_from_stream(struct frame_source *source, struct frame_task *task)
{
	int error = frame_stream_fetch(&source->stream, task);

	if (error)
		return error;
	task->position = source->fetched + 1;
	snprintf(task->stream_name, sizeof(task->stream_name), "%.64s:%" PRIu64,
	         source->stream.name, task->position);
	task->path = task->name = task->stream_name;
	return 0;
}

int frame_source_fetch(struct frame_source *source, struct frame_task *task)
{
	int error;

	frame_task_init(task);
	error = source->is_stream ? fetch_from_stream(source, task)
	                          : fetch_file_or_cached(source, task);
	if (error)
		return error;
	task->index = source->fetched++;
	return 0;
}

void frame_source_use_cache(struct frame_source *source, struct frame_cache *cache)
{
	source->cache = cache;
	source->next = 0;
	source->fetched = source->read = source->skipped;
	source->skipped_in_a_row = 0;
}

int frame_source_report(const struct frame_source *source, int error)
{
	if (error == -ENODATA || error == -EINTR)
		return error;
	cli_error("cannot read %s: %s", source->stream.name, strerror(-error));
	return -ECANCELED;
}

void frame_source_cancel(struct frame_source *source)
{
	input_fd_cancel(&source->stream.input);
}

/* Notes the verdict on this file or this stream. Returns whether it is new to the user. */
static bool note_verdict(struct frame_source *source, const struct frame_task *task,
                         const char *verdict)
{
	bool same;

	if (!source->is_stream)
		return verdicts_set(&source->verdicts, task->file, verdict);
	if (!task->common_fault)
		return *verdict;
	same = strcmp(source->common_fault, verdict) == 0;
	snprintf(source->common_fault, sizeof(source->common_fault), "%s", verdict);
	return !same;
}

static int skip(struct frame_source *source, const struct frame_task *task, unsigned frames,
                const char *reason)
{
	source->skipped += frames;
	source->skipped_in_a_row += frames;
	if (source->options->stop_on_error) {
		cli_error("%s: %s", task->path, reason);
		return -ECANCELED;
	}
	if (note_verdict(source, task, reason) || source->options->verbose)
		cli_error("%s: skipped: %s", task->path, reason);
	return 0;
}

/* A picture that is not decoded, because the frame is dropped, has no message. */
static void note_shown(struct frame_source *source, const struct frame_task *task)
{
	const char *warning = task->picture.message;
	bool news = !task->dropped && note_verdict(source, task, warning);

	source->skipped_in_a_row = 0;
	if (source->options->quiet)
		return;
	if (*warning && (news || source->options->verbose))
		cli_error("%s: shown anyway: %s", task->path, warning);
	else if (news)
		cli_error("%s: shown again", task->path);
}

int frame_source_record(struct frame_source *source, const struct frame_task *task)
{
	int error = 0;

	source->read += task->broken_frames + 1;
	if (task->broken_frames)
		error = skip(source, task, task->broken_frames, task->broken_reason);
	if (error)
		return error;
	if (task->fault)
		return skip(source, task, 1, task->fault);
	note_shown(source, task);
	return 0;
}

bool frame_source_is_raw(const struct frame_source *source)
{
	return source->stream.kind == STREAM_RAW;
}

struct frame_rate frame_source_rate(const struct frame_source *source)
{
	return source->stream.raw.rate;
}

uint64_t frame_source_total(const struct frame_source *source)
{
	return frames_in_pass(source);
}

bool frame_source_has_good(const struct frame_source *source)
{
	return source->read > source->skipped;
}
