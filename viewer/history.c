/* SPDX-License-Identifier: MIT */
#include "history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t bytes_of(const struct picture_info *info)
{
	return (size_t)4 * info->width * info->height;
}

static void drop_oldest(struct history *history)
{
	free(history->pictures[0].pixels);
	history->bytes -= bytes_of(&history->pictures[0].info);
	history->count--;
	memmove(history->pictures, history->pictures + 1,
	        history->count * sizeof(history->pictures[0]));
}

bool history_has_current(const struct history *history)
{
	return history->current < history->count;
}

bool history_accepts(const struct picture_info *info)
{
	return bytes_of(info) <= HISTORY_BYTES_MAX;
}

int history_add(struct history *history, const struct picture_info *info, uint32_t *pixels)
{
	size_t bytes = bytes_of(info);

	while (history->count > 0 && (history->count == HISTORY_PICTURES_MAX ||
	                              history->bytes + bytes > HISTORY_BYTES_MAX))
		drop_oldest(history);
	history->current = history->count;
	if (!history_accepts(info))
		return -EFBIG;
	history->pictures[history->count].info = *info;
	history->pictures[history->count].pixels = pixels;
	history->count++;
	history->bytes += bytes;
	return 0;
}

const struct history_entry *history_step_back(struct history *history)
{
	if (history->current == 0)
		return NULL;
	return &history->pictures[--history->current];
}

const struct history_entry *history_step_forward(struct history *history)
{
	if (history->current + 1 >= history->count)
		return NULL;
	return &history->pictures[++history->current];
}

void history_leave(struct history *history)
{
	history->current = history->count;
}

void history_clear(struct history *history)
{
	while (history->count > 0)
		drop_oldest(history);
	history->current = 0;
}
