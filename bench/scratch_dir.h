/* SPDX-License-Identifier: MIT
 *
 * A scratch directory for `shmflip-bench pipeline`. many/ has the frames as numbered links to
 * the files, which repeat; one/ has only the first. */
#ifndef SHMFLIP_BENCH_SCRATCH_DIR_H
#define SHMFLIP_BENCH_SCRATCH_DIR_H

#include "png_files.h"

enum { SCRATCH_PATH_SIZE = 64 };

struct scratch_dir {
	char root[SCRATCH_PATH_SIZE];
	char one[SCRATCH_PATH_SIZE];
	char many[SCRATCH_PATH_SIZE];
	char channel[SCRATCH_PATH_SIZE];
	unsigned frames; /* in many */
};

/* Returns 0, or a negative errno after a message. */
int scratch_dir_make(struct scratch_dir *scratch, const struct png_files *png_files,
                     unsigned frames);
/* Deletes the files of any directory, not its subdirectories. */
void scratch_dir_empty(const char *path);
void scratch_dir_remove(struct scratch_dir *scratch);

#endif
