/* SPDX-License-Identifier: MIT */
#include "capacity.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "cli.h"
#include "png_fast.h"
#include "png_header.h"
#include "shmflip.h"

/* 16384x16384: larger frames need --max-size. */
#define SLOT_BYTES_MAX ((uint64_t)1 << 30)

static uint64_t frame_bytes(uint32_t fourcc, uint32_t width, uint32_t height)
{
	struct shmflip_layout layout;

	shmflip_init(&layout);
	return shmflip_format_layout(fourcc, width, height, &layout) ? UINT64_MAX : layout.bytes;
}

static void set(struct capacity *capacity, uint32_t fourcc, uint32_t width, uint32_t height)
{
	capacity->fourcc = fourcc;
	capacity->width = width;
	capacity->height = height;
	capacity->slot_bytes = frame_bytes(fourcc, width, height);
}

/* By --max-size, a frame may have as many bytes as one of that size in its format. */
static uint64_t max_bytes(const struct capacity *capacity, uint32_t fourcc)
{
	uint64_t bytes = capacity->max_width
	                         ? frame_bytes(fourcc, capacity->max_width, capacity->max_height)
	                         : UINT64_MAX;

	return bytes < capacity->max_bytes ? bytes : capacity->max_bytes;
}

/* Makes the slots large enough for a frame like this, or for one of --max-size in its format. */
static void include(struct capacity *capacity, uint32_t fourcc, uint32_t width, uint32_t height)
{
	if (capacity->max_width) {
		width = capacity->max_width;
		height = capacity->max_height;
	}
	if (frame_bytes(fourcc, width, height) > capacity->slot_bytes)
		set(capacity, fourcc, width, height);
}

static void include_file(struct capacity *capacity, const struct options *options, const char *path)
{
	struct png_header header;
	uint32_t fourcc;

	if (file_read_png_header(path, &options->pixels, &header) == 0 &&
	    pixels_choose(&options->pixels, png_header_format(&header), header.depth <= 8,
	                  &fourcc) &&
	    frame_bytes(fourcc, header.width, header.height) <= max_bytes(capacity, fourcc))
		include(capacity, fourcc, header.width, header.height);
}

void capacity_init(struct capacity *capacity, const struct options *options,
                   const struct file_list *files)
{
	*capacity = (struct capacity){ .max_bytes = SLOT_BYTES_MAX };
	if (options->max_width) {
		capacity->max_width = options->max_width;
		capacity->max_height = options->max_height;
		capacity->max_bytes = INT64_MAX;
	}
	for (size_t i = 0; files && i < files->count && !cli_interrupted(); i++)
		include_file(capacity, options, files->paths[i]);
}

bool capacity_holds(const struct capacity *capacity, uint32_t fourcc, uint32_t width,
                    uint32_t height)
{
	return frame_bytes(fourcc, width, height) <= capacity->slot_bytes;
}

int capacity_check(const struct capacity *capacity, uint32_t fourcc, uint32_t width,
                   uint32_t height, char *fault, size_t fault_size)
{
	char limit[64] = "any slot";

	if (frame_bytes(fourcc, width, height) <= max_bytes(capacity, fourcc))
		return 0;
	if (capacity->max_width)
		snprintf(limit, sizeof(limit), "the slots of %" PRIu32 "x%" PRIu32,
		         capacity->max_width, capacity->max_height);
	else if (capacity->max_bytes != SLOT_BYTES_MAX)
		snprintf(limit, sizeof(limit), "the slots of %" PRIu32 "x%" PRIu32, capacity->width,
		         capacity->height);
	snprintf(fault, fault_size, "%" PRIu32 "x%" PRIu32 " does not fit %s: use --max-size",
	         width, height, limit);
	return -EMSGSIZE;
}

void capacity_decide(struct capacity *capacity, uint32_t fourcc, uint32_t width, uint32_t height)
{
	if (!capacity->slot_bytes)
		include(capacity, fourcc, width, height);
}

struct capacity capacity_larger(const struct capacity *capacity, uint32_t fourcc, uint32_t width,
                                uint32_t height)
{
	uint64_t grown = capacity->slot_bytes + capacity->slot_bytes / 2;
	struct capacity larger = *capacity;

	set(&larger, fourcc, width, height);
	if (larger.slot_bytes < grown && grown <= capacity->max_bytes)
		larger.slot_bytes = grown;
	return larger;
}

void capacity_bound(struct capacity *capacity, const struct capacity *failed)
{
	capacity->max_bytes = failed->slot_bytes - 1;
}

uint64_t capacity_buffer_bytes(const struct capacity *capacity)
{
	uint32_t fourcc = capacity->fourcc;
	uint64_t bytes = png_fast_buffer_size(fourcc, capacity->width, capacity->height);

	if ((fourcc != SHMFLIP_XRGB8888 && !png_has_format(fourcc)) || bytes < capacity->slot_bytes)
		return capacity->slot_bytes;
	return bytes;
}
