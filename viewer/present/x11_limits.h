/* SPDX-License-Identifier: MIT
 *
 * Which pictures X can show: its protocol has 16 bits for a side, and 32 bits for the place of
 * pixels in a segment. Any thread. */
#ifndef SHMFLIP_VIEWER_PRESENT_X11_LIMITS_H
#define SHMFLIP_VIEWER_PRESENT_X11_LIMITS_H

struct picture;
struct presenter_host;

/* Also for pictures that are not converted yet. -EOVERFLOW: X cannot show the picture. The reason
 * is in the host. */
int x11_limits_accept(struct presenter_host *host, const struct picture *picture);

#endif
