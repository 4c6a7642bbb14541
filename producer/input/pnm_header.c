/* SPDX-License-Identifier: MIT */
#include "pnm_header.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

/* "P6 WIDTH HEIGHT MAXIMUM " once runs of blanks are one space. */
enum { PGM_BLANKS = 4 };

/* ---- Bytes -------------------------------------------------------------------------------- */

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static bool is_pam(const struct pnm_header *header)
{
	return header->size > 1 && header->text[1] == '7';
}

static char last_byte(const struct pnm_header *header)
{
	return header->size ? header->text[header->size - 1] : '\n';
}

static int append(struct pnm_header *header, char byte)
{
	if ((byte < ' ' && byte != '\n') || byte > '~' || header->size + 1 >= sizeof(header->text))
		return -EBADMSG;
	header->text[header->size++] = byte;
	header->text[header->size] = '\0';
	return 0;
}

static bool ends_with_line(const struct pnm_header *header, const char *line)
{
	size_t size = strlen(line);

	return header->size > size && header->text[header->size - size - 1] == '\n' &&
	       strcmp(header->text + header->size - size, line) == 0;
}

/* A line whose first byte is # is a comment. Lines keep their words, with a space between them. */
static int add_to_pam(struct pnm_header *header, char byte)
{
	bool at_start = last_byte(header) == '\n';

	if (byte == '#' && at_start) {
		header->in_comment = true;
		return 0;
	}
	if (byte == '\n') {
		if (at_start)
			return 0;
		if (last_byte(header) == ' ')
			header->text[--header->size] = '\0';
	} else if (is_blank(byte) || byte == '\v' || byte == '\f') {
		return at_start || last_byte(header) == ' ' ? 0 : append(header, ' ');
	}
	if (append(header, byte))
		return -EBADMSG;
	header->complete = ends_with_line(header, "ENDHDR\n");
	return 0;
}

static unsigned count_blanks(const char *text)
{
	unsigned count = 0;

	for (; *text; text++)
		count += *text == ' ';
	return count;
}

/* A comment can begin anywhere, also within a number, which then continues after it. */
static int add_to_pgm_or_ppm(struct pnm_header *header, char byte)
{
	if (byte == '#') {
		header->in_comment = true;
		return 0;
	}
	if (!is_blank(byte))
		return append(header, byte);
	if (last_byte(header) == ' ')
		return 0;
	if (append(header, ' '))
		return -EBADMSG;
	header->complete = count_blanks(header->text) == PGM_BLANKS;
	return 0;
}

int pnm_header_add(struct pnm_header *header, char byte)
{
	if (header->in_comment) {
		header->in_comment = byte != '\n' && (byte != '\r' || is_pam(header));
		return 0;
	}
	if (header->size < 2)
		return append(header, byte);
	return is_pam(header) ? add_to_pam(header, byte) : add_to_pgm_or_ppm(header, byte);
}

/* ---- Text --------------------------------------------------------------------------------- */

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Parses a number that ends its word; one above 2^31 becomes 2^31. NULL: no number. */
static const char *parse_number(const char *text, uint32_t *value)
{
	uint64_t number = 0;

	if (!is_digit(*text))
		return NULL;
	for (; is_digit(*text); text++) {
		number = 10 * number + (uint64_t)(*text - '0');
		if (number > UINT32_C(1) << 31)
			number = UINT32_C(1) << 31;
	}
	*value = (uint32_t)number;
	return *text == ' ' || *text == '\n' ? text : NULL;
}

static const char *parse_pgm_or_ppm(const char *text, uint32_t numbers[3])
{
	const char *at = text + 2;

	for (int i = 0; i < 3 && at; i++)
		at = *at == ' ' ? parse_number(at + 1, &numbers[i]) : NULL;
	return at ? NULL : "damaged: not a PGM or PPM header";
}

/* The text after a word at the start of a line. NULL: no line starts with the word. */
static const char *find_line(const char *text, const char *word)
{
	size_t length = strlen(word);

	while ((text = strchr(text, '\n'))) {
		text++;
		if (strncmp(text, word, length) == 0 && text[length] == ' ')
			return text + length + 1;
	}
	return NULL;
}

static bool parse_line(const char *text, const char *word, uint32_t *value)
{
	const char *found = find_line(text, word);

	return found && parse_number(found, value);
}

static bool is_known_type(const char *type)
{
	static const char *const types[] = { "BLACKANDWHITE", "GRAYSCALE", "RGB" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strncmp(type, types[i], strlen(types[i])) == 0)
			return true;
	}
	return false;
}

static const char *parse_pam(const char *text, uint32_t numbers[3], uint32_t *depth)
{
	const char *type = find_line(text, "TUPLTYPE");

	if (text[2] != '\n')
		return "damaged: not a PAM header";
	if (!parse_line(text, "WIDTH", &numbers[0]) || !parse_line(text, "HEIGHT", &numbers[1]) ||
	    !parse_line(text, "MAXVAL", &numbers[2]) || !parse_line(text, "DEPTH", depth))
		return "damaged: a PAM header without WIDTH, HEIGHT, DEPTH or MAXVAL";
	return type && !is_known_type(type) ? "a PAM that is neither grey nor RGB" : NULL;
}

const char *pnm_header_parse(const struct pnm_header *header, struct raw_layout *layout)
{
	static const char *const names[] = { "gray", "ya8", "rgb24", "rgba" };
	uint32_t numbers[3] = { 0 }, depth = header->text[1] == '5' ? 1 : 3;
	const char *fault = is_pam(header) ? parse_pam(header->text, numbers, &depth)
	                                   : parse_pgm_or_ppm(header->text, numbers);

	if (!fault && (depth < 1 || depth > 4 || numbers[2] < 1 || numbers[2] > 65535))
		fault = "damaged: impossible DEPTH or MAXVAL";
	if (!fault)
		fault = raw_layout_init(layout, raw_format_find(names[depth - 1]), numbers[0],
		                        numbers[1]);
	if (!fault)
		layout->maximum = numbers[2];
	return fault;
}
