/* SPDX-License-Identifier: MIT
 *
 * How soon a sleeping viewer learns that its producer was killed, which has 64 MiB mapped, and no
 * successor: the kernel alone tells it. */
#ifndef SHMFLIP_CRASH_NOTICE_H
#define SHMFLIP_CRASH_NOTICE_H

/* Kills so many producers and prints the times. That one of them is not noticed is a fault. */
void notice(unsigned kills);

#endif
