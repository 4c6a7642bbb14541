/* SPDX-License-Identifier: MIT */
#include "session_stats.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "session.h"
#include "stats.h"

bool session_stats_open(struct session *session)
{
	const char *path = session->options->stats_path;

	if (!path)
		return true;
	session->stats_file = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
	if (!session->stats_file)
		cli_error("cannot write %s: %s", path, strerror(errno));
	return session->stats_file;
}

void session_stats_count(const struct session *session, struct shmflip_counts *counts)
{
	struct shmflip_counts now;

	shmflip_init(&now);
	/* Fails only in the child of a fork. */
	if (shmflip_viewer_counts(session->viewer, &now) < 0)
		return;
	counts->published = session->before.published + now.published;
	counts->acquired = session->before.acquired + now.acquired;
	counts->missed = session->before.missed + now.missed;
	counts->dropped = session->before.dropped + now.dropped;
	counts->producers = session->before.producers + now.producers;
	counts->generations = session->before.generations + now.generations;
}

static void write_stats(struct session *session)
{
	struct histogram ages;
	struct stats stats = {
		.channel = session->channel_name,
		.presenter = session->presenter,
		.producers_died = session->liveness.died,
		.bad_frames = session->liveness.bad_frames,
		.passed_over = session->passed_over,
		.repeated = session->repeated,
		.drawn = session->drawn,
		.copies = session->copies,
		.first_shown_ns = session->first_shown_ns,
		.last_shown_ns = session->last_shown_ns,
		.ages = &ages,
		.fourcc = session->fourcc,
		.width = session->width,
		.height = session->height,
	};

	if (session->recorder) {
		stats.recorded = recorder_tally(session->recorder)->recorded;
		stats.not_recorded = recorder_tally(session->recorder)->missing;
	}
	session_copy_ages(session, &ages);
	session_stats_count(session, &stats.counts);
	int error = stats_write(&stats, session->stats_file);
	if (error) {
		cli_error("cannot write %s: %s", session->options->stats_path, strerror(-error));
		session->exit_code = CLI_FAILED;
	}
}

static void close_stats(struct session *session)
{
	if (session->stats_file && session->stats_file != stdout &&
	    fclose(session->stats_file) != 0) {
		cli_error("cannot write %s: %s", session->options->stats_path, strerror(errno));
		session->exit_code = CLI_FAILED;
	}
	session->stats_file = NULL;
}

void session_stats_finish(struct session *session)
{
	if (session->stats_file)
		write_stats(session);
	close_stats(session);
}
