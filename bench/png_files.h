/* SPDX-License-Identifier: MIT
 *
 * The PNG files that decoders are tried on, all of them in memory. */
#ifndef SHMFLIP_BENCH_PNG_FILES_H
#define SHMFLIP_BENCH_PNG_FILES_H

#include "decoder/decoder.h"

struct png_files {
	struct png_file *files; /* in the order of their paths */
	size_t count;
};

/* Reads files, and every *.png in and below directories. What is no PNG is named in a message and left
 * out. 0, or a negative errno after a message; -ENOENT: nothing was found. */
int png_files_load(struct png_files *png_files, char *const *paths, unsigned path_count);
void png_files_free(struct png_files *png_files);

#endif
