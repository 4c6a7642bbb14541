/* SPDX-License-Identifier: MIT */
#include "spurious_wakeups.h"

#include <stddef.h>

#define RUDE_NAP_NS INT64_C(1000000)

_Atomic uint64_t *spurious_wakeups;

/* The linker's names. */
int __real_clock_sleep(int64_t ns); /* NOLINT(bugprone-reserved-identifier,cert-dcl*) */
int __wrap_clock_sleep(int64_t ns); /* NOLINT(bugprone-reserved-identifier,cert-dcl*) */

int __wrap_clock_sleep(int64_t ns)
{
	if (spurious_wakeups && ns == RUDE_NAP_NS)
		atomic_fetch_add(spurious_wakeups, 1);
	return __real_clock_sleep(ns);
}
