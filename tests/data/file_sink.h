/* SPDX-License-Identifier: MIT
 *
 * All test pictures. Each function calls handle for one file after another, and stops when handle
 * does not return 0. Returns what the last call of handle returned. */
#ifndef SHMFLIP_TESTS_DATA_FILE_SINK_H
#define SHMFLIP_TESTS_DATA_FILE_SINK_H

#include "bytes.h"

struct file_sink {
	int (*handle)(const void *context, const char *name, const struct bytes *file);
	const void *context;
};

/* One valid PNG of every kind, named after its kind. */
int write_kinds(const struct file_sink *sink);
/* Files without a picture, or with only part of one. */
int write_damaged(const struct file_sink *sink);
/* Files that break a rule or waste memory, but hold the whole picture. */
int write_tolerated(const struct file_sink *sink);

#endif
