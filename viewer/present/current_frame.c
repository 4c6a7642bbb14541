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
	if (current->held)
		current->host->release_frame(current->host->context, current->picture.frame);
	current->held = false;
	free(current->copy);
	current->copy = NULL;
}

void current_frame_replace(struct current_frame *current, const struct picture *picture)
{
	if (picture->frame)
		current->host->on_screen(current->host->context, picture->info.published_ns,
		                         monotonic_now_ns());
	release(current);
	current->picture = *picture;
	current->held = true;
}

static uint32_t *copy_rows(const struct picture *picture)
{
	size_t row_bytes = (size_t)4 * picture->info.width;
	uint8_t *copy = malloc(row_bytes * picture->info.height);

	for (size_t y = 0; copy && y < picture->info.height; y++)
		memcpy(copy + y * row_bytes, picture->pixels + y * picture->stride_bytes,
		       row_bytes);
	return (uint32_t *)(void *)copy;
}

int current_frame_release_slot(void *state)
{
	struct current_frame *current = state;

	if (!current->held)
		return 0;
	uint32_t *copy = copy_rows(&current->picture);
	if (!copy)
		return presenter_fail(current->host, -ENOMEM, "out of memory for the picture");
	release(current);
	current->copy = copy;
	current->picture = picture_of_copy(&current->picture.info, copy);
	return 0;
}

bool current_frame_take_back(void *state, struct picture *picture)
{
	struct current_frame *current = state;

	if (!current->held)
		return false;
	*picture = current->picture;
	current->held = false;
	return true;
}

int current_frame_read(void *state, struct area area, uint32_t *pixels)
{
	const struct picture *picture = &((const struct current_frame *)state)->picture;
	uint32_t alpha_floor = picture_alpha_floor(&picture->info);
	size_t width = (size_t)area.width;

	for (int y = 0; y < area.height; y++, pixels += width) {
		memcpy(pixels,
		       picture->pixels + (size_t)(area.y + y) * picture->stride_bytes +
		               (size_t)4 * (size_t)area.x,
		       4 * width);
		for (size_t x = 0; x < width; x++)
			pixels[x] |= alpha_floor;
	}
	return 0;
}

void current_frame_finish(struct current_frame *current)
{
	release(current);
}
