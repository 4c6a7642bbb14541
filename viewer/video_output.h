/* SPDX-License-Identifier: MIT
 *
 * What a window shows: a presenter's picture as the viewport places it, with panels over it. Main
 * thread. Functions that can fail return 0 or a negative errno, with the reason in stage_reason(). */
#ifndef VIEWER_STAGE_H
#define VIEWER_STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "shmflip.h"
#include "viewport.h"

struct overlay;
struct stage; /* opaque */
struct view;
struct window;

/* Opens a window for the frame's size and shows the frame, by the presenter that the options ask for
 * or the first that works; the view is told which, and whoever listens why others did not. The frame
 * goes over to the presenter. On failure says so. */
int stage_create(struct view *view, const struct shmflip_frame *frame, struct stage **out);

/* Whether the presenter takes another frame now; if not, it wakes the loop when it does. */
bool stage_ready(const struct stage *stage);

/* Where the presenter was chosen by the program, one that fails, whatever it was doing, is replaced by the
 * next, which shows the same picture; the view is told, and whoever listens why. After a failure the
 * stage is of no more use. */

/* To be called when woken: the presenter may have heard that it no longer works. */
int stage_check(struct stage *stage);

/* Shows a frame, which goes over to the presenter if this succeeds. */
int stage_show(struct stage *stage, const struct shmflip_frame *frame);

/* Gives the frame back, and keeps its picture. */
int stage_keep(struct stage *stage);

int stage_repaint(struct stage *stage);

/* The picture on the stage: what it is, and its pixels, as struct presenter's read(). A read that fails
 * changes nothing. */
const struct shmflip_frame_info *stage_info(const struct stage *stage);
int stage_read(struct stage *stage, struct area area, uint32_t *pixels);

const char *stage_reason(const struct stage *stage);

struct window *stage_window(struct stage *stage);
struct overlay *stage_overlay(struct stage *stage);

/* From the next drawing on, until the next frame. */
void stage_set_stale(struct stage *stage, bool stale);

/* ---- The viewport; points are the window's, in pixels --------------------------------------- */

double stage_zoom(const struct stage *stage);
void stage_set_zoom(struct stage *stage, double zoom);
void stage_step_zoom(struct stage *stage, int steps, struct point about);
void stage_pan(struct stage *stage, struct point by);
bool stage_find(const struct stage *stage, struct point at, struct point *found);

/* Gives the frame back. No other thread may wake the loop any more. Takes NULL. */
void stage_destroy(struct stage *stage);

#endif
