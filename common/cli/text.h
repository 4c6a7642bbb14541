/* SPDX-License-Identifier: MIT
 *
 * Text from elsewhere, such as names of files and of other programs' frames: any bytes. A terminal
 * obeys control characters, and JSON and pango take only UTF-8. Pure; any thread. */
#ifndef SHMFLIP_TEXT_H
#define SHMFLIP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Copies as much as fits in size bytes with the NUL. Cuts between the characters of UTF-8. */
void text_copy(char *out, size_t size, const char *text);

/* The length of the UTF-8 character that the text begins with, 1 to 4. 0: there is none, because of
 * the text's end or invalid bytes. */
size_t text_character(const char *text);

/* Whether the character that the text begins with is a control character, of 7 or of 8 bits. */
bool text_is_control(const char *text);

/* Replaces in place each byte that is not part of UTF-8 by '?'. */
void text_make_utf8(char *text);

/* Replaces in place also each control character by '?'. The text may become shorter. */
void text_make_plain(char *text);

/* text_copy() and text_make_plain(): a name for people to read. */
void text_copy_plain(char *out, size_t size, const char *name);

#endif
