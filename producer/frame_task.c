/* SPDX-License-Identifier: MIT */
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "png_header.h"

void job_init(struct job *job)
{
	*job = (struct job){ .buffer = job->buffer };
}

void job_finish(struct job *job)
{
	buffer_finish(&job->buffer);
}

static void set_fault(struct job *job, const char *text)
{
	snprintf(job->fault_text, sizeof(job->fault_text), "%s", text);
	job->fault = job->fault_text;
}

/* How many bytes were read: fewer than size when the file has become shorter. -1: errno says why. */
static ssize_t read_all(int fd, uint8_t *data, size_t size)
{
	size_t total = 0;

	while (total < size) {
		ssize_t got = read(fd, data + total, size - total);

		if (got < 0 && errno == EINTR && !cli_interrupted())
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		total += (size_t)got;
	}
	return (ssize_t)total;
}

/* NULL, or the reason why it cannot be read. */
static const char *read_file(struct job *job, int fd)
{
	struct stat status;
	ssize_t got;

	if (fd < 0 || fstat(fd, &status))
		return strerror(errno);
	if (!S_ISREG(status.st_mode))
		return "not a plain file";
	if ((uintmax_t)status.st_size > PNG_BYTES_MAX)
		return "too many bytes for one PNG";
	if (buffer_reserve(&job->buffer, (size_t)status.st_size))
		return strerror(ENOMEM);
	got = read_all(fd, job->buffer.data, (size_t)status.st_size);
	if (got < 0)
		return strerror(errno);
	job->png = job->buffer.data;
	job->size = (size_t)got;
	return NULL;
}

static void open_and_read(struct job *job)
{
	int fd = open(job->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const char *reason = read_file(job, fd);

	if (reason)
		set_fault(job, reason);
	if (fd >= 0)
		close(fd);
}

static void read_png(struct job *job)
{
	struct png_header header;

	if (!job->png)
		open_and_read(job);
	if (job->fault || png_header_parse(job->png, job->size, &header, &job->fault))
		return;
	job->width = header.width;
	job->height = header.height;
}

void job_read(struct job *job, const struct capacity *capacity)
{
	if (!job->raw && !job->fault)
		read_png(job);
	if (!job->fault && capacity_check(capacity, job->width, job->height, job->fault_text,
	                                  sizeof(job->fault_text)))
		job->fault = job->fault_text;
}

static int decode_png(struct job *job, const struct options *options, struct png_fast *fast)
{
	const struct png_decode_options how = {
		.flatten = options->flatten,
		.background = options->background,
		.pixels_size = job->loan.size_bytes,
		.fast = fast,
	};
	int result = png_decode(job->png, job->size, &how, job->loan.pixels, &job->picture);

	if (result)
		job->fault = job->picture.message;
	return result;
}

/* A frame in a stream that breaks off where by chance a chunk of the next one ends is not seen by who
 * cuts the stream into pieces: the next frame lies in what is left of the piece. */
static bool go_on_within(struct job *job, const struct capacity *capacity)
{
	const uint8_t *within =
		memmem(job->png + 1, job->size - 1, png_signature, PNG_SIGNATURE_BYTES);

	if (job->path != job->stream_name || !within)
		return false;
	if (job->lost++ == 0)
		snprintf(job->lost_text, sizeof(job->lost_text), "%s", job->fault);
	job->fault = NULL;
	job->size -= (size_t)(within - job->png);
	job->png = within;
	job_read(job, capacity);
	return !job->fault;
}

static void read_raw(struct job *job, const struct options *options)
{
	struct raw_target target = {
		.pixels = job->loan.pixels,
		.flatten = options->flatten,
		.background = options->background,
	};
	uint64_t size;
	int result;

	shmflip_frame_size(job->width, job->height, &target.stride_bytes, &size);
	result = raw_stream_read(job->raw, &target);
	if (result)
		set_fault(job, result == -EBADMSG ? "truncated" : strerror(-result));
	job->picture = (struct png_picture){
		.width = job->width,
		.height = job->height,
		.stride_bytes = target.stride_bytes,
		.format = target.opaque ? SHMFLIP_FORMAT_XRGB8888 : SHMFLIP_FORMAT_ARGB8888,
	};
}

void job_decode(struct job *job, const struct capacity *capacity, const struct options *options,
                struct png_fast *fast)
{
	int64_t begin_ns;

	if (job->ready)
		return;
	job_read(job, capacity);
	if (job->fault)
		return;
	begin_ns = cli_now_ns();
	if (job->raw) {
		read_raw(job, options);
	} else {
		while (decode_png(job, options, fast) == -EBADMSG && go_on_within(job, capacity))
			continue;
	}
	job->decode_ns = cli_now_ns() - begin_ns;
}
