/* SPDX-License-Identifier: MIT
 *
 * How soon a sleeping viewer learns of its producer's death. The producer has 64 MiB mapped, and no
 * successor comes, so only the kernel can wake the viewer. */
#ifndef SHMFLIP_TESTS_CRASH_DEATH_LATENCY_H
#define SHMFLIP_TESTS_CRASH_DEATH_LATENCY_H

/* Kills so many producers and prints the times. A viewer that the kernel does not wake is a
 * fault. */
void death_latency(unsigned kills);

#endif
