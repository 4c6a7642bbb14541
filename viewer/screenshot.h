/* SPDX-License-Identifier: MIT
 *
 * The picture on show, with the frame's own pixels, as a PNG file in the current directory. Main
 * thread; blocks until it is written. */
#ifndef VIEWER_SCREENSHOT_H
#define VIEWER_SCREENSHOT_H

#define SCREENSHOT_NAME_SIZE 128

struct video_output;

/* Named by channel and sequence number, demo-00000123.png, and by a further number where there is
 * such a file. 0 or a negative errno, and then *reason, valid until the next call, says why. */
int screenshot_take(struct video_output *output, const char *channel,
                    char name[SCREENSHOT_NAME_SIZE], const char **reason);

#endif
