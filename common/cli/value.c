/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <ctype.h>
#include <grp.h>
#include <inttypes.h>
#include <sched.h>
#include <string.h>

#define NANO UINT64_C(1000000000)

/* Digits only: unlike strtoull(), no sign and no blanks. NULL: no digits, or above max. */
static const char *parse_digits(const char *text, unsigned base, uint64_t max, uint64_t *value)
{
	uint64_t result = 0;

	if (!isdigit((unsigned char)*text))
		return NULL;
	for (; isdigit((unsigned char)*text); text++) {
		uint64_t digit = (uint64_t)(*text - '0');

		if (digit >= base || digit > max || result > (max - digit) / base)
			return NULL;
		result = result * base + digit;
	}
	*value = result;
	return text;
}

/* "12", "12.5", ".5" in units of 10^-9; the rest is cut off. NULL: no number, or above 10^9. */
static const char *parse_nano(const char *text, uint64_t *value)
{
	uint64_t whole = 0, fraction = 0;
	const char *at = text;

	if (*at != '.') {
		at = parse_digits(at, 10, NANO, &whole);
		if (!at)
			return NULL;
	}
	if (*at == '.') {
		at++;
		if (at == text + 1 && !isdigit((unsigned char)*at))
			return NULL;
		for (uint64_t unit = NANO / 10; isdigit((unsigned char)*at); at++, unit /= 10)
			fraction += unit * (uint64_t)(*at - '0');
	}
	*value = whole * NANO + fraction;
	return *value <= NANO * NANO ? at : NULL;
}

uint64_t cli_uint(const char *option, const char *text, uint64_t min, uint64_t max)
{
	uint64_t value;
	const char *end = parse_digits(text, 10, max, &value);

	if (!end || *end || value < min)
		cli_usage_error("%s takes a number from %" PRIu64 " to %" PRIu64 ", not '%s'",
		                option, min, max, text);
	return value;
}

int64_t cli_seconds_ns(const char *option, const char *text)
{
	uint64_t value;
	const char *end = parse_nano(text, &value);

	if (!end || *end)
		cli_usage_error("%s takes seconds, such as 2 or 0.5, not '%s'", option, text);
	return (int64_t)value;
}

/* "30", "29.97", "30000/1001": nano / (seconds * 10^9). */
static bool parse_rate(const char *text, uint64_t *nano, uint64_t *seconds)
{
	const char *end = parse_nano(text, nano);

	*seconds = 1;
	if (end && *end == '/')
		end = parse_digits(end + 1, 10, UINT32_MAX, seconds);
	return end && !*end && *seconds && *nano / *seconds <= NANO / 1000 * NANO;
}

static void __attribute__((noreturn)) refuse_rate(const char *option, const char *text)
{
	cli_usage_error("%s takes frames per second, such as 30, 29.97 or 30000/1001 (at most "
	                "1000000), not '%s'",
	                option, text);
}

uint32_t cli_fps_milli(const char *option, const char *text)
{
	uint64_t nano, seconds, milli;

	if (!parse_rate(text, &nano, &seconds))
		refuse_rate(option, text);
	milli = (nano / seconds + NANO / 2000) / (NANO / 1000);
	/* A rate that rounds to 0 must not become the 0 that means "no pace". */
	if (nano && !milli)
		refuse_rate(option, text);
	return (uint32_t)milli;
}

static uint64_t greatest_divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

void cli_rate(const char *option, const char *text, uint32_t *num, uint32_t *den)
{
	uint64_t nano, seconds, divisor;

	if (!parse_rate(text, &nano, &seconds))
		refuse_rate(option, text);
	if (!nano) {
		*num = 0;
		*den = 1;
		return;
	}
	/* Both fit in 64 bits: seconds has 32, and NANO 30. */
	seconds *= NANO;
	divisor = greatest_divisor(nano, seconds);
	nano /= divisor;
	seconds /= divisor;
	/* Too many digits to be exact. */
	for (; nano > UINT32_MAX || seconds > UINT32_MAX; nano /= 2, seconds /= 2)
		if (nano == 1)
			refuse_rate(option, text);
	*num = (uint32_t)nano;
	*den = (uint32_t)seconds;
}

