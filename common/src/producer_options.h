/* SPDX-License-Identifier: MIT
 *
 * Checks a producer's options and fills in the defaults. No side effects. */
#ifndef SHMFLIP_PRODUCER_OPTIONS_H
#define SHMFLIP_PRODUCER_OPTIONS_H

#include "generation.h"

/* Leaves sizes to generation_init().
 * -EINVAL  there is no such policy or mode */
int producer_options_check(const struct shmflip_producer_options *options);

/* The configuration of a producer's first generation. */
void producer_options_config(struct generation_config *config,
                             const struct shmflip_producer_options *options);

/* How long a viewer may hold the last reusable slot. CLOCK_NEVER: without limit. */
int64_t producer_options_lease_ns(const struct shmflip_producer_options *options);

#endif
