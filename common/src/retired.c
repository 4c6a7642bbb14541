/* SPDX-License-Identifier: MIT */
#include "retired.h"

#include <stdlib.h>

#include "sysv.h"

#define FILES_MAX 16 /* how many stay open to tell viewers of an end */

void retired_add(struct generation **list, struct generation *generation)
{
	generation->next = *list;
	*list = generation;
	if (generation->frames_out == 0)
		generation_unmap(generation);
}

static bool poll_claims(struct generation *generation)
{
	bool found;

	if (generation->awaited)
		generation->awaited = !pins_find_claim(&generation->pins,
		                                       generation->writer.newest + 1, &found) &&
		                      found;
	return generation->awaited;
}

bool retired_poll_claims(struct generation *list)
{
	bool found = false;

	for (; list; list = list->next)
		found |= poll_claims(list);
	return found;
}

void retired_ignore_claims(struct generation *list)
{
	for (; list; list = list->next)
		list->awaited = false;
}

void retired_tell_end(const struct generation *list, uint64_t last_frame, enum layout_state state)
{
	for (; list; list = list->next)
		generation_tell_end(list, last_frame, state);
}

/* A segment is marked for removal at creation: if it still exists, a process is attached. This one
 * is while it has frames. */
static bool is_in_use(const struct generation *generation)
{
	struct sysv_status status;
	uint64_t own = generation->shared ? generation->own_users : 0;

	return sysv_segment_status(generation->pool.segment_id, &status) == 0 && status.users > own;
}

static void remove_first(struct generation **list)
{
	struct generation *generation = *list;

	*list = generation->next;
	generation_finish(generation);
	free(generation);
}

unsigned retired_reap(struct generation **list)
{
	unsigned count = 0;

	retired_poll_claims(*list);
	while (*list) {
		bool used = is_in_use(*list);

		count += used;
		/* A hostile viewer may stay in any number of them. */
		if (count > FILES_MAX && !(*list)->awaited)
			generation_close_file(*list);
		if ((*list)->frames_out == 0)
			generation_unmap(*list);
		if (used || (*list)->awaited || (*list)->frames_out > 0)
			list = &(*list)->next;
		else
			remove_first(list);
	}
	return count;
}

void retired_finish(struct generation **list)
{
	while (*list) {
		generation_close_file(*list);
		if ((*list)->frames_out > 0)
			list = &(*list)->next;
		else
			remove_first(list);
	}
}
