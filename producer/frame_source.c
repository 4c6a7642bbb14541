/* SPDX-License-Identifier: MIT */
#include "frame_source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

int frame_source_init(struct frame_source *source, const struct options *options)
{
	int error = 0;

	*source = (struct frame_source){ .options = options,
		                         .is_stream = options_is_stream(options) };
	input_fd_init(&source->input, STDIN_FILENO);
	for (int i = 0; !source->is_stream && i < options->source_count && !error; i++)
		error = file_list_add(&source->files, options->sources[i]);
	if (!error)
		capacity_init(&source->capacity, options,
		              source->is_stream ? NULL : &source->files);
	return error;
}

void frame_source_finish(struct frame_source *source)
{
	png_stream_finish(&source->png);
	raw_stream_finish(&source->raw);
	file_list_finish(&source->files);
}

/* -EAGAIN and -ENODATA as frame_source_fetch(). */
static int start_over(struct frame_source *source)
{
	if (source->loops == source->options->loops)
		return -ENODATA;
	if (source->read == source->skipped && source->fetched > source->read)
		return -EAGAIN;
	if (frame_source_pass_was_empty(source))
		return -ENODATA;
	source->loops++;
	source->next = 0;
	return 0;
}

static size_t frames_in_pass(const struct frame_source *source)
{
	return source->cache ? source->cache->count : source->files.count;
}

static int fetch_file_or_cached(struct frame_source *source, struct frame_task *task)
{
	int error = source->next < frames_in_pass(source) ? 0 : start_over(source);
	const char *slash;

	if (error)
		return error;
	if (source->cache) {
		task->cached = &source->cache->frames[source->next];
		task->path = task->cached->path;
		task->width = task->cached->width;
		task->height = task->cached->height;
	} else {
		task->path = source->files.paths[source->next];
		file_read_ahead(source->files.paths[(source->next + 1) % source->files.count]);
	}
	slash = strrchr(task->path, '/');
	task->name = slash ? slash + 1 : task->path;
	task->position = ++source->next;
	task->last =
		source->next == frames_in_pass(source) && source->loops == source->options->loops;
	return 0;
}

/* Detects the kind of the stream by its first two bytes: PNGs, unless they are known to be
 * another. */
static int open_stream(struct frame_source *source)
{
	uint8_t prefix[2];
	size_t size = 0;

	if (source->options->raw.format) {
		raw_stream_init_bare(&source->raw, &source->input, &source->options->raw);
		source->kind = STREAM_RAW;
		return 0;
	}
	while (size < sizeof(prefix)) {
		ssize_t got = input_fd_read(&source->input, prefix + size, sizeof(prefix) - size);

		if (got == -ENODATA)
			break;
		if (got < 0)
			return (int)got;
		size += (size_t)got;
	}
	source->kind =
		size == sizeof(prefix) && raw_stream_recognizes(prefix) ? STREAM_RAW : STREAM_PNG;
	if (source->kind == STREAM_PNG)
		return png_stream_init(&source->png, &source->input, PNG_BYTES_MAX, prefix, size);
	raw_stream_init(&source->raw, &source->input, prefix);
	source->raw.matrix = source->options->matrix;
	return 0;
}

static int fetch_png(struct frame_source *source, struct frame_task *task)
{
	int error = png_stream_next(&source->png, &task->png, &task->size, &task->fault);

	return error ? error : png_stream_take(&source->png, &task->buffer);
}

static int fetch_raw(struct frame_source *source, struct frame_task *task)
{
	int error = raw_stream_next(&source->raw, &task->fault);

	if (!error) {
		task->raw = &source->raw;
		task->width = source->raw.layout.width;
		task->height = source->raw.layout.height;
	}
	return error;
}

static int fetch_from_stream(struct frame_source *source, struct frame_task *task)
{
	int error = source->kind == STREAM_UNKNOWN ? open_stream(source) : 0;

	if (!error)
		error = source->kind == STREAM_RAW ? fetch_raw(source, task)
		                                   : fetch_png(source, task);
	if (error && error != -EBADMSG)
		return error;
	task->position = source->fetched + 1;
	snprintf(task->stream_name, sizeof(task->stream_name), "stdin:%" PRIu64, task->position);
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
	task->first_pass = source->loops == 0 || source->options->verbose;
	return 0;
}

void frame_source_use_cache(struct frame_source *source, struct frame_cache *cache)
{
	source->cache = cache;
	source->next = 0;
	source->fetched = source->read = source->skipped;
	source->skipped_in_a_row = 0;
}

int frame_source_report(int error)
{
	if (error == -ENODATA || error == -EINTR)
		return error;
	cli_error("cannot read stdin: %s", strerror(-error));
	return -ECANCELED;
}

void frame_source_cancel(struct frame_source *source)
{
	input_fd_cancel(&source->input);
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
	if (task->first_pass)
		cli_error("%s: skipped: %s", task->path, reason);
	return 0;
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
	source->skipped_in_a_row = 0;
	return 0;
}

bool frame_source_is_raw(const struct frame_source *source)
{
	return source->kind == STREAM_RAW;
}

uint32_t frame_source_fps_milli(const struct frame_source *source)
{
	return source->raw.fps_milli;
}

uint64_t frame_source_total(const struct frame_source *source)
{
	return frames_in_pass(source);
}

bool frame_source_pass_was_empty(const struct frame_source *source)
{
	return source->skipped_in_a_row >=
	       (source->is_stream ? source->read : frames_in_pass(source));
}
