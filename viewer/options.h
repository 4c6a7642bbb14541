/* SPDX-License-Identifier: MIT
 *
 * The options of the command line. The main thread fills them once; afterwards they are only read.
 * The strings are those of argv. */
#ifndef SHMFLIP_VIEWER_OPTIONS_H
#define SHMFLIP_VIEWER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "appearance.h"
#include "present/scene.h"
#include "viewport.h"

struct presenter;

struct options {
	const char *dir;                   /* NULL: the library's choice */
	const char *channel;               /* never NULL */
	const struct presenter *presenter; /* NULL: auto */
	uint64_t frames;                   /* exit after this many; 0: never */
	int64_t timeout_ns;     /* exit after so long without a producer; negative: never */
	const char *record_dir; /* NULL: do not record */
	unsigned jobs;          /* threads that encode what is recorded */
	const char *stats_path; /* NULL: none; "-": stdout */
	uint32_t view;          /* enum shmflip_view */
	enum scale scale;
	struct background background;
	struct appearance appearance; /* at the start */
	bool once;
	bool fullscreen;
	bool digest;
	bool unturned;  /* show pixels as they lie, whatever their orientation is */
	bool untouched; /* the slots are unreadable to this process */
	bool quiet;
};

/* Reads the command line. Exits after --help and --version, and with status 2 after an invalid
 * command line. */
void options_parse(int argc, char **argv, struct options *options);

#endif
