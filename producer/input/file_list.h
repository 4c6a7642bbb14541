/* SPDX-License-Identifier: MIT
 *
 * The files that a producer shows, in order: each SOURCE of the command line made into a list of
 * paths. A directory stands for its *.png in natural order; a pattern such as frames/%04d.png for
 * the numbers from 0 or 1 on, up to the first gap. Read once at the start. Main thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_FILE_LIST_H
#define SHMFLIP_PRODUCER_INPUT_FILE_LIST_H

#include <stddef.h>

struct file_list {
	char **paths;
	size_t count;
	size_t capacity;
};

/* Appends what argument stands for. A negative errno, after a line to the user: there is nothing. A
 * pattern that is none is a usage error. */
int file_list_add(struct file_list *files, const char *argument);

/* Has the kernel read a file, if it can be read, while the caller does other things. */
void file_read_ahead(const char *path);

void file_list_finish(struct file_list *files);

#endif
