/* SPDX-License-Identifier: MIT
 *
 * Chooses the presenter: the one that the options name, or the first that works. If that one fails,
 * the next shows the same picture. Main thread. Functions that return int return 0 or a negative
 * errno, with the reason in the output's host. */
#ifndef SHMFLIP_VIEWER_PRESENTER_CHOICE_H
#define SHMFLIP_VIEWER_PRESENTER_CHOICE_H

#include "video_output_state.h"

/* Whether the presenter that shows frames now, or one that may replace it, shows frames of this
 * size. Needs no window: the host need only hold the reason. */
int presenter_choice_accept(const struct session *session, const struct shmflip_frame *frame,
                            struct presenter_host *host);

/* A frame for presenters whose pixels this process has copied: rows without padding. */
struct shmflip_frame presenter_choice_frame_of_copy(const struct shmflip_frame_info *info,
                                                    const uint32_t *pixels);

/* The scene for a frame of this shape, as the window is now. */
struct scene presenter_choice_compose(struct video_output *output,
                                      const struct shmflip_frame_info *info);

/* Opens the window and shows the frame. Reports a failure on stderr. */
int presenter_choice_open(struct video_output *output, const struct shmflip_frame *frame);

/* Shows the frame with this presenter, which takes the frame over if it succeeds. */
int presenter_show(struct video_output *output, const struct presenter *presenter, void *state,
                   const struct shmflip_frame *frame);

/* How many copies the presenter made of the current frame's pixels. */
unsigned presenter_choice_copies(const struct video_output *output);

/* Call when the presenter failed to show the frame. The next one that works shows the frame; the
 * session is told, and stderr says why. Returns error if the options name the presenter: there is
 * no next one. */
int presenter_choice_replace(struct video_output *output, int error,
                             const struct shmflip_frame *frame);

/* The same for any other failure, with the current picture. */
int presenter_choice_recover(struct video_output *output, int error);

#endif
