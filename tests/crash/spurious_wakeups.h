/* SPDX-License-Identifier: MIT
 *
 * Counts spurious wake-ups: a sleeping viewer is woken by a live producer, and there is no frame. The
 * library takes such a producer for a liar and naps for a millisecond; the linker (--wrap) puts a count
 * before that nap. No honest producer does it, so one is a fault. */
#ifndef SHMFLIP_TESTS_CRASH_SPURIOUS_WAKEUPS_H
#define SHMFLIP_TESTS_CRASH_SPURIOUS_WAKEUPS_H

#include <stdatomic.h>
#include <stdint.h>

/* Where a viewer's are counted; NULL: nowhere. */
extern _Atomic uint64_t *spurious_wakeups;

#endif
