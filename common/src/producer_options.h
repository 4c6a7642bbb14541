/* SPDX-License-Identifier: MIT
 *
 * What a producer's options come to, with what they leave to us. Pure. */
#ifndef SHMFLIP_PLAN_H
#define SHMFLIP_PLAN_H

#include "generation.h"

/* -EINVAL: there is no such policy or mode. Sizes are generation_init()'s to check. */
int plan_check(const struct shmflip_producer_options *options);

/* The plan of a producer's first generation. */
void plan_from(struct generation_plan *plan, const struct shmflip_producer_options *options);

/* How long a viewer may hold the last reusable slot. CLOCK_NEVER: for ever. */
int64_t plan_lease_ns(const struct shmflip_producer_options *options);

#endif
