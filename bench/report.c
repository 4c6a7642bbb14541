/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <errno.h>
#include <string.h>

#include "cli.h"
#include "json_text.h"

bool report_is_table(const struct options *options)
{
	return !options->json_path || strcmp(options->json_path, "-") != 0;
}

int report_json(const char *path, json_t *object)
{
	FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
	bool written;

	if (!file) {
		cli_error("cannot write %s: %s", path, strerror(errno));
		json_decref(object);
		return -EIO;
	}
	written = object && json_write(object, file, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) == 0;
	if ((file == stdout ? fflush(file) : fclose(file)) || !written) {
		cli_error("cannot write %s: %s", path, strerror(errno));
		written = false;
	}
	json_decref(object);
	return written ? 0 : -EIO;
}

int report_validity(const struct options *options, const struct validity *validity)
{
	if (fflush(stdout)) {
		cli_error("cannot write the table: %s", strerror(errno));
		return CLI_FAILED;
	}
	if (options->quick)
		return CLI_OK;
	for (unsigned i = 0; i < validity->count; i++)
		cli_error("not valid: %s", validity->reasons[i]);
	return validity->count ? EXIT_NOT_VALID : CLI_OK;
}

json_t *report_command(const struct options *options)
{
	json_t *words = json_string("shmflip-bench"), *word, *longer;

	for (int i = 1; i < options->argc && words; i++) {
		word = json_text(options->argv[i]);
		longer = word ? json_sprintf("%s %s", json_string_value(words),
		                             json_string_value(word))
		              : NULL;
		json_decref(word);
		json_decref(words);
		words = longer;
	}
	return words;
}
