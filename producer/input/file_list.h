/* SPDX-License-Identifier: MIT
 *
 * The files that a producer shows, in order: the paths that each SOURCE of the command line names.
 * A directory names its *.png in natural order. A pattern such as frames/%04d.png names the numbers
 * from 0 or 1 up to the first gap. Read once at the start. Main thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_FILE_LIST_H
#define SHMFLIP_PRODUCER_INPUT_FILE_LIST_H

#include <stddef.h>

struct pixels;
struct png_header;

struct file_list {
	char **paths;
	size_t count;
	size_t capacity;
};

/* Appends the paths that argument names. A negative errno, after a line to the user: no such file,
 * or no memory. An invalid pattern is a usage error. */
int file_list_add(struct file_list *files, const char *argument);

/* Reads what a PNG says before its pixels. Searches for the colour key beyond the first 4 KiB
 * only if the format in the channel may depend on it.
 * -EBADMSG  no PNG
 * or the error of open(2) or pread(2). */
int file_read_png_header(const char *path, const struct pixels *pixels, struct png_header *header);

/* Asks the kernel to read a file into its cache meanwhile, if the file can be read. */
void file_read_ahead(const char *path);

void file_list_finish(struct file_list *files);

#endif
