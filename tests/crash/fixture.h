/* SPDX-License-Identifier: MIT
 *
 * What the scenes of the steps share: a producer and two viewers, one of each way of viewing, in the
 * process that kills, through the public API, each at work at once or at fault. */
#ifndef SHMFLIP_CRASH_STAGE_H
#define SHMFLIP_CRASH_STAGE_H

#include <stdbool.h>

#include "shmflip.h"

enum { NEWEST, EVERY, WAYS };

struct scene;

struct stage {
	const struct scene *scene;
	uint32_t slots;
	uint32_t policy;
	int way;         /* of a victim that is a viewer */
	uint64_t number; /* of the present producer; 0: none yet */
	uint64_t sequence;
	struct shmflip_producer *producer;
	struct shmflip_viewer *viewer[WAYS];
	struct shmflip_frame held; /* by viewer[NEWEST] */
};

/* A viewer of this way. */
struct shmflip_viewer *stage_viewer(int way);

/* A producer, its frames, its end. */
void stage_create(struct stage *stage);
void stage_publish(struct stage *stage);
void stage_end(struct stage *stage);

/* Whether there was room. */
bool stage_try_publish(struct stage *stage);
void stage_resize(struct stage *stage, uint64_t slot_bytes);

/* The two halves of publishing. */
void stage_loan(struct stage *stage, struct shmflip_loan *loan, struct shmflip_frame_info *info);
void stage_hand_over(struct stage *stage, struct shmflip_loan *loan,
                     struct shmflip_frame_info *info);

/* Viewers, those that are NULL left out. */
void stage_open_viewer(struct stage *stage, int way);
void stage_attach_viewers(struct stage *stage);
void stage_close_viewers(struct stage *stage);

/* viewer[NEWEST] takes a frame, and keeps it. */
void stage_hold(struct stage *stage);

/* Every viewer takes the frame just published, and gives it back. */
void stage_see(struct stage *stage);

/* Every viewer takes what there is until it is told of the producer's death, or if so its end. */
void stage_see_death(struct stage *stage, bool or_end);

/* There is nothing to attach to. */
void stage_see_nobody(struct stage *stage);

#endif
