/* SPDX-License-Identifier: MIT
 *
 * The PNG files of a command, all of them in memory. */
#ifndef SHMFLIP_BENCH_PNG_FILES_H
#define SHMFLIP_BENCH_PNG_FILES_H

#include "codec.h"

struct png_files {
	struct png_file *files; /* sorted by path */
	size_t count;
};

/* Reads files, and every *.png in and below directories. Skips a file that is not a PNG, with a
 * message. Returns 0, or a negative errno after a message:
 *   -ENOENT  no PNG file found */
int png_files_load(struct png_files *png_files, char *const *paths, unsigned path_count);

/* Stores the kinds of the files, each once, in order of their paths; at most max. Returns how
 * many. */
size_t png_files_kinds(const struct png_files *png_files, const char **kinds, size_t max);
enum { PNG_KINDS_MAX = 32 };

void png_files_free(struct png_files *png_files);

#endif
