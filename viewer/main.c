/* SPDX-License-Identifier: MIT */
#include "cli.h"
#include "headless.h"
#include "options.h"
#include "present/present.h"
#include "session.h"
#include "ui_loop.h"

int main(int argc, char **argv)
{
	struct options options;
	struct session session;

	cli_init("shmflip-viewer");
	options_parse(argc, argv, &options);
	cli_catch_interrupts();
	if (!session_init(&session, &options))
		return session.exit_code;
	if (options.presenter && !options.presenter->needs_window)
		headless_run(&session);
	else
		ui_run(&session);
	return session_finish(&session);
}
