/* SPDX-License-Identifier: MIT
 *
 * What the programs share: messages, option values, interruption, a status line. Not part of the
 * library. All functions are for the main thread, unless said otherwise. */
#ifndef SHMFLIP_CLI_H
#define SHMFLIP_CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "monotonic.h"

struct option;

enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

/* ---- Messages: one line on stderr, "PROGRAM: ...", clearing a status line before it ---------- */

/* program is the name in each message: a static string. Also opens /dev/null for each standard
 * stream that is closed, so that no file of ours gets its number. */
void cli_init(const char *program);
void cli_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints what shmflip_error_detail() says of the last failure, which is this error, with
 * cli_library_hint(). Returns -ECANCELED, for callers whose error this is: the user knows
 * already. */
int cli_library_error(int error);
/* What a line about this error of the library ends with: the option that helps. "": none does. */
const char *cli_library_hint(int error);
/* Like cli_error(), then prints " (see PROGRAM --help)" and calls exit(CLI_USAGE). */
void cli_usage_error(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* The long name of the option with this letter or number; "": none has it. */
const char *cli_option_name(const struct option *options, int value);
/* Reports the error of a silent getopt_long() as cli_usage_error() does. getopt_result: ':' (a
 * value is missing; the short options begin with a colon) or '?'. word: the argument that it parsed
 * last. */
void cli_refuse_option(const struct option *options, int getopt_result, const char *word)
	__attribute__((noreturn));
/* The directory of channels that the library chooses for dir (NULL: not given), for a message.
 * Valid until the next call. */
const char *cli_channel_directory(const char *dir);
/* Prints "PROGRAM VERSION" on stdout, and exits as cli_exit_printed() does. */
void cli_exit_version(void) __attribute__((noreturn));
/* Exits with CLI_OK if all that the program printed on stdout is written. Otherwise reports why,
 * and exits with CLI_FAILED. */
void cli_exit_printed(void) __attribute__((noreturn));

/* ---- Values of options: an invalid value, or one out of range, is a usage error that names the
 * option and what it takes. ----------------------------------------------------------------- */

uint64_t cli_uint(const char *option, const char *text, uint64_t min, uint64_t max);
/* "2", "0.5": nanoseconds, 0 to 10^9 seconds. */
int64_t cli_seconds_ns(const char *option, const char *text);
/* "30", "29.97", "30000/1001": frames per 1000 seconds, 0 to 10^6 frames per second. */
uint32_t cli_fps_milli(const char *option, const char *text);
/* The same as a reduced fraction, exact up to 9 digits: 30/1, 2997/100, 30000/1001. 0/1 for 0. */
void cli_rate(const char *option, const char *text, uint32_t *num, uint32_t *den);
/* "1920x1080": two numbers from 1 to 2^31 - 1. */
void cli_size(const char *option, const char *text, uint32_t *width, uint32_t *height);
/* An octal mode from 0 to 0777. */
mode_t cli_mode(const char *option, const char *text);
/* A group's name or number. */
gid_t cli_group(const char *option, const char *text);
/* "#rgb", "#rrggbb", or one of a few names (black, white, grey, red, ...): 0xRRGGBB. */
uint32_t cli_colour(const char *option, const char *text);
/* Threads: 1 to max. 0: one for each processor that this process may use. */
unsigned cli_jobs(const char *option, const char *text, unsigned max);
/* How many processors this process may use; at most max. */
unsigned cli_processors(unsigned max);
/* The index of text in a NULL-terminated list of words. */
int cli_choice(const char *option, const char *text, const char *const *words);

/* ---- Interruption ---------------------------------------------------------------------------- */

/* From now on SIGINT, SIGTERM and SIGHUP set a flag (without SA_RESTART, so that waits end with
 * EINTR). SIGPIPE and SIGXFSZ are ignored, and so is SIGHUP if it already was. A second SIGINT
 * kills the program, as by default. */
void cli_catch_interrupts(void);
/* Whether one of the three came. Any thread. */
bool cli_interrupted(void);
/* From now on an interruption, or an earlier one, also calls action(). From then on SIGALRM calls
 * overdue() each half second, until this function is called again. Both are called in a signal's
 * handler; NULL: none. */
void cli_on_interrupt(void (*action)(void), void (*overdue)(void));

/* ---- Status line: one line on stderr, rewritten in place; none if stderr is no terminal ------ */

/* Whether stderr is a terminal that can rewrite a line. */
bool cli_status_shown(void);
void cli_status(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Erases the line. */
void cli_status_end(void);
/* Keeps the line on the screen and continues below it. */
void cli_status_keep(void);

#endif
