/* SPDX-License-Identifier: MIT */
#include "channels.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct search {
	const char *dir;
	const char *channel;
	int direction;
	/* The first in the direction; "": none so far. */
	char beyond[SHMFLIP_NAME_MAX + 1]; /* of those that follow the channel */
	char around[SHMFLIP_NAME_MAX + 1]; /* of the others */
};

static bool follows(const struct search *search, const char *name, const char *other)
{
	int order = strcmp(name, other);

	return search->direction > 0 ? order > 0 : order < 0;
}

static bool has_frames(const char *dir, const char *name)
{
	const struct shmflip_status *status;

	if (shmflip_channel_status(dir, name, &status) < 0)
		return false;
	bool has = status->state == SHMFLIP_RUNNING && !status->error && status->newest;
	shmflip_status_free(status);
	return has;
}

static int consider(const char *name, void *context)
{
	struct search *search = context;
	char *first = follows(search, name, search->channel) ? search->beyond : search->around;

	if (strcmp(name, search->channel) == 0 || (*first && follows(search, name, first)))
		return 0;
	if (has_frames(search->dir, name))
		snprintf(first, SHMFLIP_NAME_MAX + 1, "%s", name);
	return 0;
}

int channels_find(const char *dir, const char *channel, int direction,
                  char found[SHMFLIP_NAME_MAX + 1])
{
	struct search search = { .dir = dir, .channel = channel, .direction = direction };
	int error = shmflip_channel_list(dir, consider, &search);
	const char *name = *search.beyond ? search.beyond : search.around;

	if (error)
		return error;
	if (!*name)
		return -ENOENT;
	snprintf(found, SHMFLIP_NAME_MAX + 1, "%s", name);
	return 0;
}
