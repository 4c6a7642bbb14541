/* SPDX-License-Identifier: MIT */
#include "capacity.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "cli.h"
#include "png_header.h"
#include "shmflip.h"

/* 16384x16384: larger frames need --max-size. */
#define COMMON_PIXELS_MAX ((uint64_t)1 << 28)

static uint64_t frame_bytes(uint32_t width, uint32_t height)
{
	uint32_t stride_bytes;
	uint64_t size;

	return shmflip_frame_size(width, height, &stride_bytes, &size) ? UINT64_MAX : size;
}

static bool is_common(uint32_t width, uint32_t height)
{
	return (uint64_t)width * height <= COMMON_PIXELS_MAX;
}

static void set(struct capacity *capacity, uint32_t width, uint32_t height)
{
	capacity->width = width;
	capacity->height = height;
	capacity->slot_bytes = frame_bytes(width, height);
}

static bool read_header(const char *path, struct png_header *header)
{
	uint8_t start[PNG_HEADER_BYTES];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const char *reason;
	ssize_t got;

	if (fd < 0)
		return false;
	got = pread(fd, start, sizeof(start), 0);
	close(fd);
	return got == sizeof(start) && png_header_parse(start, sizeof(start), header, &reason) == 0;
}

void capacity_init(struct capacity *capacity, const struct options *options,
                   const struct file_list *files)
{
	*capacity = (struct capacity){ .width = 0 };
	if (options->max_width) {
		set(capacity, options->max_width, options->max_height);
		return;
	}
	for (size_t i = 0; files && i < files->count && !cli_interrupted(); i++) {
		struct png_header header;

		if (read_header(files->paths[i], &header) &&
		    is_common(header.width, header.height) &&
		    frame_bytes(header.width, header.height) > capacity->slot_bytes)
			set(capacity, header.width, header.height);
	}
}

static bool fits(const struct capacity *capacity, uint32_t width, uint32_t height)
{
	if (capacity->slot_bytes)
		return frame_bytes(width, height) <= capacity->slot_bytes;
	return is_common(width, height);
}

int capacity_check(const struct capacity *capacity, uint32_t width, uint32_t height, char *fault,
                   size_t fault_size)
{
	char limit[64] = "any slot";

	if (fits(capacity, width, height))
		return 0;
	if (capacity->slot_bytes)
		snprintf(limit, sizeof(limit), "the slots of %" PRIu32 "x%" PRIu32, capacity->width,
		         capacity->height);
	snprintf(fault, fault_size, "%" PRIu32 "x%" PRIu32 " does not fit %s: use --max-size",
	         width, height, limit);
	return -EMSGSIZE;
}

void capacity_decide(struct capacity *capacity, uint32_t width, uint32_t height)
{
	if (!capacity->slot_bytes)
		set(capacity, width, height);
}
