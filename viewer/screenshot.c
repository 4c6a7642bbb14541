/* SPDX-License-Identifier: MIT */
#include "screenshot.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "picture_copy.h"
#include "png_file.h"
#include "video_output.h"

#define NAMES_MAX 1000 /* for one frame */

static void format_name(char name[SCREENSHOT_NAME_SIZE], const char *channel, uint64_t sequence,
                        int number)
{
	char suffix[16] = "";

	if (number > 1)
		snprintf(suffix, sizeof(suffix), "-%d", number);
	snprintf(name, SCREENSHOT_NAME_SIZE, "%s-%08" PRIu64 "%s.png", channel, sequence, suffix);
}

static int write_new(char name[SCREENSHOT_NAME_SIZE], const char *channel,
                     const struct picture_copy *copy)
{
	struct png_encoder *encoder;
	int error = png_encoder_create(1, &encoder);

	if (error)
		return error;
	error = -EEXIST;
	for (int number = 1; error == -EEXIST && number <= NAMES_MAX; number++) {
		format_name(name, channel, copy->info.sequence, number);
		error = png_file_write(encoder, name, false, &copy->source);
	}
	png_encoder_destroy(encoder);
	return error;
}

int screenshot_take(struct video_output *output, const char *channel,
                    char name[SCREENSHOT_NAME_SIZE], const char **reason)
{
	struct picture_copy copy;
	int error = video_output_copy(output, SIZE_MAX, &copy);

	if (error) {
		*reason = video_output_reason(output);
		return error;
	}
	error = write_new(name, channel, &copy);
	*reason = strerror(-error);
	picture_copy_finish(&copy);
	return error;
}
