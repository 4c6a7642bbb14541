/* SPDX-License-Identifier: MIT */
#include "cli.h"

/* Bytes from 0x80 to 0x9f are control codes, alone or after 0xc2, which is their UTF-8 form. */
void cli_make_plain(char *text)
{
	unsigned char previous = 0;

	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;
		bool high = (byte & 0xe0) == 0x80 && (previous < 0x80 || previous == 0xc2);

		if (byte < ' ' || byte == 0x7f || high)
			*text = '?';
		if (high && previous == 0xc2)
			text[-1] = '?';
		previous = byte;
	}
}