void cli_size(const char *option, const char *text, uint32_t *width, uint32_t *height)
{
	uint64_t x, y;
	const char *end = parse_digits(text, 10, INT32_MAX, &x);

	if (end && *end == 'x')
		end = parse_digits(end + 1, 10, INT32_MAX, &y);
	else
		end = NULL;
	if (!end || *end || !x || !y)
		cli_usage_error("%s takes WIDTHxHEIGHT, such as 1920x1080, not '%s'", option, text);
	*width = (uint32_t)x;
	*height = (uint32_t)y;
}

mode_t cli_mode(const char *option, const char *text)
{
	uint64_t mode;
	const char *end = parse_digits(text, 8, 0777, &mode);

	if (!end || *end)
		cli_usage_error("%s takes an octal mode, such as 0600 or 0640, not '%s'", option,
		                text);
	return (mode_t)mode;
}

gid_t cli_group(const char *option, const char *text)
{
	const struct group *group = getgrnam(text);
	uint64_t number;
	const char *end;

	if (group)
		return group->gr_gid;
	end = parse_digits(text, 10, UINT32_MAX - 1, &number);
	if (!end || *end)
		cli_usage_error("%s takes a group name or number, not '%s'", option, text);
	return (gid_t)number;
}

static bool parse_hex(const char *text, uint32_t *value)
{
	*value = 0;
	for (; *text; text++) {
		if (!isxdigit((unsigned char)*text))
			return false;
		*value = *value << 4 |
		         (uint32_t)(isdigit((unsigned char)*text)
		                            ? *text - '0'
		                            : tolower((unsigned char)*text) - 'a' + 10);
	}
	return true;
}

uint32_t cli_colour(const char *option, const char *text)
{
	static const struct {
		const char *name;
		uint32_t rgb;
	} names[] = {
		{ "black", 0x000000 },   { "white", 0xffffff },  { "grey", 0x808080 },
		{ "gray", 0x808080 },    { "red", 0xff0000 },    { "green", 0x008000 },
		{ "blue", 0x0000ff },    { "yellow", 0xffff00 }, { "cyan", 0x00ffff },
		{ "magenta", 0xff00ff },
	};
	uint32_t rgb;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(text, names[i].name) == 0)
			return names[i].rgb;
	}
	if (text[0] == '#' && parse_hex(text + 1, &rgb)) {
		if (strlen(text) == 7)
			return rgb;
		if (strlen(text) == 4)
			return ((rgb >> 8 & 15) << 16 | (rgb >> 4 & 15) << 8 | (rgb & 15)) * 17;
	}
	cli_usage_error("%s takes a colour, such as #ff8000, #f80 or black, not '%s'", option,
	                text);
}

int cli_choice(const char *option, const char *text, const char *const *words)
{
	char list[256] = "";
	size_t used = 0;

	for (int i = 0; words[i]; i++) {
		if (strcmp(text, words[i]) == 0)
			return i;
	}
	for (int i = 0; words[i] && used < sizeof(list); i++) {
		const char *separator = words[i + 1] ? ", " : " or ";

		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
		                         i ? separator : "", words[i]);
	}
	cli_usage_error("%s takes %s, not '%s'", option, list, text);
}

unsigned cli_processors(unsigned max)
{
	cpu_set_t set;
	unsigned count = sched_getaffinity(0, sizeof(set), &set) ? 1 : (unsigned)CPU_COUNT(&set);

	return count < max ? count : max;
}

unsigned cli_jobs(const char *option, const char *text, unsigned max)
{
	unsigned jobs = (unsigned)cli_uint(option, text, 0, max);

	return jobs ? jobs : cli_processors(max);
}
