/* SPDX-License-Identifier: MIT
 *
 * What a producer's options come to, with what they leave to us. Pure. */
#ifndef SHMFLIP_PRODUCER_OPTIONS_H
#define SHMFLIP_PRODUCER_OPTIONS_H

#include "generation.h"

/* -EINVAL: there is no such policy or mode. Sizes are generation_init()'s to check. */
int producer_options_check(const struct shmflip_producer_options *options);

/* The plan of a producer's first generation. */
void producer_options_config(struct generation_config *config,
                             const struct shmflip_producer_options *options);

/* How long a viewer may hold the last reusable slot. CLOCK_NEVER: for ever. */
int64_t producer_options_lease_ns(const struct shmflip_producer_options *options);

#endif
