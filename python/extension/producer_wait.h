/* SPDX-License-Identifier: MIT
 *
 * Calls and waits of a producer. The library lets any number of threads call, but not beside the
 * close: so calls are counted. All functions need the GIL. */
#ifndef PRODUCER_WAIT_H
#define PRODUCER_WAIT_H

#include "python_api.h"

#include <stdbool.h>

#include "orphans.h"
#include "shmflip.h"
#include "waiting.h"

struct producer {
	PyObject_HEAD
	struct shmflip_producer *handle; /* NULL: closed */
	unsigned calls;                  /* in progress without the GIL */
	bool closing;
	bool ended; /* the next loan makes a generation, which takes long */
	unsigned forks;
};

/* Checks that the producer is open, and not a parent's. Returns 0, or -1 with an exception. */
int producer_check(const struct producer *self);

/* Raises an error; if close() has interrupted a wait, that of a closed producer. Returns -1. */
int producer_raise(const struct producer *self, int error);

/* Calls the library once, for some milliseconds. */
typedef int producer_attempt(struct producer *self, int timeout_ms, void *argument);

/* Makes an attempt without the GIL. Returns its result. */
int producer_call(struct producer *self, producer_attempt *try, int timeout_ms, void *argument);

/* Makes attempts until one has another result than -EAGAIN and -EINTR, or the time is over. Returns
 * that result, or 1 with an exception.
 * -EAGAIN  timeout */
int producer_wait_for(struct producer *self, const struct deadline *deadline, producer_attempt *try,
                      void *argument);

/* Waits until all calls of other threads have returned. */
void producer_wait_for_calls(const struct producer *self);

#endif
