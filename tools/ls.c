/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "commands.h"
#include "json.h"
#include "labels.h"
#include "snapshot.h"

struct list {
	const char *dir;
	struct snapshot *snapshots;
	size_t count;
};

static int add(const char *channel, void *context)
{
	struct list *list = context;
	struct snapshot *snapshots =
		realloc(list->snapshots, (list->count + 1) * sizeof(*snapshots));
	int error;

	if (!snapshots)
		return -ENOMEM;
	list->snapshots = snapshots;
	error = snapshot_take(&snapshots[list->count], list->dir, channel);
	/* It has been removed meanwhile. Or it was no channel: see add_unreadable(). */
	if (error == -ENOENT || error == -EINVAL)
		return 0;
	if (error)
		snapshot_set_unreadable(&snapshots[list->count]);
	list->count++;
	return 0;
}

static bool is_listed(const struct list *list, const char *channel)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->snapshots[i].channel, channel) == 0)
			return true;
	}
	return false;
}

/* If a file is another user's lock file, all that this user can see is its name. */
static int add_if_unreadable(struct list *list, int directory, const char *file)
{
	char channel[SHMFLIP_NAME_MAX + sizeof(".lock")];
	size_t length = strlen(file), suffix = strlen(".lock");

	if (length >= sizeof(channel) || length <= suffix ||
	    strcmp(file + length - suffix, ".lock") != 0 ||
	    faccessat(directory, file, R_OK, AT_EACCESS) == 0 || errno != EACCES)
		return 0;
	snprintf(channel, sizeof(channel), "%.*s", (int)(length - suffix), file);
	return is_listed(list, channel) ? 0 : add(channel, list);
}

/* The library lists a channel if it can read one of its files. */
static int add_unreadable(struct list *list)
{
	DIR *directory = opendir(cli_channel_directory(list->dir));
	const struct dirent *entry;
	int error = 0;

	while (directory && !error && (entry = readdir(directory)))
		error = add_if_unreadable(list, dirfd(directory), entry->d_name);
	if (directory)
		closedir(directory);
	return error;
}

static int compare_names(const void *a, const void *b)
{
	const struct snapshot *left = a, *right = b;

	return strcmp(left->channel, right->channel);
}

static void print_viewers(const struct snapshot *snapshot)
{
	uint32_t viewers = snapshot->status->viewers, listed = viewers < 4 ? viewers : 4;
	char pid[16];

	printf("%u", viewers);
	for (uint32_t i = 0; i < listed; i++) {
		label_pid(pid, sizeof(pid), snapshot->viewer_pids[i]);
		printf("%s%s", i ? " " : " (", pid);
	}
	printf("%s\n", listed < viewers ? " ...)" : listed ? ")" : "");
}

static void print_rate(const struct snapshot *snapshot)
{
	const struct shmflip_stream *stream = snapshot->status->channel->stream;
	char rate[32] = "-";

	if (snapshot->fps >= 0)
		snprintf(rate, sizeof(rate), "%.1f", snapshot->fps);
	if (stream->rate_num)
		snprintf(rate + strlen(rate), sizeof(rate) - strlen(rate), "/%g",
		         (double)stream->rate_num / stream->rate_den);
	printf("%-12s ", rate);
}

static void print_row(const struct snapshot *snapshot, int width)
{
	const struct shmflip_status *status = snapshot->status;
	char size[32] = "-", pid[16], number[LABEL_FORMAT_SIZE];
	const char *format = "-";

	label_pid(pid, sizeof(pid), snapshot_pid(snapshot));
	printf("%-*s  %-7s %-9s ", width, snapshot->channel, label_state(snapshot), pid);
	if (!snapshot_is_known(snapshot)) {
		printf("%s\n", snapshot->reason);
		return;
	}
	if (status->newest) {
		snprintf(size, sizeof(size), "%ux%u", status->newest->width,
		         status->newest->height);
		format = label_format(number, status->newest->fourcc);
	}
	printf("%-11s %-6s %-5u ", size, format, status->channel->slots);
	print_rate(snapshot);
	printf("%-16llu ", (unsigned long long)status->channel->generation);
	print_viewers(snapshot);
}

static int print_table(const struct list *list)
{
	int width = strlen("CHANNEL");

	for (size_t i = 0; i < list->count; i++)
		if ((int)strlen(list->snapshots[i].channel) > width)
			width = (int)strlen(list->snapshots[i].channel);
	if (list->count)
		printf("%-*s  %-7s %-9s %-11s %-6s %-5s %-12s %-16s %s\n", width, "CHANNEL",
		       "STATE", "PID", "SIZE", "FORMAT", "SLOTS", "FPS", "GENERATION", "VIEWERS");
	for (size_t i = 0; i < list->count; i++)
		print_row(&list->snapshots[i], width);
	return command_flush();
}

static int print_json(const struct list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(array, json_of_snapshot(&list->snapshots[i]));
	return json_print(array, false);
}

static void list_finish(struct list *list)
{
	for (size_t i = 0; i < list->count; i++)
		snapshot_finish(&list->snapshots[i]);
	free(list->snapshots);
}

int ls_run(const struct options *options)
{
	struct list list = { .dir = options->dir };
	int error = shmflip_channel_list(options->dir, add, &list);

	if (!error)
		error = add_unreadable(&list);
	/* The first producer creates the default directory. */
	if (error == -ENOENT && !options->dir)
		error = 0;
	if (error == -ENOMEM)
		cli_error("out of memory");
	else if (error)
		command_fail(error);
	if (error) {
		list_finish(&list);
		return CLI_FAILED;
	}
	snapshot_measure(list.snapshots, list.count, options->dir);
	if (list.count)
		qsort(list.snapshots, list.count, sizeof(*list.snapshots), compare_names);
	error = options->json ? print_json(&list) : print_table(&list);
	list_finish(&list);
	return command_status(error);
}
