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
		snapshot_set_unreadable(&snapshots[list->count], error);
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
	char path[4096];
	const struct dirent *entry;
	int error = 0;
	DIR *directory;

	cli_channel_directory(path, sizeof(path), list->dir);
	directory = opendir(path);
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

static void print_viewers(const struct shmflip_channel_status *status)
{
	unsigned listed = status->viewers < 4 ? status->viewers : 4;
	char pid[16];

	printf("%u", status->viewers);
	for (unsigned i = 0; i < listed; i++) {
		label_pid(pid, sizeof(pid), status->viewer_pids[i]);
		printf("%s%s", i ? " " : " (", pid);
	}
	printf("%s\n", listed < status->viewers ? " ...)" : listed ? ")" : "");
}

static void print_rate(const struct snapshot *snapshot)
{
	char rate[32] = "-";

	if (snapshot->fps >= 0)
		snprintf(rate, sizeof(rate), "%.1f", snapshot->fps);
	if (snapshot->status.info.fps_milli)
		snprintf(rate + strlen(rate), sizeof(rate) - strlen(rate), "/%g",
		         snapshot->status.info.fps_milli / 1e3);
	printf("%-12s ", rate);
}

static void print_row(const struct snapshot *snapshot, int width)
{
	const struct shmflip_channel_status *status = &snapshot->status;
	const struct shmflip_frame_info *newest = &status->newest;
	char size[32] = "-", pid[16];

	label_pid(pid, sizeof(pid), status->info.pid);
	printf("%-*s  %-7s %-9s ", width, snapshot->channel, label_state(snapshot), pid);
	if (status->error) {
		printf("%s\n", snapshot->reason);
		return;
	}
	if (newest->sequence)
		snprintf(size, sizeof(size), "%ux%u", newest->width, newest->height);
	printf("%-11s %-5u ", size, status->info.slots);
	print_rate(snapshot);
	printf("%-16llu ", (unsigned long long)status->info.generation);
	print_viewers(status);
}

static int print_table(const struct list *list)
{
	int width = strlen("CHANNEL");

	for (size_t i = 0; i < list->count; i++)
		if ((int)strlen(list->snapshots[i].channel) > width)
			width = (int)strlen(list->snapshots[i].channel);
	if (list->count)
		printf("%-*s  %-7s %-9s %-11s %-5s %-12s %-16s %s\n", width, "CHANNEL", "STATE",
		       "PID", "SIZE", "SLOTS", "FPS", "GENERATION", "VIEWERS");
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
		free(list.snapshots);
		return CLI_FAILED;
	}
	snapshot_measure(list.snapshots, list.count, options->dir);
	if (list.count)
		qsort(list.snapshots, list.count, sizeof(*list.snapshots), compare_names);
	error = options->json ? print_json(&list) : print_table(&list);
	free(list.snapshots);
	return command_status(error);
}
