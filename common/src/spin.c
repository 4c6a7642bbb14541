/* SPDX-License-Identifier: MIT */
#include "spin.h"

#define PENALTY_MAX 63

bool spin_try(struct spin *spin)
{
	if (spin->skip == 0)
		return true;
	spin->skip--;
	return false;
}

void spin_record(struct spin *spin, bool paid)
{
	if (paid) {
		spin->penalty = 0;
	} else {
		spin->penalty = spin->penalty < PENALTY_MAX ? spin->penalty * 2 + 1 : PENALTY_MAX;
		spin->skip = spin->penalty;
	}
}
