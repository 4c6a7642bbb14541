/* SPDX-License-Identifier: MIT
 *
 * What a window shows: a presenter's picture where the viewport places it, with panels over it.
 *
 * Main thread. Functions that return int return 0 or a negative errno, with the reason in
 * video_output_reason(). */
#ifndef SHMFLIP_VIEWER_VIDEO_OUTPUT_H
#define SHMFLIP_VIEWER_VIDEO_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "present/picture.h"
#include "viewport.h"

struct appearance;
struct overlay;
struct picture_copy;
struct pixel_values;
struct session;
struct video_output; /* opaque */
struct window;

/* Whether the presenter that shows frames now, or one that may replace it, shows pictures of this
 * size. If not, passes the frame over: the session counts and reports it. Needs no output. */
bool video_output_accepts(struct session *session, const struct picture *picture);

/* Opens a window of the picture's size and shows the picture, with the presenter that the options
 * name, or the first that works. The session is told which, and stderr says why others failed. The
 * presenter takes the frame over. Reports a failure on stderr. */
int video_output_create(struct session *session, const struct picture *picture,
                        struct video_output **out);

/* Whether the presenter can take another frame now. If not, it wakes the loop once it can. */
bool video_output_ready(const struct video_output *output);

/* If the options name no presenter, the next one replaces one that fails in any of these functions,
 * and shows the same picture. The session is told which, and stderr says why. After a failure of
 * one of these functions the output can no longer show anything. */

/* Call after each wake-up: the presenter may have learned that it no longer works. */
int video_output_check(struct video_output *output);

/* Shows the picture of a frame. The presenter takes the frame over if this succeeds. damaged: the
 * window has lost what was drawn in it, beside the picture too. */
int video_output_show(struct video_output *output, const struct picture *picture, bool damaged);

/* Shows a picture again, of which this process has a copy. The caller keeps the copy. The picture
 * stays as stale as it was. */
int video_output_show_copy(struct video_output *output, const struct picture_copy *copy);

/* Converts and shows the current picture again, after a change of its appearance. If it was not
 * converted, does nothing. Releases the frame's slot. */
int video_output_change_appearance(struct video_output *output);

/* Releases the frame's slot, and keeps the picture. */
int video_output_release_slot(struct video_output *output);

int video_output_repaint(struct video_output *output);

/* ---- The current picture -------------------------------------------------------------------- */

const struct picture_info *video_output_info(const struct video_output *output);

/* The pixels of a picture that was converted, as they came: in the frame's slot or, once that is
 * released, in a copy. Valid until another picture is shown, or the slot released. NULL: the
 * picture is shown as it came, and video_output_read() reads it. */
const struct pixel_source *video_output_source(const struct video_output *output);

/* How pictures of 16 bits and float are shown from now on. */
struct appearance *video_output_appearance(struct video_output *output);

/* Reads one pixel of the current picture's frame: its values as they came, and what colour they
 * have (0xAARRGGBB) in a picture. values->count is 0 if the picture is shown as it came: only pixel
 * is set then. A failure changes nothing that can be seen. */
int video_output_inspect(struct video_output *output, struct point at, struct pixel_values *values,
                         uint32_t *pixel);

/* Makes a copy of the current picture, as it came. The caller frees it. A failure changes nothing.
 * -EFBIG   the copy needs more than bytes_max
 * -ENOMEM  there is no memory */
int video_output_copy(struct video_output *output, size_t bytes_max, struct picture_copy *copy);

/* Reads pixels as read() of struct presenter does. A failure changes nothing. */
int video_output_read(struct video_output *output, struct area area, uint32_t *pixels);

const char *video_output_reason(const struct video_output *output);

struct window *video_output_window(struct video_output *output);
struct overlay *video_output_overlay(struct video_output *output);

/* Takes effect at the next drawing. The next frame resets it. */
void video_output_set_stale(struct video_output *output, bool stale);

/* ---- The viewport; points are the window's, in pixels --------------------------------------- */

double video_output_zoom(const struct video_output *output);
void video_output_set_zoom(struct video_output *output, double zoom);
void video_output_step_zoom(struct video_output *output, int steps, struct point about);
void video_output_pan(struct video_output *output, struct point by);
bool video_output_find(const struct video_output *output, struct point at, struct point *found);

/* Releases the frame. Afterwards no thread of the presenter wakes the loop. Ignores NULL. */
void video_output_destroy(struct video_output *output);

#endif
