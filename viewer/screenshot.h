/* SPDX-License-Identifier: MIT
 *
 * Saves the current picture, with the frame's own pixels, as a PNG file in the current directory.
 * Main thread. Blocks on the disk. */
#ifndef SHMFLIP_VIEWER_SCREENSHOT_H
#define SHMFLIP_VIEWER_SCREENSHOT_H

#define SCREENSHOT_NAME_SIZE 128

struct video_output;

/* The name consists of channel and sequence number: demo-00000123.png. If that file exists, a
 * number is added: demo-00000123-2.png. Returns 0, or a negative errno with *reason, valid until
 * the next call. */
int screenshot_take(struct video_output *output, const char *channel,
                    char name[SCREENSHOT_NAME_SIZE], const char **reason);

#endif
