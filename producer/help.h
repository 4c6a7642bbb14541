/* SPDX-License-Identifier: MIT
 *
 * What shmflip-producer prints for --help. */
#ifndef SHMFLIP_PRODUCER_HELP_H
#define SHMFLIP_PRODUCER_HELP_H

/* Prints it, and exits. */
void help_print(void) __attribute__((noreturn));

#endif
