/* SPDX-License-Identifier: MIT
 *
 * Runs a fuzz target on each file of the directories named on the command line. So every build,
 * with every compiler, checks what fuzzing has found. */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

enum { FILE_BYTES_MAX = 1 << 20 };

static int run_file(const char *path)
{
	FILE *file = fopen(path, "re");
	/* As large as the file, so that a sanitizer detects reads beyond its end. */
	uint8_t *all = malloc(FILE_BYTES_MAX), *data = NULL;
	size_t size = 0;

	if (file && all) {
		size = fread(all, 1, FILE_BYTES_MAX, file);
		data = malloc(size ? size : 1);
	}
	if (data) {
		memcpy(data, all, size);
		LLVMFuzzerTestOneInput(data, size);
	} else {
		fprintf(stderr, "cannot read %s\n", path);
	}
	free(all);
	if (file)
		fclose(file);
	free(data);
	return data ? 0 : -1;
}

/* Returns the number of files, or -1. */
static int run_directory(const char *path)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;
	char file[4096];
	int count = 0;

	if (!directory) {
		fprintf(stderr, "cannot open %s\n", path);
		return -1;
	}
	while (count >= 0 && (entry = readdir(directory))) {
		struct stat status;

		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		if (stat(file, &status) || !S_ISREG(status.st_mode))
			continue;
		count = run_file(file) ? -1 : count + 1;
	}
	closedir(directory);
	return count;
}

int main(int argc, char **argv)
{
	int total = 0;

	for (int i = 1; i < argc; i++) {
		int count = run_directory(argv[i]);

		if (count < 0)
			return 1;
		total += count;
	}
	printf("%d files\n", total);
	return total ? 0 : 1;
}
