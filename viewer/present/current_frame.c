/* SPDX-License-Identifier: MIT */
#include "current_frame.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "present.h"

static void let_go(struct current_frame *picture)
{
	struct shmflip_frame frame = picture->frame;

	if (picture->held)
		picture->host->release_frame(picture->host->context, &frame);
	picture->held = false;
	free(picture->copy);
	picture->copy = NULL;
}

void current_frame_set(struct current_frame *picture, const struct shmflip_frame *frame)
{
	let_go(picture);
	picture->frame = *frame;
	picture->held = true;
}

static uint8_t *copy_rows(const struct shmflip_frame *frame)
{
	size_t row_bytes = (size_t)4 * frame->info.width;
	uint8_t *copy = malloc(row_bytes * frame->info.height);

	for (size_t y = 0; copy && y < frame->info.height; y++)
		memcpy(copy + y * row_bytes, frame->pixels + y * frame->info.stride_bytes,
		       row_bytes);
	return copy;
}

int current_frame_copy(struct current_frame *picture)
{
	if (!picture->held)
		return 0;
	uint8_t *copy = copy_rows(&picture->frame);
	if (!copy) {
		snprintf(picture->host->reason, sizeof(picture->host->reason),
		         "no memory for the picture");
		return -ENOMEM;
	}
	let_go(picture);
	picture->copy = copy;
	picture->frame.pixels = copy;
	picture->frame.info.stride_bytes = 4 * picture->frame.info.width;
	return 0;
}

bool current_frame_take_back(struct current_frame *picture, struct shmflip_frame *frame)
{
	if (!picture->held)
		return false;
	*frame = picture->frame;
	picture->held = false;
	return true;
}

int current_frame_read(const struct current_frame *picture, struct area area, uint32_t *pixels)
{
	const struct shmflip_frame *frame = &picture->frame;
	bool opaque = frame->info.format == SHMFLIP_FORMAT_XRGB8888;
	uint32_t alpha = opaque ? UINT32_C(0xff000000) : 0;
	size_t width = (size_t)area.width;

	for (int y = 0; y < area.height; y++, pixels += width) {
		memcpy(pixels,
		       frame->pixels + (size_t)(area.y + y) * frame->info.stride_bytes +
		               (size_t)4 * (size_t)area.x,
		       4 * width);
		for (size_t x = 0; x < width; x++)
			pixels[x] |= alpha;
	}
	return 0;
}

void current_frame_finish(struct current_frame *picture)
{
	let_go(picture);
}
