/* SPDX-License-Identifier: MIT
 *
 * What the command-line tools share: messages, option values, interruption, a status line.
 * Not part of the library. All of it is for the main thread, unless said otherwise. */
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

/* Also opens /dev/null for a standard stream that is closed, lest a file of ours get its number. */
void cli_init(const char *program);
void cli_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints what shmflip_error_detail() says of the last failure. Returns -ECANCELED, for callers whose
 * error this is: the user knows already. */
int cli_library_error(void);
/* Like cli_error, then " (see PROGRAM --help)" and exit(CLI_USAGE). */
void cli_usage_error(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* The long name of what getopt_long knows by this letter or number; "": none. */
const char *cli_option_name(const struct option *options, int value);
/* Says what getopt_long, silent and with a leading colon, has found wrong (verdict: ':' or '?') with
 * the word that it looked at last; then as cli_usage_error. */
void cli_refuse_option(const struct option *options, int verdict, const char *word)
	__attribute__((noreturn));
/* Replaces, in place, what a terminal would obey: control codes of 7 and of 8 bits. UTF-8 is kept. */
void cli_make_plain(char *text);
/* "PROGRAM VERSION" on stdout. */
void cli_print_version(void);

/* ---- Values of options: a value that is no such thing, or out of range, is a usage error that
 * names the option and what it takes. ------------------------------------------------------- */

uint64_t cli_uint(const char *option, const char *text, uint64_t min, uint64_t max);
/* "2", "0.5": nanoseconds, 0 to 10^9 seconds. */
int64_t cli_seconds_ns(const char *option, const char *text);
/* "30", "29.97", "30000/1001": frames in 1000 seconds, 0 to 10^6 frames a second. */
uint32_t cli_fps_milli(const char *option, const char *text);
/* "1920x1080": two numbers of 1 to 2^31 - 1. */
void cli_size(const char *option, const char *text, uint32_t *width, uint32_t *height);
/* An octal mode of 0 to 0777. */
mode_t cli_mode(const char *option, const char *text);
/* A group's name or number. */
gid_t cli_group(const char *option, const char *text);
/* "#rgb", "#rrggbb", or one of a few names (black, white, grey, red, ...): 0xRRGGBB. */
uint32_t cli_colour(const char *option, const char *text);
/* The index of text in a NULL-terminated list of words. */
int cli_choice(const char *option, const char *text, const char *const *words);

/* ---- Interruption ---------------------------------------------------------------------------- */

/* From now on SIGINT, SIGTERM and SIGHUP set a flag (without SA_RESTART, so that waits end with
 * EINTR), and SIGPIPE and SIGXFSZ are ignored. A second SIGINT ends the program the default way. */
void cli_catch_interrupts(void);
/* Any thread. */
bool cli_interrupted(void);
/* What each interruption does besides, in the signal's handler; NULL: nothing. */
void cli_on_interrupt(void (*act)(void));

/* ---- Status line: one line on stderr, rewritten in place; nothing where that is no terminal ---- */

bool cli_status_shown(void);
void cli_status(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Takes the line away; or leaves it standing, as the last word. */
void cli_status_end(void);
void cli_status_keep(void);

#endif
