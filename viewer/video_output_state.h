/* SPDX-License-Identifier: MIT
 *
 * What video_output.c and presenter_choice.c share. Main thread. */
#ifndef SHMFLIP_VIEWER_VIDEO_OUTPUT_STATE_H
#define SHMFLIP_VIEWER_VIDEO_OUTPUT_STATE_H

#include <stdbool.h>

#include "conversion.h"
#include "picture_copy.h"
#include "present/present.h"
#include "viewport.h"
#include "window/window.h"

struct overlay;
struct session;

struct video_output {
	struct session *session;
	struct window window;
	const struct presenter *presenter;
	void *state; /* NULL: the presenter has failed, and so have all after it */
	struct presenter_host host;
	struct conversion conversion;
	struct picture_info info;   /* of the picture */
	bool is_converted;          /* the picture */
	struct pixel_source source; /* of the picture. Its planes only if it was converted */
	struct picture_copy kept;   /* what they point to, after the frame was released */
	struct viewport viewport;
	struct overlay *overlay;
	bool stale;
	bool damaged;     /* see struct scene */
	bool pixels_lost; /* the picture is black, because the frame's pixels could not be read */
};

static inline struct extent picture_extent(const struct picture_info *info)
{
	const struct size size = { (int)info->width, (int)info->height };

	return geometry_extent(size, info->aspect_num, info->aspect_den);
}

/* At zoom 1. */
static inline struct size picture_size(const struct picture_info *info)
{
	return geometry_actual(picture_extent(info));
}

#endif
