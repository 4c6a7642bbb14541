/* SPDX-License-Identifier: MIT
 *
 * What the user asked shmflip for. */
#ifndef TOOLS_OPTIONS_H
#define TOOLS_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct options {
	const struct command *command;
	const char *dir;     /* NULL: the default one */
	const char *channel; /* NULL: none was named */
	bool json;
	bool watch;
	uint64_t frames; /* 0: all */
	const struct format *format;
};

/* What shmflip can be told to do. run returns an exit status. */
struct command {
	const char *name;
	const char *takes; /* the options, by their short names: see options.c */
	int (*run)(const struct options *options);
};

/* Strings stay in argv. Ends the program on --help, --version, and wrong usage. */
void options_parse(int argc, char **argv, struct options *options);

#endif
