/* SPDX-License-Identifier: MIT
 *
 * Turns and waits at a viewer. The library wants one thread at a time at it. So there is a lock,
 * which a thread that waits for a frame gives up between slices. All functions need the GIL. */
#ifndef VIEWER_WAIT_H
#define VIEWER_WAIT_H

#include "python_api.h"

#include <stdbool.h>
#include <stdint.h>

#include "frame.h"
#include "shmflip.h"
#include "waiting.h"

enum { VIEWER_LINE_MAX = 512 };

struct viewer {
	PyObject_HEAD
	struct shmflip_viewer *handle; /* NULL: closed */
	PyThread_type_lock lock;
	unsigned queued; /* threads that wait for the lock */
	bool closing;
	bool attached; /* when the last wait ended without a frame */
	uint64_t ends; /* of streams, that calls have got */
	int end;       /* the last one: -ENODATA or -EPIPE */
	char end_line[VIEWER_LINE_MAX];
	unsigned forks;
	unsigned slots; /* of the channel, when the last frame was taken */
	struct frame_holds *holds;
};

/* Checks that the viewer is open, and not a parent's. Returns 0, or -1 with an exception. */
int viewer_check(const struct viewer *self);

/* Takes the lock of an open viewer, for a call that does not wait itself. Returns 0, or -1 with an
 * exception. viewer_end_turn() ends the turn. */
int viewer_begin_call(struct viewer *self);
void viewer_end_turn(struct viewer *self);

/* Takes the lock to close the viewer. False: the interpreter exits, and a thread keeps the lock. */
bool viewer_begin_close(struct viewer *self);

/* Raises an error of a wait; if close() has interrupted the wait, that of a closed viewer. Returns
 * -1. */
int viewer_raise(const struct viewer *self, int error);

/* What a wait waits for: calls the library once, for some milliseconds. */
typedef int viewer_attempt(struct viewer *self, int timeout_ms, void *result);

/* Makes attempts until one has another result than -EAGAIN and -EINTR, or the time is over. Returns
 * that result, or 1 with an exception.
 * The library reports the end of a stream once, and several threads may wait for it: a wait ends as
 * well if another call has got an end since. ends: self->ends when the wait, or the loop around it,
 * began.
 * -EAGAIN  timeout
 * -EBUSY   timeout: another thread had the lock
 * -ENODATA, -EPIPE  the stream's end */
int viewer_wait_for(struct viewer *self, const struct deadline *deadline, uint64_t ends,
                    viewer_attempt *try, void *result);

/* For a wait that no end concerns. */
#define VIEWER_ANY_ENDS UINT64_MAX

/* Attempts. The result of the first one is a const struct shmflip_frame *. */
int viewer_try_acquire(struct viewer *self, int timeout_ms, void *result);
int viewer_try_attach(struct viewer *self, int timeout_ms, void *unused);
int viewer_try_wait(struct viewer *self, int timeout_ms, void *unused);

#endif
