/* SPDX-License-Identifier: MIT
 *
 * What a window shows: a presenter's picture as the viewport places it, with panels over it. Main
 * thread. Functions that can fail return 0 or a negative errno, with the reason in video_output_reason(). */
#ifndef SHMFLIP_VIEWER_VIDEO_OUTPUT_H
#define SHMFLIP_VIEWER_VIDEO_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "shmflip.h"
#include "viewport.h"

struct overlay;
struct video_output; /* opaque */
struct session;
struct window;

/* Opens a window for the frame's size and shows the frame, by the presenter that the options ask for
 * or the first that works; the view is told which, and whoever listens why others did not. The frame
 * goes over to the presenter. On failure says so. */
int video_output_create(struct session *session, const struct shmflip_frame *frame,
                        struct video_output **out);

/* Whether the presenter takes another frame now; if not, it wakes the loop when it does. */
bool video_output_ready(const struct video_output *output);

/* Where the presenter was chosen by the program, one that fails, whatever it was doing, is replaced by the
 * next, which shows the same picture; the view is told, and whoever listens why. After a failure the
 * stage is of no more use. */

/* To be called when woken: the presenter may have heard that it no longer works. */
int video_output_check(struct video_output *output);

/* Shows a frame, which goes over to the presenter if this succeeds. */
int video_output_show(struct video_output *output, const struct shmflip_frame *frame);

/* Gives the frame back, and keeps its picture. */
int video_output_release_slot(struct video_output *output);

int video_output_repaint(struct video_output *output);

/* The picture on show: what it is, and its pixels, as struct presenter's read(). A read that fails
 * changes nothing. */
const struct shmflip_frame_info *video_output_info(const struct video_output *output);
int video_output_read(struct video_output *output, struct area area, uint32_t *pixels);

const char *video_output_reason(const struct video_output *output);

struct window *video_output_window(struct video_output *output);
struct overlay *video_output_overlay(struct video_output *output);

/* From the next drawing on, until the next frame. */
void video_output_set_stale(struct video_output *output, bool stale);

/* ---- The viewport; points are the window's, in pixels --------------------------------------- */

double video_output_zoom(const struct video_output *output);
void video_output_set_zoom(struct video_output *output, double zoom);
void video_output_step_zoom(struct video_output *output, int steps, struct point about);
void video_output_pan(struct video_output *output, struct point by);
bool video_output_find(const struct video_output *output, struct point at, struct point *found);

/* Gives the frame back. No other thread may wake the loop any more. Takes NULL. */
void video_output_destroy(struct video_output *output);

#endif
