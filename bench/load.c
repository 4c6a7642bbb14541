/* SPDX-License-Identifier: MIT */
#include "load.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "monotonic.h"
#include "usage.h"

void load_now(struct load *load)
{
	unsigned long long user = 0, nice = 0, system = 0, idle = 0, wait = 0, hard = 0, soft = 0,
			   stolen = 0;
	int64_t tick_ns = NS_PER_S / sysconf(_SC_CLK_TCK);
	FILE *file = fopen("/proc/stat", "re");

	memset(load, 0, sizeof(*load));
	if (file) {
		if (fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice,
		           &system, &idle, &wait, &hard, &soft, &stolen) == 8) {
			load->busy_ns = (int64_t)(user + nice + system + hard + soft) * tick_ns;
			load->stolen_ns = (int64_t)stolen * tick_ns;
		}
		fclose(file);
	}
	load->own_ns = usage_rusage_ns(RUSAGE_SELF) + usage_rusage_ns(RUSAGE_CHILDREN);
	load->at_ns = monotonic_now_ns();
}

void load_between(const struct load *before, const struct load *after, struct load_shares *shares)
{
	int64_t elapsed_ns = after->at_ns - before->at_ns;
	int64_t foreign_ns = after->busy_ns - before->busy_ns - (after->own_ns - before->own_ns);

	*shares = (struct load_shares){ 0 };
	if (elapsed_ns <= 0)
		return;
	if (foreign_ns > 0)
		shares->foreign = (double)foreign_ns / (double)elapsed_ns;
	shares->stolen = (double)(after->stolen_ns - before->stolen_ns) / (double)elapsed_ns;
}

void load_since(const struct load *before, struct load_shares *shares)
{
	struct load now;

	load_now(&now);
	load_between(before, &now, shares);
}
