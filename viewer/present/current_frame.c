/* SPDX-License-Identifier: MIT */
#include "current_frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "monotonic.h"
#include "present.h"
#include "presenter_host.h"

static void release(struct current_frame *current)
{
	struct shmflip_frame frame = current->frame;

	if (current->held)
		current->host->release_frame(current->host->context, &frame);
	current->held = false;
	free(current->copy);
	current->copy = NULL;
}

void current_frame_replace(struct current_frame *current, const struct shmflip_frame *frame)
{
	if (frame->segment_id != PRESENT_NO_SEGMENT)
		current->host->on_screen(current->host->context, &frame->info, monotonic_now_ns());
	release(current);
	current->frame = *frame;
	current->held = true;
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

int current_frame_release_slot(void *state)
{
	struct current_frame *current = state;

	if (!current->held)
		return 0;
	uint8_t *copy = copy_rows(&current->frame);
	if (!copy)
		return presenter_fail(current->host, -ENOMEM, "out of memory for the picture");
	release(current);
	current->copy = copy;
	current->frame.pixels = copy;
	current->frame.info.stride_bytes = 4 * current->frame.info.width;
	return 0;
}

bool current_frame_take_back(void *state, struct shmflip_frame *frame)
{
	struct current_frame *current = state;

	if (!current->held)
		return false;
	*frame = current->frame;
	current->held = false;
	return true;
}

int current_frame_read(void *state, struct area area, uint32_t *pixels)
{
	const struct current_frame *current = state;
	const struct shmflip_frame *frame = &current->frame;
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

void current_frame_finish(struct current_frame *current)
{
	release(current);
}
