/* SPDX-License-Identifier: MIT */
#include "producer_options.h"

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "structure.h"

#define LEASE_DEFAULT_MS 2000

static bool is_valid_mode(mode_t mode)
{
	return mode == 0600 || mode == 0640 || mode == 0644;
}

int producer_options_read(struct shmflip_producer_options *options,
                          const struct shmflip_producer_options *given)
{
	int error = structure_read(options, sizeof(*options), given, "shmflip_producer_options");

	if (error)
		return error;
	if (options->policy > SHMFLIP_POLICY_LOSSLESS)
		return fail(-EINVAL, "policy %u is unknown", options->policy);
	if (options->mode != 0 && !is_valid_mode(options->mode))
		return fail(-EINVAL, "mode %03o is invalid: use 0600, 0640 or 0644",
		            (unsigned)options->mode);
	if (options->group_set > 1)
		return fail(-EINVAL, "group_set is %u: use 0 or 1", options->group_set);
	return 0;
}

void producer_options_config(struct generation_config *config,
                             const struct shmflip_producer_options *options)
{
	*config = (struct generation_config){
		.policy = options->policy ? options->policy : SHMFLIP_POLICY_LATEST,
		.group = options->group_set ? options->group : getegid(),
		.mode = options->mode ? options->mode : 0600,
	};
}

int64_t producer_options_lease_ns(const struct shmflip_producer_options *options)
{
	if (options->lease_ms > 0 && options->lease_ms < INT64_MAX / NS_PER_MS)
		return options->lease_ms * NS_PER_MS;
	if (options->lease_ms == 0 && options->policy != SHMFLIP_POLICY_LOSSLESS)
		return LEASE_DEFAULT_MS * NS_PER_MS;
	return CLOCK_NEVER;
}
