/* SPDX-License-Identifier: MIT
 *
 * How soon a sleeping viewer learns that its producer was killed, which has 64 MiB mapped, and no
 * successor: the kernel alone tells it. */
#ifndef SHMFLIP_TESTS_CRASH_DEATH_LATENCY_H
#define SHMFLIP_TESTS_CRASH_DEATH_LATENCY_H

/* Kills so many producers and prints the times. That one of them is not noticed is a fault. */
void death_latency(unsigned kills);

#endif
