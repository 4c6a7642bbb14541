/* SPDX-License-Identifier: MIT
 *
 * How soon a sleeping viewer learns that its producer was killed, which has 64 MiB mapped, and no
 * successor: the kernel alone tells it. */
#ifndef SHMFLIP_CRASH_NOTICE_H
#define SHMFLIP_CRASH_NOTICE_H

/* Kills so many producers and prints the times. That half of them were noticed only by a timer, or one
 * not at all, is a fault. */
void notice(unsigned kills);

#endif
