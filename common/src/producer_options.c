/* SPDX-License-Identifier: MIT */
#include "producer_options.h"

#include <errno.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"

#define LEASE_DEFAULT_MS 2000

int producer_options_check(const struct shmflip_producer_options *options)
{
	if (options->policy > SHMFLIP_POLICY_LOSSLESS)
		return fail(-EINVAL, "policy %u is unknown", options->policy);
	if (options->mode & ~(mode_t)0666)
		return fail(-EINVAL, "mode %03o is invalid: use only the bits to read and write",
		            (unsigned)options->mode);
	return 0;
}

void producer_options_config(struct generation_config *config,
                             const struct shmflip_producer_options *options)
{
	bool own_group = options->group == 0 || options->group == (gid_t)-1;

	*config = (struct generation_config){
		.slot_bytes = options->slot_bytes,
		.slots = options->slots ? options->slots : SHMFLIP_SLOTS_MIN,
		.policy = options->policy ? options->policy : SHMFLIP_POLICY_LATEST,
		.fps_milli = options->fps_milli,
		.group = own_group ? getegid() : options->group,
		.mode = 0600 | (options->mode & 0044),
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
