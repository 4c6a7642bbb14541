/* SPDX-License-Identifier: MIT
 *
 * The segment that the frames lie in, which the X server itself attaches, read-only. Only one is
 * attached: the first frame of the next generation, in another segment, replaces it. Main
 * thread. */
#ifndef SHMFLIP_VIEWER_PRESENT_X11_SEGMENT_H
#define SHMFLIP_VIEWER_PRESENT_X11_SEGMENT_H

#include <stdbool.h>
#include <xcb/shm.h>

struct shmflip_segment;
struct x11_display;

struct x11_segment {
	xcb_shm_seg_t server_id;
	int id; /* shmget(2)'s */
	bool attached;
};

/* Makes the server attach this segment, if it has not, and checks that both see the
 * same memory: another IPC namespace may have a segment with the same id. Blocks until the server
 * has answered if the segment is new. On failure the last segment stays attached.
 *
 *   -EACCES  the server may not attach it, or runs elsewhere
 *   -EXDEV   the server sees other memory */
int x11_segment_attach(struct x11_segment *segment, const struct x11_display *display,
                       const struct shmflip_segment *wanted);

/* The server detaches the segment after it has completed all requests sent so far. */
void x11_segment_detach(struct x11_segment *segment, const struct x11_display *display);

#endif
