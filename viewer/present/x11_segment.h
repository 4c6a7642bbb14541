/* SPDX-License-Identifier: MIT
 *
 * The segments that pictures lie in, which the X server itself attaches, read-only. Two are
 * attached at most: frames that are shown from their slots and frames that are converted may come
 * by turns, and attaching takes as long as showing a frame. If many pictures in a row lie in one
 * segment, the other one is detached, because it may be that of a former generation. Main
 * thread. */
#ifndef SHMFLIP_VIEWER_PRESENT_X11_SEGMENT_H
#define SHMFLIP_VIEWER_PRESENT_X11_SEGMENT_H

#include <stdbool.h>
#include <xcb/shm.h>

struct shmflip_segment;
struct x11_display;

/* Pictures in a row after which the other segment is detached. */
#define X11_SEGMENT_PICTURES 16

struct x11_segment {
	xcb_shm_seg_t server_id;
	int id; /* shmget(2)'s */
	bool attached;
};

/* Zeroed: none is attached. */
struct x11_segments {
	struct x11_segment current; /* of the last picture */
	struct x11_segment other;
	unsigned pictures; /* in a row in the current one */
};

/* Makes the server attach the segment of a picture, if it has not, and checks that both see the
 * same memory: another IPC namespace may have a segment with the same id. Blocks until the server
 * has answered if the segment is new. On failure nothing changes.
 *
 *   -EACCES  the server may not attach it, or runs elsewhere
 *   -EXDEV   the server sees other memory */
int x11_segments_attach(struct x11_segments *segments, const struct x11_display *display,
                        const struct shmflip_segment *wanted);

/* The server detaches all segments after it has completed all requests sent so far. */
void x11_segments_detach(struct x11_segments *segments, const struct x11_display *display);

#endif
