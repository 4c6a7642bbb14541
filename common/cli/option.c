/* SPDX-License-Identifier: MIT */
#include <getopt.h>

#include "cli.h"

const char *cli_option_name(const struct option *options, int value)
{
	for (; options->name; options++) {
		if (options->val == value)
			return options->name;
	}
	return "";
}

void cli_refuse_option(const struct option *options, int getopt_result, const char *word)
{
	const char *name = cli_option_name(options, optopt);

	if (getopt_result == ':')
		cli_usage_error("--%s needs a value", name);
	if (*name)
		cli_usage_error("--%s takes no value", name);
	if (optopt)
		cli_usage_error("unknown option -%c", optopt);
	cli_usage_error("unknown option %s", word);
}
