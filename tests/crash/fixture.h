/* SPDX-License-Identifier: MIT
 *
 * What the cases of the steps share: a producer and two viewers, one of each way of viewing, in the
 * process that kills, through the public API, each at work at once or at fault. */
#ifndef SHMFLIP_TESTS_CRASH_FIXTURE_H
#define SHMFLIP_TESTS_CRASH_FIXTURE_H

#include <stdbool.h>

#include "shmflip.h"

enum { NEWEST, EVERY, WAYS };

struct crash_case;

struct fixture {
	const struct crash_case *crash_case;
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
struct shmflip_viewer *fixture_viewer(int way);

/* A producer, its frames, its end. */
void fixture_create(struct fixture *fixture);
void fixture_publish(struct fixture *fixture);
void fixture_end(struct fixture *fixture);

/* Whether there was room. */
bool fixture_try_publish(struct fixture *fixture);
void fixture_resize(struct fixture *fixture, uint64_t slot_bytes);

/* The two halves of publishing. */
void fixture_loan(struct fixture *fixture, struct shmflip_loan *loan,
                  struct shmflip_frame_info *info);
void fixture_hand_over(struct fixture *fixture, struct shmflip_loan *loan,
                       struct shmflip_frame_info *info);

/* Viewers, those that are NULL left out. */
void fixture_open_viewer(struct fixture *fixture, int way);
void fixture_attach_viewers(struct fixture *fixture);
void fixture_close_viewers(struct fixture *fixture);

/* viewer[NEWEST] takes a frame, and keeps it. */
void fixture_hold(struct fixture *fixture);

/* Every viewer takes the frame just published, and gives it back. */
void fixture_see(struct fixture *fixture);

/* Every viewer takes what there is until it is told of the producer's death, or if so its end. */
void fixture_see_death(struct fixture *fixture, bool or_end);

/* There is nothing to attach to. */
void fixture_see_nobody(struct fixture *fixture);

#endif
