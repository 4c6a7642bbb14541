/* SPDX-License-Identifier: MIT
 *
 * The segment that frames lie in, attached by the X server itself, read-only. One at a time: frames
 * of the next generation come from another, and those from the one before are let go of first. */
#ifndef SHMFLIP_VIEWER_PRESENT_X11_SEGMENT_H
#define SHMFLIP_VIEWER_PRESENT_X11_SEGMENT_H

#include <stdbool.h>
#include <xcb/shm.h>

#include "shmflip.h"

struct x11_display;

struct x11_segment {
	xcb_shm_seg_t server_id;
	int id;
	bool attached;
};

/* Has the server attach the segment of this frame, unless it has, and makes sure that it is the same
 * memory: another IPC namespace may have one with this number too. Waits for the server's answers
 * when the segment is new. On failure the segment attached before stays.
 * -EACCES: the server may not, or is elsewhere. -EXDEV: it sees other memory. */
int x11_segment_attach(struct x11_segment *segment, struct x11_display *display,
                       const struct shmflip_frame *frame);

/* Takes effect after the requests sent so far. */
void x11_segment_detach(struct x11_segment *segment, struct x11_display *display);

#endif
