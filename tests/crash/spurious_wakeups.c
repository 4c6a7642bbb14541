/* SPDX-License-Identifier: MIT */
#include "rude.h"

#include <stddef.h>

#define RUDE_NAP_NS INT64_C(1000000)

_Atomic uint64_t *rude_awakenings;

/* The linker's names. */
int __real_clock_nap(int64_t ns); /* NOLINT(bugprone-reserved-identifier,cert-dcl*) */
int __wrap_clock_nap(int64_t ns); /* NOLINT(bugprone-reserved-identifier,cert-dcl*) */

int __wrap_clock_nap(int64_t ns)
{
	if (rude_awakenings && ns == RUDE_NAP_NS)
		atomic_fetch_add(rude_awakenings, 1);
	return __real_clock_nap(ns);
}
