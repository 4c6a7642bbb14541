/* SPDX-License-Identifier: MIT
 *
 * The texts of the panels: what i and h show. Pure. */
#ifndef VIEWER_INFO_H
#define VIEWER_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include "liveness.h"
#include "present/geometry.h"
#include "shmflip.h"

#define INFO_SIZE 1024
#define INFO_STALE_SIZE 64

struct info {
	const char *channel;
	const struct shmflip_frame_info *frame;
	const char *presenter;
	unsigned copies; /* of the frame */
	double zoom;
	double fps;
	uint32_t announced_fps_milli; /* 0: none was */
	uint64_t shown;               /* frames */
	uint64_t repeated;            /* drawn again, for want of a new one */
	uint64_t missed;
	uint64_t dropped;
	int64_t age_p50_ns;
	int64_t age_p99_ns;
	bool aged; /* whether there are ages */
	bool paused;
	enum liveness_state state;
	int64_t stale_s;
	bool pointed;         /* the pointer is over the picture */
	bool readable;        /* and the pixel there is known */
	struct point pointer; /* in the picture */
	uint32_t pixel;       /* 0xAARRGGBB */
};

/* Names, and what they stand for, line by line. */
void info_format(const struct info *info, char names[INFO_SIZE], char values[INFO_SIZE]);

/* "stale 12 s", "stale 3 min": and why, for a picture whose producer has gone. */
void info_format_stale(char text[INFO_STALE_SIZE], enum liveness_state state, int64_t stale_s);

extern const char info_help_keys[];
extern const char info_help_meanings[];

#endif
