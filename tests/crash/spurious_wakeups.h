/* SPDX-License-Identifier: MIT
 *
 * Counts spurious wakeups: a live producer wakes a sleeping viewer, but there is no frame. The
 * library then sleeps for a millisecond, because such a producer may be hostile; the linker
 * (--wrap) puts the count before that sleep. No honest producer wakes for nothing, so one spurious
 * wakeup is a fault. */
#ifndef SHMFLIP_TESTS_CRASH_SPURIOUS_WAKEUPS_H
#define SHMFLIP_TESTS_CRASH_SPURIOUS_WAKEUPS_H

#include <stdatomic.h>
#include <stdint.h>

/* The counter of this process; NULL: do not count. */
extern _Atomic uint64_t *spurious_wakeups;

#endif
