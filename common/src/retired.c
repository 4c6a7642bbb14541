/* SPDX-License-Identifier: MIT */
#include "left.h"

#include <stdlib.h>
#include <unistd.h>

#include "sysv.h"

void left_add(struct left **list, struct left *left, struct generation *generation)
{
	left->next = *list;
	left->fd = generation->fd;
	left->frames_end = generation->writer.newest + 1;
	left->segment_id = generation->segment_id;
	generation->fd = -1;
	*list = left;
}

static void forget_claims(struct left *left)
{
	if (left->fd >= 0)
		close(left->fd);
	left->fd = -1;
}

static bool has_claims(struct left *left)
{
	struct pins pins;

	if (left->fd < 0)
		return false;
	pins_init(&pins, left->fd);
	if (pins_claimed(&pins, left->frames_end) == 1)
		return true;
	forget_claims(left);
	return false;
}

bool left_has_claims(struct left *list)
{
	bool some = false;

	for (; list; list = list->next)
		some |= has_claims(list);
	return some;
}

void left_forget_claims(struct left *list)
{
	for (; list; list = list->next)
		forget_claims(list);
}

static void drop_first(struct left **list)
{
	struct left *left = *list;

	*list = left->next;
	forget_claims(left);
	free(left);
}

/* A segment is marked for removal when it is made: that it is there says that somebody has it. */
static bool is_in_use(const struct left *left)
{
	struct sysv_status status;

	return sysv_segment_status(left->segment_id, &status) == 0;
}

unsigned left_in_use(struct left **list)
{
	unsigned count = 0;

	while (*list) {
		bool used = is_in_use(*list);

		count += used;
		if (used || (*list)->fd >= 0)
			list = &(*list)->next;
		else
			drop_first(list);
	}
	return count;
}

void left_finish(struct left **list)
{
	while (*list)
		drop_first(list);
}
