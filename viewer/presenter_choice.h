/* SPDX-License-Identifier: MIT
 *
 * Chooses the presenter: the one that the options name, or the first that works. If that one fails,
 * the next shows the same picture. Main thread. Functions that return int return 0 or a negative
 * errno, with the reason in the output's host. */
#ifndef SHMFLIP_VIEWER_PRESENTER_CHOICE_H
#define SHMFLIP_VIEWER_PRESENTER_CHOICE_H

#include "video_output_state.h"

/* Whether the presenter that shows frames now, or one that may replace it, shows pictures of this
 * size. Needs no window: the host need only hold the reason. */
int presenter_choice_accept(const struct session *session, const struct picture *picture,
                            struct presenter_host *host);

/* The scene for a picture of this shape, as the window is now. */
struct scene presenter_choice_compose(struct video_output *output, const struct picture_info *info);

/* Opens the window and shows the picture, which was converted. Reports a failure on stderr. */
int presenter_choice_open(struct video_output *output, const struct picture *picture);

/* Shows the picture with this presenter, which takes its frame over if it succeeds. */
int presenter_show(struct video_output *output, const struct presenter *presenter, void *state,
                   const struct picture *picture);

/* How many copies this process made of the current picture's pixels: the conversion is one. */
unsigned presenter_choice_copies(const struct video_output *output);

/* Call when the presenter failed to show the picture. The next one that works shows it; the
 * session is told, and stderr says why. Returns error if the options name the presenter: there is
 * no next one. */
int presenter_choice_replace(struct video_output *output, int error, const struct picture *picture);

/* The same for any other failure, with the current picture. */
int presenter_choice_recover(struct video_output *output, int error);

#endif
