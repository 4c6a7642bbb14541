/* SPDX-License-Identifier: MIT
 *
 * The text of the panels that the keys i and h show. Pure. */
#ifndef SHMFLIP_VIEWER_INFO_H
#define SHMFLIP_VIEWER_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include "appearance.h"
#include "liveness.h"
#include "present/geometry.h"
#include "present/picture.h"

#define INFO_SIZE 1024
#define INFO_STALE_SIZE 64
#define INFO_APPEARANCE_SIZE 64

struct info {
	const char *channel;
	const struct picture_info *picture;
	const struct pixel_source *source; /* of a picture that was converted. NULL: it was not */
	const struct appearance *appearance;
	const char *presenter;
	unsigned copies; /* of the current frame */
	double zoom;
	double fps;           /* negative: unknown */
	double announced_fps; /* 0: not announced */
	uint64_t shown;       /* frames */
	uint64_t repeated;    /* drawn again, because no new one came */
	uint64_t missed;
	uint64_t dropped;
	int64_t age_p50_ns;
	int64_t age_p99_ns;
	bool has_ages;
	bool paused;
	enum liveness_state state;
	int64_t stale_s;
	bool has_pointer;           /* the pointer is over the picture */
	bool has_pixel;             /* the pixel under the pointer could be read */
	struct point pointer;       /* in the frame */
	uint32_t pixel;             /* 0xAARRGGBB */
	struct pixel_values values; /* as the pixel came. count 0: pixel says all */
};

/* Names and their values, one per line. */
void info_format(const struct info *info, char names[INFO_SIZE], char values[INFO_SIZE]);

/* "stale 12 s: the producer died", "stale 3 min: ...". The state must be a stale one. */
void info_format_stale(char text[INFO_STALE_SIZE], enum liveness_state state, int64_t stale_s);

/* "812 to 4920 (auto), turbo". The source must have a range. */
void info_format_appearance(char text[INFO_APPEARANCE_SIZE], const struct appearance *appearance,
                            const struct pixel_source *source);

extern const char info_help_keys[];
extern const char info_help_meanings[];

#endif
