/* SPDX-License-Identifier: MIT
 *
 * The pictures whose frames are held for the X server, which reads them from their slots.
 *
 * x11_frames_add() takes a frame over. The frame is released once, as soon as both are true:
 *
 *   - it is no longer the newest, which a repaint may read again;
 *   - the server has completed the last request that reads it.
 *
 * A request is known by its sequence number on the connection, which wraps around. The server
 * completes requests in order.
 *
 * Holding the newest frame costs its producer nothing: the producer may not reuse that slot before
 * it publishes another frame.
 *
 * The thread that listens to the server calls x11_frames_complete() and x11_frames_abandon(). The
 * main thread calls the others. The callbacks run in either thread, without a lock. */
#ifndef SHMFLIP_VIEWER_PRESENT_X11_FRAMES_H
#define SHMFLIP_VIEWER_PRESENT_X11_FRAMES_H

#include <pthread.h>
#include <stdbool.h>

#include "picture.h"
#include "present.h"

/* Two pending frames, so that the server never waits for one; the newest; and the one being
 * added. */
#define X11_FRAMES_MAX PRESENTER_FRAMES_MAX
#define X11_FRAMES_PENDING_MAX 2

struct x11_frames_callbacks {
	void (*release_frame)(void *context, const struct shmflip_frame *frame);
	/* The server has completed the first request that reads this frame. */
	void (*on_screen)(void *context, int64_t published_ns);
	/* Another frame may be shown, after x11_frames_ready() returned false. */
	void (*wake)(void *context);
	void *context;
};

struct x11_frame {
	struct picture picture;
	unsigned first_request; /* that reads it */
	unsigned last_request;
	bool held;
	bool pending;            /* the server has not completed last_request */
	bool on_screen_reported; /* on_screen() was called */
};

struct x11_frames {
	struct x11_frames_callbacks callbacks;
	pthread_mutex_t mutex;  /* protects all below */
	pthread_cond_t changed; /* an entry is free, or requests are complete */
	struct x11_frame entries[X11_FRAMES_MAX];
	struct x11_frame *newest; /* NULL: none */
	bool wake_wanted;
	bool abandoned;
};

void x11_frames_init(struct x11_frames *frames, const struct x11_frames_callbacks *callbacks);

/* Takes a picture and its frame over as the newest. The frame before it is no longer the newest.
 * Blocks while all entries are in use, which never happens if x11_frames_ready() returned true. */
void x11_frames_add(struct x11_frames *frames, const struct picture *picture);

/* The picture of the newest frame, or NULL. */
const struct picture *x11_frames_newest(const struct x11_frames *frames);

/* Call before and after sending a request that reads the newest frame. The server's answer cannot
 * be handled in between. */
void x11_frames_begin_request(struct x11_frames *frames);
void x11_frames_end_request(struct x11_frames *frames, unsigned request);

/* Blocks until the server has completed or refused all requests that read the newest frame, or the
 * listener has called x11_frames_abandon(). An error among the answers has been handled by then. */
void x11_frames_wait(struct x11_frames *frames);

/* Releases the newest frame as soon as no request that reads it is pending. Does not block. */
void x11_frames_release_newest(struct x11_frames *frames);

/* Hands the newest frame to the caller, without releasing it. */
void x11_frames_forget_newest(struct x11_frames *frames);

/* Whether fewer than X11_FRAMES_PENDING_MAX frames are pending. If not, wake() will be called. */
bool x11_frames_ready(struct x11_frames *frames);

/* The server has completed or refused this request and all before it. */
void x11_frames_complete(struct x11_frames *frames, unsigned request);

/* There will be no more answers: no frame is pending any more. Releases all but the newest, and
 * calls wake(). */
void x11_frames_abandon(struct x11_frames *frames);

void x11_frames_finish(struct x11_frames *frames);

#endif
