/* SPDX-License-Identifier: MIT
 *
 * What the command line asked for. Filled once by the main thread and only read afterwards; the
 * strings are those of argv. */
#ifndef VIEWER_OPTIONS_H
#define VIEWER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "present/scene.h"
#include "viewport.h"

struct presenter;

struct options {
	const char *dir;                   /* NULL: the library's choice */
	const char *channel;               /* never NULL */
	const struct presenter *presenter; /* NULL: auto */
	uint64_t frames;                   /* leave after so many; 0: never */
	int64_t timeout_ns;                /* leave when no producer for so long; negative: never */
	const char *record_dir;            /* NULL: do not record */
	const char *stats_path;            /* NULL: none; "-": stdout */
	uint32_t view;                     /* enum shmflip_view */
	enum scale scale;
	struct background background;
	bool once;
	bool fullscreen;
	bool digest;
	bool untouched; /* make the slots unreadable */
	bool quiet;
};

/* Reads the command line. --help and --version are answered here and end the program, and so does
 * whatever is no valid use (exit status 2). */
void options_parse(int argc, char **argv, struct options *options);

#endif
