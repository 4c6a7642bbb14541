/* SPDX-License-Identifier: MIT
 *
 * Whether to watch for a short while before going to sleep. It pays when what is waited for comes
 * sooner than a wake-up would; where it did not pay the last times, it is tried ever more rarely.
 * One per waiting thread. */
#ifndef SHMFLIP_SPIN_H
#define SHMFLIP_SPIN_H

#include <stdbool.h>

/* Longer than the wake-up that it saves (26 us between cores), or it gains nothing. */
#define SPIN_NS 50000

struct spin {
	unsigned skip;    /* so many waits more without spinning */
	unsigned penalty; /* what skip is after the next time in vain */
};

bool spin_try(struct spin *spin);
void spin_record(struct spin *spin, bool paid);

/* Tells the processor that this is a spinning loop. */
static inline void spin_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

#endif
