/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

	if (!snapshots)
		return -ENOMEM;
	list->snapshots = snapshots;
	/* A channel that cannot be inspected has been removed meanwhile, or is private to its
	 * owner. */
	if (snapshot_take(&snapshots[list->count], list->dir, channel) == 0)
		list->count++;
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	const struct snapshot *left = a, *right = b;

	return strcmp(left->channel, right->channel);
}

static void print_viewers(const struct shmflip_channel_status *status)
{
	unsigned listed = status->viewers < 4 ? status->viewers : 4;

	printf("%u", status->viewers);
	for (unsigned i = 0; i < listed; i++)
		printf("%s%d", i ? " " : " (", status->viewer_pids[i]);
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
	char size[32] = "-", pid[16] = "-";

	if (status->info.pid > 0)
		snprintf(pid, sizeof(pid), "%d", status->info.pid);
	printf("%-*s  %-6s %-9s ", width, snapshot->channel, label_state(status), pid);
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
		printf("%-*s  %-6s %-9s %-11s %-5s %-12s %-16s %s\n", width, "CHANNEL", "STATE",
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

	/* The first producer creates the default directory. */
	if (error == -ENOENT && !options->dir)
		error = 0;
	if (error == -ENOMEM)
		cli_error("not enough memory");
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
