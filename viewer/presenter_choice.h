/* SPDX-License-Identifier: MIT
 *
 * Who shows frames on screen: the presenter that the options ask for, or else the first that works, and
 * when that fails the next, with the same picture. A part of the output; main thread. Functions that can
 * fail return 0 or a negative errno, with the reason in the output's host. */
#ifndef SHMFLIP_VIEWER_PRESENTER_CHOICE_H
#define SHMFLIP_VIEWER_PRESENTER_CHOICE_H

#include "present/present.h"
#include "video_output.h"
#include "window/window.h"

struct video_output {
	struct session *session;
	struct window window;
	const struct presenter *presenter;
	void *state; /* NULL: it has failed, and so have those after it */
	struct presenter_host host;
	struct shmflip_frame_info info; /* of the picture */
	struct viewport viewport;
	struct overlay *overlay;
	bool stale;
	bool lost; /* the picture is black, for want of the frame's */
};

/* How a frame of this shape is to look now. */
struct scene presenter_choice_compose(struct video_output *output,
                                      const struct shmflip_frame_info *info);

/* Opens the window, and shows the frame. On failure says so. */
int presenter_choice_open(struct video_output *output, const struct shmflip_frame *frame);

/* By this presenter; the frame goes over to it if it succeeds. */
int presenter_show(struct video_output *output, const struct presenter *presenter, void *state,
                   const struct shmflip_frame *frame);

/* Of the frame on show, by whom it is shown. */
unsigned presenter_choice_copies(const struct video_output *output);

/* To be called when the presenter has failed to show the frame: the next that works does, and the view is
 * told, and whoever listens why. Where the options name a presenter there is no next, and the result is
 * error. */
int presenter_choice_replace(struct video_output *output, int error,
                             const struct shmflip_frame *frame);

/* The same after any other failure, with the picture that is on show. */
int presenter_choice_recover(struct video_output *output, int error);

#endif
