/* SPDX-License-Identifier: MIT
 *
 * The channels of a directory, in the order of their names. Any thread. */
#ifndef SHMFLIP_VIEWER_CHANNELS_H
#define SHMFLIP_VIEWER_CHANNELS_H

#include "shmflip.h"

/* Finds the channel after this one (direction 1) or before it (-1), around the end, among those
 * that have frames of a living producer. dir as for the library. Blocks for a second at most, if a
 * producer is just coming.
 *
 *   -ENOENT  no other channel has any
 *   or the errors of shmflip_channel_list() */
int channels_find(const char *dir, const char *channel, int direction,
                  char found[SHMFLIP_NAME_MAX + 1]);

#endif
