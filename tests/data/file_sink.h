/* SPDX-License-Identifier: MIT
 *
 * Every picture there is. Each function calls handle with a name and a file, one after the other,
 * until handle returns something other than 0, which is then returned; else 0. */
#ifndef TESTS_DATA_FLOCK_H
#define TESTS_DATA_FLOCK_H

#include "bytes.h"

struct flock {
	int (*handle)(const void *context, const char *name, const struct bytes *file);
	const void *context;
};

/* One of every kind of right PNG; the name tells the kind. */
int flock_kinds(const struct flock *flock);
/* Files that give no picture, or not all of it. */
int flock_damaged(const struct flock *flock);
/* Files that break a rule, or try to be a burden, and still hold the whole picture. */
int flock_tolerated(const struct flock *flock);

#endif
