/* SPDX-License-Identifier: MIT
 *
 * The viewer's handle. How it gets from one generation to the next is in viewer_attach.c, what it
 * takes there in viewer.c, and its descriptor in viewer_fd.c. */
#ifndef SHMFLIP_VIEWER_H
#define SHMFLIP_VIEWER_H

#include "attachment.h"
#include "spin.h"
#include "wait.h"
#include "watch.h"

/* A viewer that wants every frame keeps its claim when a stream has ended: so it misses nothing of
 * the next one. The memory does not stay. */
struct kept_claim {
	struct pins pins; /* fd -1: none is kept */
	uint64_t first;
};

struct shmflip_viewer {
	unsigned fork_number;
	struct channel_paths paths;
	uint32_t view;
	uint32_t flags;
	struct attachment *attachment; /* NULL: none */
	struct attachment *previous;   /* the next call frees its memory; NULL: none */
	struct kept_claim claim;
	int64_t detached_ns;         /* since when there is no attachment */
	int64_t liveness_checked_ns; /* the last check by a call that does not wait */
	bool every;                  /* this attachment takes every frame */
	uint64_t producer;           /* the last one attached to */
	uint64_t generation;         /* the last one attached to: never attach to it again */
	uint64_t last;               /* that producer's last frame taken or skipped */
	uint64_t dropped_before;     /* that producer's drops that are already counted */
	struct shmflip_counts counts;
	struct shmflip_channel channel; /* for shmflip_viewer_channel() */
	struct spin spin;
	struct watch watch;
	int refused;             /* why the last try to attach failed, although there is a producer;
	                          * 0: it did not, or something has changed since */
	int64_t refused_ns;      /* when a program that polls was last told so */
	bool early;              /* it found a producer that viewers cannot attach to yet */
	atomic_bool interrupted; /* any thread */
};

/* Attaches to a new generation, then detaches from the current one. With same_producer, only to a
 * generation of the last producer. If this viewer cannot follow, a producer waits for it no longer.
 * -ENOENT  there is none
 * -EPIPE   its producer died
 * -EAGAIN  its producer is just moving on */
int viewer_attach(struct shmflip_viewer *viewer, bool same_producer);

/* Waits for a producer, and attaches. Errors as wait_sleep(). */
int viewer_attach_before(struct shmflip_viewer *viewer, const struct wait *wait);

/* Sleeps until the next check for a producer is due. Errors as wait_sleep(). */
int viewer_sleep_before_attach(const struct shmflip_viewer *viewer, const struct wait *wait);

/* Detaches, if the viewer is attached. */
void viewer_detach(struct shmflip_viewer *viewer);

/* Detaches where a stream has ended: keeps the claim, and the memory until the next call. */
void viewer_detach_at_end(struct shmflip_viewer *viewer);
void viewer_free_previous(struct shmflip_viewer *viewer);

/* The producer waits for the kept claim no longer. */
void viewer_drop_claim(struct shmflip_viewer *viewer);

/* Before and after acquire looks: keep the descriptor readable while there may be something to
 * acquire, and no longer. viewer_hear() returns whether anything but a frame may have come: then
 * acquire looks for that too. Without a descriptor it returns false. Both are left out if a frame
 * was there: what is not read keeps the descriptor readable. */
bool viewer_hear(struct shmflip_viewer *viewer);
void viewer_nudge_if_due(struct shmflip_viewer *viewer, int error, bool heard);

/* Adds what the producer has dropped since the last call. */
void viewer_count_dropped(struct shmflip_viewer *viewer);

#endif
