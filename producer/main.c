/* SPDX-License-Identifier: MIT
 *
 * shmflip-producer: decodes PNG frames straight into the slots of a channel. */
#include "cli.h"
#include "options.h"
#include "produce.h"

int main(int argc, char **argv)
{
	struct options options;

	cli_init("shmflip-producer");
	options_parse(&options, argc, argv);
	cli_catch_interrupts();
	return produce(&options);
}
