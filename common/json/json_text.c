/* SPDX-License-Identifier: MIT */
#include "json_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

json_t *json_text(const char *bytes)
{
	char *text = strdup(bytes);
	json_t *value;

	if (!text)
		return NULL;
	text_make_utf8(text);
	value = json_string(text);
	free(text);
	return value;
}

/* Outside of strings, the only control character is the newline that jansson indents with. */
static int write_escaped(const char *json, FILE *file)
{
	while (*json) {
		size_t length = text_character(json);
		const unsigned char *bytes = (const unsigned char *)json;

		if (length == 0)
			length = 1;
		if (*json != '\n' && text_is_control(json))
			fprintf(file, "\\u%04X", bytes[length - 1]);
		else
			fwrite(json, 1, length, file);
		json += length;
	}
	fputc('\n', file);
	return ferror(file) ? -EIO : 0;
}

int json_write(const json_t *value, FILE *file, size_t flags)
{
	char *json = json_dumps(value, flags);
	int error;

	if (!json) {
		errno = ENOMEM;
		return -EIO;
	}
	error = write_escaped(json, file);
	free(json);
	return error;
}
