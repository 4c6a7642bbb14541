/* SPDX-License-Identifier: MIT
 *
 * Checks a producer's options and fills in the defaults. No side effects. */
#ifndef SHMFLIP_PRODUCER_OPTIONS_H
#define SHMFLIP_PRODUCER_OPTIONS_H

#include "generation.h"

/* Copies and checks a caller's options.
 * -EINVAL  the size is not set, or there is no such policy or mode */
int producer_options_read(struct shmflip_producer_options *options,
                          const struct shmflip_producer_options *given);

/* Sets what the options decide. */
void producer_options_config(struct generation_config *config,
                             const struct shmflip_producer_options *options);

/* CLOCK_NEVER: no limit. */
int64_t producer_options_lease_ns(const struct shmflip_producer_options *options);

#endif
