/* SPDX-License-Identifier: MIT
 *
 * Whether to spin for a short while before sleeping. Spinning pays off if the event comes sooner
 * than a wake-up would. If it did not pay off the last times, it is tried ever more rarely. One per
 * waiting thread. */
#ifndef SHMFLIP_SPIN_H
#define SHMFLIP_SPIN_H

#include <stdbool.h>

/* Longer than the wake-up that it saves (26 us between cores), or it gains nothing. */
#define SPIN_NS 50000

struct spin {
	unsigned skip;    /* how many more waits do not spin */
	unsigned penalty; /* the last value that skip was set to; 0: the last spin paid off */
};

/* Returns whether this wait should spin. Counts the wait. */
bool spin_try(struct spin *spin);

/* Records whether the event came while spinning. */
void spin_record(struct spin *spin, bool paid);

/* Hints to the processor that this is a spinning loop. */
static inline void spin_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

#endif
