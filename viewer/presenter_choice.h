/* SPDX-License-Identifier: MIT
 *
 * Who shows frames on a stage: the presenter that the options ask for, or else the first that works, and
 * when that fails the next, with the same picture. A part of the stage; main thread. Functions that can
 * fail return 0 or a negative errno, with the reason in the stage's host. */
#ifndef VIEWER_CASTING_H
#define VIEWER_CASTING_H

#include "present.h"
#include "stage.h"
#include "window.h"

struct stage {
	struct view *view;
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
struct scene stage_compose(struct stage *stage, const struct shmflip_frame_info *info);

/* Opens the window, and shows the frame. On failure says so. */
int casting_open(struct stage *stage, const struct shmflip_frame *frame);

/* By this presenter; the frame goes over to it if it succeeds. */
int casting_show(struct stage *stage, const struct presenter *presenter, void *state,
                 const struct shmflip_frame *frame);

/* Of the frame on show, by whom it is shown. */
unsigned casting_copies(const struct stage *stage);

/* To be called when the presenter has failed to show the frame: the next that works does, and the view is
 * told, and whoever listens why. Where the options name a presenter there is no next, and the result is
 * error. */
int casting_replace(struct stage *stage, int error, const struct shmflip_frame *frame);

/* The same after any other failure, with the picture that is on show. */
int casting_recover(struct stage *stage, int error);

#endif
