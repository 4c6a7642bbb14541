/* SPDX-License-Identifier: MIT */
#include "history.h"

#include <errno.h>
#include <string.h>

static void drop_oldest(struct history *history)
{
	history->bytes -= picture_copy_bytes(&history->pictures[0].source);
	picture_copy_finish(&history->pictures[0]);
	history->count--;
	memmove(history->pictures, history->pictures + 1,
	        history->count * sizeof(history->pictures[0]));
}

bool history_has_current(const struct history *history)
{
	return history->current < history->count;
}

int history_add(struct history *history, const struct picture_copy *copy)
{
	size_t bytes = picture_copy_bytes(&copy->source);

	while (history->count > 0 && (history->count == HISTORY_PICTURES_MAX ||
	                              history->bytes + bytes > HISTORY_BYTES_MAX))
		drop_oldest(history);
	history->current = history->count;
	if (bytes > HISTORY_BYTES_MAX)
		return -EFBIG;
	history->pictures[history->count++] = *copy;
	history->bytes += bytes;
	return 0;
}

const struct picture_copy *history_step_back(struct history *history)
{
	if (history->current == 0)
		return NULL;
	return &history->pictures[--history->current];
}

const struct picture_copy *history_step_forward(struct history *history)
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
