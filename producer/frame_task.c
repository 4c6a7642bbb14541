/* SPDX-License-Identifier: MIT */
#include "frame_task.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "h273.h"
#include "input/file_kind.h"
#include "png_colour.h"
#include "png_display.h"
#include "png_header.h"

void frame_task_init(struct frame_task *task)
{
	*task = (struct frame_task){ .buffer = task->buffer, .fourcc = SHMFLIP_XRGB8888 };
}

void frame_task_finish(struct frame_task *task)
{
	frame_task_release(task);
	buffer_finish(&task->buffer);
}

const char *frame_task_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Whether our pixels hold all of it. Gray of limited range would have to be widened. */
static bool is_exact(const struct png_header *header, const struct shmflip_colour *colour)
{
	return header->depth <= 8 &&
	       !(header->colour_type == PNG_GRAY && colour->range == RANGE_LIMITED);
}

void frame_task_set_header(struct frame_task *task, const struct png_header *header,
                           const struct options *options)
{
	task->width = header->width;
	task->height = header->height;
	if (pixels_choose(&options->pixels, png_header_format(header),
	                  is_exact(header, &task->colour), &task->fourcc))
		return;
	task->fault =
		"a PNG of another format than --pixels names: use auto, or bgra to convert it";
	task->common_fault = true;
}

void frame_task_set_frame(struct frame_task *task, struct shmflip_frame *frame)
{
	task->frame = frame;
	task->pixels = shmflip_frame_writable(frame, 0);
	task->pixels_size = frame->slot_bytes;
}

void frame_task_release(struct frame_task *task)
{
	shmflip_frame_release(task->frame);
	task->frame = NULL;
	task->pixels = NULL;
}

void frame_task_copy_pixels(struct frame_task *task, const uint8_t *pixels,
                            const struct png_decoded *picture)
{
	struct shmflip_layout layout;

	shmflip_init(&layout);
	if (shmflip_format_layout(picture->format, picture->width, picture->height, &layout) == 0)
		memcpy(task->pixels, pixels, layout.bytes);
	task->picture = *picture;
	task->ready = true;
}

static void set_fault(struct frame_task *task, const char *text)
{
	snprintf(task->fault_text, sizeof(task->fault_text), "%s", text);
	task->fault = task->fault_text;
}

/* Returns the number of bytes read, less than size if the file became shorter; or -1 and errno. */
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

/* Returns NULL, or why the file cannot be read. */
static const char *read_file(struct frame_task *task, int fd)
{
	struct stat status;
	ssize_t got;

	if (fd < 0 || fstat(fd, &status))
		return strerror(errno);
	if (!S_ISREG(status.st_mode))
		return "not a regular file";
	if ((uintmax_t)status.st_size > PNG_BYTES_MAX)
		return "too many bytes for one PNG";
	if (buffer_reserve(&task->buffer, (size_t)status.st_size))
		return strerror(ENOMEM);
	got = read_all(fd, task->buffer.data, (size_t)status.st_size);
	if (got < 0)
		return strerror(errno);
	task->png = task->buffer.data;
	task->size = (size_t)got;
	return NULL;
}

static void open_and_read(struct frame_task *task)
{
	int fd = open(task->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const char *reason = read_file(task, fd);

	if (reason)
		set_fault(task, reason);
	if (fd >= 0)
		close(fd);
}

/* The format depends on the colour. bits are 0 if all bits of the frame's format mean something. */
static void read_format(struct frame_task *task, const struct png_header *header,
                        const struct options *options)
{
	task->warning = png_colour_read(task->png, task->size, header, &task->colour);
	frame_task_set_header(task, header, options);
	if (task->colour.bits >= shmflip_format_info(task->fourcc)->bits)
		task->colour.bits = 0;
}

static void read_display(struct frame_task *task)
{
	struct png_display display;

	png_display_read(task->png, task->size, &display);
	task->orientation = display.orientation;
	task->aspect_num = display.aspect_num;
	task->aspect_den = display.aspect_den;
}

static void read_png(struct frame_task *task, const struct options *options)
{
	struct png_header header;
	const char *kind;

	if (!task->png)
		open_and_read(task);
	if (task->fault)
		return;
	if (png_header_parse(task->png, task->size, &header, &task->fault)) {
		kind = file_kind_fault(task->png, task->size);
		if (kind)
			task->fault = kind;
		return;
	}
	read_format(task, &header, options);
	read_display(task);
}

void frame_task_read(struct frame_task *task, const struct capacity *capacity,
                     const struct options *options)
{
	if (!task->raw && !task->fault)
		read_png(task, options);
	if (task->fault || !capacity_check(capacity, task->fourcc, task->width, task->height,
	                                   task->fault_text, sizeof(task->fault_text)))
		return;
	task->fault = task->fault_text;
	task->common_fault = true;
}

static int decode_png(struct frame_task *task, const struct options *options, struct png_fast *fast)
{
	const struct png_decode_options decode_options = {
		.fourcc = task->fourcc,
		.flatten = options->flatten,
		.background = options->background,
		.pixels_size = task->pixels_size,
		.fast = fast,
	};
	int error =
		png_decode(task->png, task->size, &decode_options, task->pixels, &task->picture);

	if (error)
		task->fault = task->picture.message;
	else if (task->warning && !task->picture.message[0])
		snprintf(task->picture.message, sizeof(task->picture.message), "%s", task->warning);
	return error;
}

/* A truncated frame in a stream may swallow the start of the next one so that its chunks still look
 * right. png_stream.c cannot see that. Then the next frame is in the rest of this one's bytes. */
static bool continue_with_swallowed(struct frame_task *task, const struct capacity *capacity,
                                    const struct options *options)
{
	const uint8_t *swallowed =
		memmem(task->png + 1, task->size - 1, png_signature, PNG_SIGNATURE_BYTES);

	if (task->path != task->stream_name || !swallowed)
		return false;
	if (task->broken_frames++ == 0)
		snprintf(task->broken_reason, sizeof(task->broken_reason), "%s", task->fault);
	task->fault = NULL;
	task->size -= (size_t)(swallowed - task->png);
	task->png = swallowed;
	frame_task_read(task, capacity, options);
	return !task->fault;
}

static void read_raw(struct frame_task *task, const struct options *options)
{
	struct shmflip_layout layout;
	struct raw_target target = {
		.pixels = task->pixels,
		.layout = &layout,
		.flatten = options->flatten,
		.background = options->background,
	};
	int error;

	shmflip_init(&layout);
	error = shmflip_format_layout(task->fourcc, task->width, task->height, &layout);
	if (error || layout.bytes > task->pixels_size) {
		set_fault(task, strerror(EMSGSIZE));
		return;
	}
	error = raw_pixels_read(task->raw, &target);
	if (error)
		set_fault(task, error == -EBADMSG ? "truncated" : strerror(-error));
	task->picture = (struct png_decoded){
		.width = task->width,
		.height = task->height,
		.stride_bytes = layout.stride_bytes[0],
		.format = target.fourcc,
	};
}

void frame_task_decode(struct frame_task *task, const struct capacity *capacity,
                       const struct options *options, struct png_fast *fast)
{
	int64_t begin_ns;

	if (task->ready)
		return;
	frame_task_read(task, capacity, options);
	if (task->fault)
		return;
	begin_ns = monotonic_now_ns();
	if (task->raw) {
		read_raw(task, options);
	} else {
		while (decode_png(task, options, fast) == -EBADMSG &&
		       continue_with_swallowed(task, capacity, options))
			continue;
	}
	task->decode_ns = monotonic_now_ns() - begin_ns;
}
