/* SPDX-License-Identifier: MIT
 *
 * A kill at every instruction. For each case, and each number of instructions into its call, a
 * fresh victim is halted there by ptrace and killed; its survivors and a successor must then
 * continue at once. The victims of overtaken.c are only halted there, and resumed. x86-64 only. */
#ifndef SHMFLIP_TESTS_CRASH_STEPS_H
#define SHMFLIP_TESTS_CRASH_STEPS_H

/* Which instructions this program takes, if several run side by side or all would be too many. */
struct steps_share {
	unsigned stride; /* take each instruction number that is a multiple; 1: all */
	unsigned index;  /* of these, take what is this program's: 0 to of - 1 */
	unsigned of;
	unsigned last;    /* only the last so many instructions of a call; 0: all */
	const char *only; /* only cases whose name starts with this; NULL: all */
};

/* Prints for each case how many instructions the call takes and how often a victim was halted. */
void steps(const struct steps_share *share);

#endif
