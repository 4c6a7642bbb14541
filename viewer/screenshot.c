/* SPDX-License-Identifier: MIT */
#include "screenshot.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "png_encode.h"
#include "video_output.h"

#define TRIES 1000

static void make_name(char name[SCREENSHOT_NAME_SIZE], const char *channel, uint64_t sequence,
                      int copy)
{
	char suffix[16] = "";

	if (copy > 1)
		snprintf(suffix, sizeof(suffix), "-%d", copy);
	snprintf(name, SCREENSHOT_NAME_SIZE, "%s-%08" PRIu64 "%s.png", channel, sequence, suffix);
}

/* -EEXIST: there is such a file. After another failure none is left. */
static int write_file(const char *name, const struct shmflip_frame_info *info,
                      const uint8_t *pixels)
{
	FILE *file = fopen(name, "wbxe");

	if (!file)
		return -errno;
	int result = png_encode(file, info, pixels);
	if (fclose(file) != 0 && result == 0)
		result = -errno;
	if (result < 0)
		unlink(name);
	return result;
}

static int write_new(char name[SCREENSHOT_NAME_SIZE], const char *channel,
                     const struct shmflip_frame_info *info, const uint8_t *pixels)
{
	int result = -EEXIST;

	for (int copy = 1; result == -EEXIST && copy <= TRIES; copy++) {
		make_name(name, channel, info->sequence, copy);
		result = write_file(name, info, pixels);
	}
	return result;
}

int screenshot_take(struct video_output *output, const char *channel,
                    char name[SCREENSHOT_NAME_SIZE], const char **reason)
{
	struct shmflip_frame_info info = *video_output_info(output);
	struct area whole = { 0, 0, (int)info.width, (int)info.height };
	uint32_t *pixels = malloc((size_t)4 * info.width * info.height);
	int result = -ENOMEM;

	*reason = strerror(ENOMEM);
	if (pixels) {
		result = video_output_read(output, whole, pixels);
		*reason = video_output_reason(output);
	}
	if (result == 0) {
		info.stride_bytes = 4 * info.width;
		result = write_new(name, channel, &info, (const uint8_t *)pixels);
		*reason = strerror(-result);
	}
	free(pixels);
	return result;
}
