/* SPDX-License-Identifier: MIT */
#include "shmflip.h"

int main(void)
{
	return SHMFLIP_SLOTS_MIN != 2;
}
