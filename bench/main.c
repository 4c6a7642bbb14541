/* SPDX-License-Identifier: MIT */
#include "cli.h"
#include "codec_comparison.h"
#include "options.h"
#include "pipeline.h"
#include "transports.h"

static const struct command *const commands[] = {
	&command_transports, &command_decode, &command_encode, &command_pipeline, NULL,
};

int main(int argc, char **argv)
{
	struct options options;

	cli_init("shmflip-bench");
	options_parse(&options, argc, argv, commands);
	cli_catch_interrupts();
	return options.command->run(&options);
}
