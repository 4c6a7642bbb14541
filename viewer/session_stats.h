/* SPDX-License-Identifier: MIT
 *
 * The statistics of a session: what it counts, and where --stats writes it. Main thread. */
#ifndef SHMFLIP_VIEWER_SESSION_STATS_H
#define SHMFLIP_VIEWER_SESSION_STATS_H

#include <stdbool.h>

struct session;
struct shmflip_counts;

/* Opens the file that --stats names, if any. On failure reports why. */
bool session_stats_open(struct session *session);

/* The counts of all channels so far. */
void session_stats_count(const struct session *session, struct shmflip_counts *counts);

/* Writes the statistics and closes the file, if there is one. Reports a failure, and sets
 * exit_code. */
void session_stats_finish(struct session *session);

#endif
