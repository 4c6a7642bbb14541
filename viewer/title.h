/* SPDX-License-Identifier: MIT
 *
 * The text of the window's title. Pure. */
#ifndef SHMFLIP_VIEWER_TITLE_H
#define SHMFLIP_VIEWER_TITLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "liveness.h"

#define TITLE_SIZE 256

struct title {
	const char *channel;
	const char *presenter;
	const char *format; /* NULL: not mentioned */
	uint32_t width;
	uint32_t height;
	double zoom;
	double fps; /* negative: unknown */
	bool paused;
	enum liveness_state state;
	int64_t stale_s; /* seconds since the picture became stale */
};

/* "CHANNEL — 640x480 — 29.9 fps — PRESENTER". The zoom follows the size if it is not 1. "paused" or
 * "stale 12 s: the producer died" may replace the rate, which is missing while it is unknown. */
void title_format(char text[TITLE_SIZE], const struct title *title);

#endif
