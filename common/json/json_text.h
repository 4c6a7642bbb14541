/* SPDX-License-Identifier: MIT
 *
 * JSON with text from elsewhere: UTF-8, without a raw control character. */
#ifndef SHMFLIP_JSON_TEXT_H
#define SHMFLIP_JSON_TEXT_H

#include <jansson.h>
#include <stdio.h>

/* A string of any bytes. Those that are not part of UTF-8 become '?'. Returns a new reference, or
 * NULL: out of memory. */
json_t *json_text(const char *bytes);

/* Writes a value and a newline. flags: of jansson, which escapes only the control characters below
 * U+0020; this escapes the others. Does not flush. Returns 0, or -EIO with errno set. */
int json_write(const json_t *value, FILE *file, size_t flags);

#endif
