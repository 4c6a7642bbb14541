/* SPDX-License-Identifier: MIT */
#include "cli.h"

/* Bytes of 0x80 to 0x9f are control codes by themselves, and after 0xc2, which is the same in UTF-8. */
void cli_make_plain(char *text)
{
	unsigned char before = 0;

	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;
		bool high = (byte & 0xe0) == 0x80 && (before < 0x80 || before == 0xc2);

		if (byte < ' ' || byte == 0x7f || high)
			*text = '?';
		if (high && before == 0xc2)
			text[-1] = '?';
		before = byte;
	}
}
