/* SPDX-License-Identifier: MIT */
#include "cli.h"
#include "headless.h"
#include "options.h"
#include "present.h"
#include "view.h"
#include "windowed.h"

int main(int argc, char **argv)
{
	struct options options;
	struct view view;

	cli_init("shmflip-viewer");
	options_parse(argc, argv, &options);
	cli_catch_interrupts();
	if (!view_init(&view, &options))
		return view.exit_code;
	if (options.presenter && !options.presenter->needs_window)
		headless_run(&view);
	else
		windowed_run(&view);
	return view_finish(&view);
}
