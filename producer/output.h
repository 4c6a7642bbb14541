/* SPDX-License-Identifier: MIT
 *
 * The channel that frames go to, and its memory, which grows when a frame or the viewers need more.
 * Then the channel continues in new memory. Frames on loan follow when they are published. Main
 * thread. */
#ifndef SHMFLIP_PRODUCER_OUTPUT_H
#define SHMFLIP_PRODUCER_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "capacity.h"
#include "frame_task.h"
#include "options.h"
#include "shmflip.h"

struct output {
	const struct options *options;
	struct capacity *capacity;
	struct shmflip_producer *producer; /* NULL: not open */
	struct shmflip_stream stream;      /* as last configured */
	bool keeps_aspect;                 /* of pixels; the user has been told */
	unsigned frames_of_aspect;         /* published since it changed */
	unsigned quick_changes;            /* of it, in a row */
};

/* Opens the channel for frames like the first one, whose size is known. Blocks until the kernel has
 * cleared the memory. options and capacity must outlive the output.
 * -EINTR      interrupted
 * -ECANCELED  a failure; the user has been told */
int output_open(struct output *output, const struct options *options, struct capacity *capacity,
                const struct frame_task *first);

/* Accepts an output that is not open. */
void output_close(struct output *output);

/* Waits for a slot.
 * -EINTR      interrupted
 * -ECANCELED  a failure; the user has been told */
int output_loan(struct output *output, struct shmflip_frame **frame);

/* If the frame needs larger slots, takes new memory. Never tries again a size that failed, but
 * tries a smaller one that holds the frame. Without any, the frame has a fault, and the user has
 * been told. */
void output_make_room(struct output *output, struct frame_task *task);

/* A stream has one pixel aspect. If the frame to publish has another, begins another stream in new
 * memory. The frame then fails with -ESTALE: see output_move(). With --preload, if there is no
 * memory, or if it changes again and again within half a second, tells the user, and the old aspect
 * stays for good. Call once for each frame. */
void output_follow_aspect(struct output *output, const struct frame_task *task);

/* Takes new memory with so many more slots, and tells the user.
 * -ECANCELED  all is as before; the user has been told */
int output_add_slots(struct output *output, uint32_t slots);

/* Gives a decoded frame a slot in the channel's current memory, with the same pixels. To be called
 * when publishing it fails with -ESTALE: the channel has left the memory of its loan.
 * Returns the errors of output_loan(). */
int output_move(struct output *output, struct frame_task *task);

#endif
