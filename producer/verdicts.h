/* SPDX-License-Identifier: MIT
 *
 * What the user was last told of each file: a file that is shown over and over is named when that
 * changes. Main thread. */
#ifndef SHMFLIP_PRODUCER_VERDICTS_H
#define SHMFLIP_PRODUCER_VERDICTS_H

#include <stdbool.h>
#include <stddef.h>

struct verdicts {
	char **texts; /* of each file; NULL: it is shown, without a warning */
	size_t count;
};

/* -ENOMEM */
int verdicts_init(struct verdicts *verdicts, size_t files);
void verdicts_finish(struct verdicts *verdicts);

/* Sets the verdict on a file; "": it is shown, without a warning. Returns whether that is new. */
bool verdicts_set(struct verdicts *verdicts, size_t file, const char *text);

#endif
