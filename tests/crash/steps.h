/* SPDX-License-Identifier: MIT
 *
 * A kill at every instruction: for each call of the library, and each number of instructions into it, a
 * fresh victim runs just so far, by ptrace, and is killed; then those who survive it, and a successor,
 * must go on at once. Others are only halted there while they are overtaken, and go on. x86-64 only. */
#ifndef SHMFLIP_CRASH_STEPS_H
#define SHMFLIP_CRASH_STEPS_H

/* Which instructions are this program's to take, when several run side by side, or all are too many. */
struct steps_share {
	unsigned stride; /* every so many; 1: all */
	unsigned index;  /* of those this one's, of so many programs */
	unsigned of;
	unsigned last;    /* of the last so many only; 0: of all */
	const char *only; /* scenes whose names start so */
};

/* Prints for each call how many instructions it takes, and how many kills there were. */
void steps(const struct steps_share *share);

#endif
