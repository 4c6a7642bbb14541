/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <signal.h>
#include <stdatomic.h>
#include <time.h>

static atomic_bool interrupted;
static void (*_Atomic interrupt_action)(void);

static void note_interrupt(int signal_number)
{
	/* Pairs with cli_on_interrupt(). */
	void (*action)(void) = atomic_load(&interrupt_action);

	(void)signal_number;
	atomic_store_explicit(&interrupted, true, memory_order_relaxed);
	if (action)
		action();
}

/* nohup(1) ignores SIGHUP, so that the program outlives its terminal. */
static bool is_ignored(int signal_number)
{
	struct sigaction current;

	return sigaction(signal_number, NULL, &current) == 0 && current.sa_handler == SIG_IGN;
}

void cli_catch_interrupts(void)
{
	struct sigaction once = { .sa_handler = note_interrupt, .sa_flags = SA_RESETHAND };
	struct sigaction always = { .sa_handler = note_interrupt };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGINT, &once, NULL);
	sigaction(SIGTERM, &always, NULL);
	if (!is_ignored(SIGHUP))
		sigaction(SIGHUP, &always, NULL);
	/* No reason to die: the write fails too. */
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL);
}

void cli_on_interrupt(void (*action)(void))
{
	/* Pairs with note_interrupt(). */
	atomic_store(&interrupt_action, action);
}

bool cli_interrupted(void)
{
	return atomic_load_explicit(&interrupted, memory_order_relaxed);
}
