/* SPDX-License-Identifier: MIT
 *
 * shmflip: lists channels, writes their frames to stdout, cleans up. */
#include "cli.h"
#include "options.h"

int main(int argc, char **argv)
{
	struct options options;

	cli_init("shmflip");
	options_parse(argc, argv, &options);
	cli_catch_interrupts();
	return options.command->run(&options);
}
