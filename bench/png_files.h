/* SPDX-License-Identifier: MIT
 *
 * The PNG files that decoders are tried on, all of them in memory. */
#ifndef BENCH_PICTURES_H
#define BENCH_PICTURES_H

#include "decoder/decoder.h"

struct pictures {
	struct png_file *files; /* in the order of their paths */
	size_t count;
};

/* Reads files, and every *.png in and below folders. What is no PNG is named in a message and left
 * out. 0, or a negative errno after a message; -ENOENT: nothing was found. */
int pictures_load(struct pictures *pictures, char *const *paths, unsigned path_count);
void pictures_free(struct pictures *pictures);

#endif
