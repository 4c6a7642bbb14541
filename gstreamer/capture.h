/* SPDX-License-Identifier: MIT
 *
 * The source's viewer: it waits for frames, over producers that come and go, and counts them. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <gst/gst.h>

#include <shmflip.h>

struct gst_shmflip_capture {
	GstElement *owner; /* set once, before all functions; posts a message while it waits */
	const char *channel;
	const char *dir;
	struct shmflip_viewer *viewer; /* NULL: not open. The owner's lock: interruptions use it */
	int fd;
	gboolean said_waiting;
	gboolean missed;              /* between the last two results */
	gboolean changed_producer;    /* likewise */
	struct shmflip_counts counts; /* as they were after the last result */
};

/* Opens the viewer, which needs no producer yet. Does not block. The caller closes it. Until then,
 * options' strings live. Errors are those of shmflip_viewer_open() and shmflip_viewer_fd(). */
int gst_shmflip_capture_open(struct gst_shmflip_capture *capture,
                             const struct shmflip_viewer_options *options);
void gst_shmflip_capture_close(struct gst_shmflip_capture *capture);

/* Waits for a frame without limit, also while there is no producer: then it posts a message of
 * type INFO, once. Errors are those of shmflip_viewer_acquire() except -EAGAIN and -EINTR. */
int gst_shmflip_capture_next(struct gst_shmflip_capture *capture,
                             const struct shmflip_frame **frame);

/* [any] Ends a wait at once, and each later one, with -ECANCELED; allows them again. Does nothing
 * while the viewer is not open: an application may flush the source in any state. */
void gst_shmflip_capture_interrupt(struct gst_shmflip_capture *capture);
void gst_shmflip_capture_resume(struct gst_shmflip_capture *capture);

#endif
