/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>

#include "cli.h"
#include "commands.h"
#include "shmflip.h"

struct clean {
	const char *dir;
	bool failed;
};

static void print_count(unsigned count, const char *one, const char *many, bool first)
{
	if (count)
		printf("%s%u %s", first ? "" : ", ", count, count == 1 ? one : many);
}

static void print_removed(const char *channel, const struct shmflip_removed *removed)
{
	printf("%s: removed ", channel);
	print_count(removed->files, "file", "files", true);
	print_count(removed->segments, "segment", "segments", removed->files == 0);
	print_count(removed->semaphores, "set of semaphores", "sets of semaphores",
	            removed->files + removed->segments == 0);
	printf("\n");
}

static int clean(const char *dir, const char *channel)
{
	struct shmflip_removed removed;
	int error;

	shmflip_init(&removed);
	error = shmflip_channel_clean(dir, channel, &removed);
	if (!error)
		print_removed(channel, &removed);
	return error;
}

/* With all channels, one that is alive or already removed is not a failure. */
static int clean_next(const char *channel, void *context)
{
	struct clean *all = context;
	int error = clean(all->dir, channel);

	if (error && error != -EBUSY && error != -ENOENT) {
		cli_library_error(error);
		all->failed = true;
	}
	return 0;
}

static int clean_all(const char *dir)
{
	struct clean all = { .dir = dir };
	int error = shmflip_channel_list(dir, clean_next, &all);

	if (error == -ENOENT && !dir)
		return CLI_OK;
	if (error)
		return command_fail(error);
	return all.failed ? CLI_FAILED : command_status(command_flush());
}

static int fail_alive(const char *dir, const char *channel)
{
	const struct shmflip_status *status = NULL;

	if (shmflip_channel_status(dir, channel, &status) == 0 && status->channel->pid)
		cli_error("channel %s is alive, held by process %d: not cleaned", channel,
		          status->channel->pid);
	else
		cli_error("channel %s is alive: not cleaned", channel);
	shmflip_status_free(status);
	return CLI_FAILED;
}

int clean_run(const struct options *options)
{
	int error;

	if (!options->channel)
		return clean_all(options->dir);
	error = clean(options->dir, options->channel);
	if (error == -EBUSY)
		return fail_alive(options->dir, options->channel);
	return error ? command_fail(error) : command_status(command_flush());
}
