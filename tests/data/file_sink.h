/* SPDX-License-Identifier: MIT
 *
 * Every picture there is. Each function calls handle with a name and a file, one after the other,
 * until handle returns something other than 0, which is then returned; else 0. */
#ifndef SHMFLIP_TESTS_DATA_FILE_SINK_H
#define SHMFLIP_TESTS_DATA_FILE_SINK_H

#include "bytes.h"

struct file_sink {
	int (*handle)(const void *context, const char *name, const struct bytes *file);
	const void *context;
};

/* One of every kind of right PNG; the name tells the kind. */
int write_kinds(const struct file_sink *sink);
/* Files that give no picture, or not all of it. */
int write_damaged(const struct file_sink *sink);
/* Files that break a rule, or try to be a burden, and still hold the whole picture. */
int write_tolerated(const struct file_sink *sink);

#endif
