/* SPDX-License-Identifier: MIT */
#include "look.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cli.h"
#include "words.h"

#define NS_PER_MS INT64_C(1000000)
#define MEASURE_NS (500 * NS_PER_MS)
#define TURN_NS (50 * NS_PER_MS)
#define ENOUGH_FRAMES 4

static int compare_pids(const void *a, const void *b)
{
	const int32_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static void sort_viewers(struct shmflip_channel_status *status)
{
	unsigned count = status->viewers < SHMFLIP_PIDS_MAX ? status->viewers : SHMFLIP_PIDS_MAX;

	qsort(status->viewer_pids, count, sizeof(status->viewer_pids[0]), compare_pids);
}

static int inspect(struct look *look, const char *dir)
{
	int error = shmflip_channel_inspect(dir, look->channel, &look->status);

	if (error)
		return error;
	look->reason[0] = '\0';
	if (look->status.error)
		words_plain(look->reason, sizeof(look->reason), shmflip_error_detail());
	sort_viewers(&look->status);
	return 0;
}

static bool has_frames(const struct look *look)
{
	return look->status.alive && !look->status.error && look->status.newest.sequence > 0;
}

void look_count_afresh(struct look *look)
{
	look->first_producer = 0;
	if (!has_frames(look))
		return;
	look->first_producer = look->status.info.producer;
	look->first_sequence = look->status.newest.sequence;
	look->first_ns = look->status.newest.published_ns;
}

static void count(struct look *look)
{
	const struct shmflip_frame_info *newest = &look->status.newest;
	uint64_t frames = newest->sequence - look->first_sequence;
	int64_t ns = newest->published_ns - look->first_ns;

	look->fps = -1;
	if (!look->status.alive || look->status.error)
		return;
	if (!has_frames(look) || look->first_producer != look->status.info.producer)
		look_count_afresh(look);
	else if (frames == 0)
		look->fps = 0;
	else if (ns > 0)
		look->fps = (double)frames * 1e9 / (double)ns;
}

int look_at(struct look *look, const char *dir, const char *channel)
{
	int error;

	*look = (struct look){ .fps = -1 };
	snprintf(look->channel, sizeof(look->channel), "%s", channel);
	error = inspect(look, dir);
	if (!error)
		look_count_afresh(look);
	return error;
}

int look_again(struct look *look, const char *dir)
{
	int error = inspect(look, dir);

	if (!error)
		count(look);
	return error;
}

static bool is_measured(const struct look *look)
{
	return !look->status.alive || look->status.error ||
	       (look->first_producer != 0 &&
	        look->status.newest.sequence - look->first_sequence >= ENOUGH_FRAMES);
}

static bool look_at_all_again(struct look *looks, size_t channels, const char *dir)
{
	bool measured = true;

	for (size_t i = 0; i < channels; i++) {
		if (is_measured(&looks[i]) || look_again(&looks[i], dir))
			continue;
		measured &= is_measured(&looks[i]);
	}
	return measured;
}

void look_measure(struct look *looks, size_t channels, const char *dir)
{
	int64_t end_ns = cli_now_ns() + MEASURE_NS;

	while (!look_at_all_again(looks, channels, dir) && !cli_interrupted() &&
	       cli_now_ns() < end_ns)
		nanosleep(&(struct timespec){ .tv_nsec = TURN_NS }, NULL);
}

double look_age_ms(const struct look *look)
{
	return (double)(cli_now_ns() - look->status.newest.published_ns) / 1e6;
}
