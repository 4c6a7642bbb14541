/* SPDX-License-Identifier: MIT
 *
 * Frames that were decoded once and stay in memory. Where they fit they stay in the channel's own
 * slots: a frame is published again by borrowing the slot that it lies in and giving it a new number,
 * and nothing is written. No guarantee is touched by that, since it is a loan like any other: a slot
 * that a viewer holds is not to be had, and then the pixels are copied to one that is, for which there
 * are two slots more than frames. Frames that are too many for the slots lie in memory of this
 * process, and are copied each time.
 *
 * What has lost its place, because the channel has gone on in fresh memory, or because viewers hold more
 * slots than are to spare, is forgotten; it has to be read and decoded again. Main thread. */
#ifndef PRODUCER_STORE_H
#define PRODUCER_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "job.h"
#include "options.h"
#include "shmflip.h"

struct stored {
	struct shmflip_loan room; /* where it was decoded to; in slots a loan until store_close() */
	bool good;                /* it is there */
	const char *path;         /* as that of a job */
	uint32_t width;
	uint32_t height;
	struct png_picture picture;
};

struct store {
	bool in_slots;
	uint64_t slot_bytes;
	struct stored *frames;
	size_t count;         /* that are kept, once all have come in */
	size_t capacity;      /* that may come in */
	uint64_t generations; /* of the channel, when the slots were looked at last */
};

/* Decides where so many frames are to be kept, and settles the slots in the options; says what memory
 * it takes. -ENOMEM, after a line to the user: there is not so much. Finish it in both cases. */
int store_init(struct store *store, size_t frames, uint64_t slot_bytes, struct options *options);
void store_finish(struct store *store);

/* Room to decode a frame into that is to be kept. -EINTR, -ENOMEM, or what the library says. */
int store_room(struct store *store, struct job *job, struct shmflip_producer *producer);

/* Keeps the frame that was decoded there; or, if the job has a fault, nothing. */
void store_keep(struct store *store, struct job *job);

/* All are kept: their slots may be borrowed again. */
void store_close(struct store *store, struct shmflip_producer *producer);

/* Like shmflip_producer_loan(), for a job whose frame was kept: its own slot, or another that the pixels
 * are copied to. Where they are forgotten the job has to be decoded into the loan. */
int store_loan(struct store *store, struct job *job, struct shmflip_producer *producer,
               int timeout_ms);

/* Before a job with such a loan is published: its frame is remembered to be there. */
void store_remember(struct store *store, struct job *job);

#endif
