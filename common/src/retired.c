/* SPDX-License-Identifier: MIT */
#include "retired.h"

#include <stdlib.h>
#include <unistd.h>

#include "sysv.h"

void retired_add(struct retired_generation **list, struct retired_generation *retired,
                 struct generation *generation)
{
	retired->next = *list;
	retired->fd = generation->fd;
	retired->frames_end = generation->writer.newest + 1;
	retired->segment_id = generation->segment_id;
	generation->fd = -1;
	*list = retired;
}

static void drop_claims(struct retired_generation *retired)
{
	if (retired->fd >= 0)
		close(retired->fd);
	retired->fd = -1;
}

static bool poll_claims(struct retired_generation *retired)
{
	struct pins pins;
	bool found;

	if (retired->fd < 0)
		return false;
	pins_init(&pins, retired->fd);
	if (!pins_find_claim(&pins, retired->frames_end, &found) && found)
		return true;
	drop_claims(retired);
	return false;
}

bool retired_poll_claims(struct retired_generation *list)
{
	bool found = false;

	for (; list; list = list->next)
		found |= poll_claims(list);
	return found;
}

void retired_ignore_claims(struct retired_generation *list)
{
	for (; list; list = list->next)
		drop_claims(list);
}

static void drop_first(struct retired_generation **list)
{
	struct retired_generation *retired = *list;

	*list = retired->next;
	drop_claims(retired);
	free(retired);
}

/* A segment is marked for removal at creation: if it still exists, somebody is attached. */
static bool is_in_use(const struct retired_generation *retired)
{
	struct sysv_status status;

	return sysv_segment_status(retired->segment_id, &status) == 0;
}

unsigned retired_reap(struct retired_generation **list)
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

void retired_finish(struct retired_generation **list)
{
	while (*list)
		drop_first(list);
}
