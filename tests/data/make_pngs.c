/* SPDX-License-Identifier: MIT
 *
 * Writes the PNG files of the tests into a directory, or checks that a directory has the same
 * files. The files come from certain versions of libpng and zlib. Other versions may write
 * different, valid files; the check is then skipped. */
#include "file_sink.h"

#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#define WRITTEN_WITH_LIBPNG "1.6.39"
#define WRITTEN_WITH_ZLIB "1.2.13"

enum { SKIP = 77 };

static int write_file(const char *path, const struct bytes *bytes)
{
	FILE *file = fopen(path, "wb");
	size_t written;

	if (!file) {
		perror(path);
		return 1;
	}
	written = fwrite(bytes->data, 1, bytes->size, file);
	if (fclose(file) != 0 || written != bytes->size) {
		perror(path);
		return 1;
	}
	return 0;
}

static bool has_content(FILE *file, const struct bytes *bytes)
{
	struct bytes found = { 0 };
	bool same;

	bytes_add_fill(&found, 0, bytes->size + 1);
	same = fread(found.data, 1, found.size, file) == bytes->size &&
	       (bytes->size == 0 || memcmp(found.data, bytes->data, bytes->size) == 0);
	bytes_finish(&found);
	return same;
}

static int check_file(const char *path, const struct bytes *bytes)
{
	FILE *file = fopen(path, "rb");
	bool same;

	if (!file) {
		perror(path);
		return 1;
	}
	same = has_content(file, bytes);
	fclose(file);
	if (same)
		return 0;
	if (strcmp(png_get_libpng_ver(NULL), WRITTEN_WITH_LIBPNG) != 0 ||
	    strcmp(zlibVersion(), WRITTEN_WITH_ZLIB) != 0) {
		fprintf(stderr, "skipped: libpng %s with zlib %s may write %s differently\n",
		        png_get_libpng_ver(NULL), zlibVersion(), path);
		return SKIP;
	}
	fprintf(stderr, "%s: differs from what this program writes: run it without --check\n",
	        path);
	return 1;
}

static int write_in_directory(const void *directory, const char *name, const struct bytes *bytes)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", (const char *)directory, name);
	return write_file(path, bytes);
}

static int check_in_directory(const void *directory, const char *name, const struct bytes *bytes)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", (const char *)directory, name);
	return check_file(path, bytes);
}

static int write_or_check(const char *directory, bool check)
{
	static const struct {
		const char *name;
		int (*write)(const struct file_sink *sink);
	} parts[] = {
		{ "kinds", write_kinds },
		{ "damaged", write_damaged },
		{ "tolerated", write_tolerated },
	};
	char path[2048];
	int status = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && status == 0; i++) {
		const struct file_sink sink = { .handle = check ? check_in_directory
			                                        : write_in_directory,
			                        .context = path };

		snprintf(path, sizeof(path), "%s/%s", directory, parts[i].name);
		if (!check && mkdir(path, 0777) < 0 && errno != EEXIST) {
			perror(path);
			return 1;
		}
		status = parts[i].write(&sink);
	}
	return status;
}

int main(int argc, char **argv)
{
	bool check = argc == 3 && strcmp(argv[1], "--check") == 0;

	if (argc != 2 && !check) {
		fprintf(stderr, "usage: %s [--check] DIRECTORY\n", argv[0]);
		return 2;
	}
	return write_or_check(argv[argc - 1], check);
}
