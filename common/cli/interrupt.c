/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>

/* How long the program may take to exit after an interruption. */
#define EXIT_US 500000

static atomic_bool interrupted;
static void (*_Atomic interrupt_action)(void);
static void (*_Atomic overdue_action)(void);

/* The first SIGALRM, and the interval of the next. 0: none. */
static void set_timer(suseconds_t us)
{
	const struct itimerval timer = { .it_value.tv_usec = us, .it_interval.tv_usec = us };

	setitimer(ITIMER_REAL, &timer, NULL);
}

/* In a signal's handler. */
static void act(void (*_Atomic *pointer)(void))
{
	void (*action)(void) = atomic_load(pointer);
	int error = errno;

	if (action)
		action();
	errno = error;
}

static void note_interrupt(int signal_number)
{
	(void)signal_number;
	/* In this order: pairs with cli_on_interrupt(). */
	atomic_store(&interrupted, true);
	act(&interrupt_action);
	if (atomic_load(&overdue_action))
		set_timer(EXIT_US);
}

static void note_overdue(int signal_number)
{
	(void)signal_number;
	act(&overdue_action);
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

void cli_on_interrupt(void (*action)(void), void (*overdue)(void))
{
	struct sigaction restarting = { .sa_handler = note_overdue, .sa_flags = SA_RESTART };

	if (overdue)
		sigaction(SIGALRM, &restarting, NULL);
	/* In this order: pairs with note_interrupt(). */
	atomic_store(&overdue_action, overdue);
	atomic_store(&interrupt_action, action);
	set_timer(0);
	if (atomic_load(&interrupted))
		note_interrupt(0);
}

bool cli_interrupted(void)
{
	return atomic_load_explicit(&interrupted, memory_order_relaxed);
}
