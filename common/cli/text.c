/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <string.h>

/* The range of a character's second byte excludes longer forms than necessary, surrogates, and what
 * is above U+10FFFF: Unicode 15.0, table 3-7. */
size_t text_character(const char *text)
{
	static const struct {
		unsigned char first_min, first_max, second_min, second_max;
		size_t length;
	} forms[] = {
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	const unsigned char *bytes = (const unsigned char *)text;

	if (bytes[0] < 0x80)
		return bytes[0] != '\0';
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t length = 2;

		if (bytes[0] < forms[i].first_min || bytes[0] > forms[i].first_max ||
		    bytes[1] < forms[i].second_min || bytes[1] > forms[i].second_max)
			continue;
		while (length < forms[i].length && (bytes[length] & 0xc0) == 0x80)
			length++;
		return length == forms[i].length ? length : 0;
	}
	return 0;
}

bool text_is_control(const char *text)
{
	unsigned char first = (unsigned char)text[0];

	return first < ' ' || first == 0x7f || (first == 0xc2 && (unsigned char)text[1] < 0xa0);
}

void text_copy(char *out, size_t size, const char *text)
{
	size_t used = 0;

	while (text[used]) {
		size_t length = text_character(text + used);

		if (length == 0)
			length = 1;
		if (used + length >= size)
			break;
		used += length;
	}
	memcpy(out, text, used);
	out[used] = '\0';
}

void text_make_utf8(char *text)
{
	while (*text) {
		size_t length = text_character(text);

		if (length == 0)
			*text = '?';
		text += length ? length : 1;
	}
}

void text_make_plain(char *text)
{
	char *out = text;

	while (*text) {
		size_t length = text_character(text);

		if (length == 0 || text_is_control(text)) {
			*out++ = '?';
			text += length ? length : 1;
			continue;
		}
		memmove(out, text, length);
		out += length;
		text += length;
	}
	*out = '\0';
}

void text_copy_plain(char *out, size_t size, const char *name)
{
	text_copy(out, size, name);
	text_make_plain(out);
}
