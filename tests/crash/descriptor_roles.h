/* SPDX-License-Identifier: MIT
 *
 * The processes of the part descriptor, for process_start(). Their argument is their role. */
#ifndef SHMFLIP_TESTS_CRASH_DESCRIPTOR_ROLES_H
#define SHMFLIP_TESTS_CRASH_DESCRIPTOR_ROLES_H

#include "descriptor_notes.h"
#include "random.h"
#include "shmflip.h"

struct polled_producer_role {
	struct descriptor_notes *notes;
	uint64_t seed;
};

/* Runs until it is killed. */
void polled_producer_run(void *argument);

/* Opens one, and waits while children of a killed producer hold its locks. */
struct shmflip_producer *polled_producer_open(struct random *random);

enum poller_flags {
	POLLER_EVERY = 1 << 0,       /* wants every frame */
	POLLER_EDGE = 1 << 1,        /* polls by EPOLLET, and acquires until -EAGAIN */
	POLLER_ALL = 1 << 2,         /* acquires until -EAGAIN */
	POLLER_INTERRUPTED = 1 << 3, /* another thread interrupts and resumes it */
};

struct poller_role {
	struct descriptor_notes *notes;
	uint64_t seed;
	uint32_t flags;
};

/* Runs until notes->stop. */
void poller_run(void *argument);

#endif
