/* SPDX-License-Identifier: MIT */
#include "session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "digest.h"
#include "present/present.h"
#include "record.h"
#include "stats.h"

#define STATUS_INTERVAL_NS 250000000

/* The directory that the library chooses, for people to read. */
static void directory_text(const struct options *options, char *text, size_t size)
{
	const char *dir = options->dir ? options->dir : getenv("SHMFLIP_DIR");
	const char *runtime = getenv("XDG_RUNTIME_DIR");

	if (dir && *dir)
		snprintf(text, size, "%s", dir);
	else if (runtime && *runtime)
		snprintf(text, size, "%s/shmflip", runtime);
	else
		snprintf(text, size, "/tmp/shmflip-%u", (unsigned)geteuid());
}

static bool open_stats(struct session *session)
{
	const char *path = session->options->stats_path;

	if (!path)
		return true;
	session->stats_file = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
	if (!session->stats_file)
		cli_error("cannot write %s: %s", path, strerror(errno));
	return session->stats_file;
}

static bool prepare_recording(const struct options *options)
{
	int result = options->record_dir ? record_prepare(options->record_dir) : 0;

	if (result < 0)
		cli_error("cannot record in %s: %s", options->record_dir, strerror(-result));
	return result == 0;
}

static bool reads_pixels(const struct options *options)
{
	return options->digest || options->record_dir ||
	       (options->presenter && options->presenter->copies);
}

static bool open_viewer(struct session *session)
{
	struct shmflip_viewer_options options = {
		.dir = session->options->dir,
		.channel = session->options->channel,
		.view = session->options->view,
		.prefault = reads_pixels(session->options) && !session->options->untouched,
		.untouched = session->options->untouched,
	};
	int result = shmflip_viewer_open(&options, &session->viewer);

	if (result < 0)
		cli_error("%s", shmflip_error_detail());
	if (result == -EINVAL)
		session->exit_code = CLI_USAGE;
	return result == 0;
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

bool session_init(struct session *session, const struct options *options)
{
	*session = (struct session){ .options = options, .exit_code = CLI_FAILED };
	pthread_mutex_init(&session->ages_lock, NULL);
	liveness_init(&session->liveness, options->once, options->timeout_ns, monotonic_now_ns());
	if (!open_viewer(session))
		return false;
	if (!prepare_recording(options) || !open_stats(session)) {
		shmflip_viewer_destroy(session->viewer);
		return false;
	}
	session->exit_code = CLI_OK;
	return true;
}

static uint64_t generations_met(struct session *session)
{
	struct shmflip_viewer_stats stats;

	shmflip_viewer_stats(session->viewer, &stats);
	return stats.generations;
}

static enum session_event leave(struct session *session, int exit_code)
{
	session->exit_code = exit_code;
	return SESSION_EXIT;
}

static int digest(const struct shmflip_frame *frame)
{
	int result = digest_print(stdout, &frame->info, frame->pixels);

	if (result < 0)
		cli_error("cannot write to stdout: %s", strerror(-result));
	return result;
}

static int record(struct session *session, const struct shmflip_frame *frame)
{
	const char *dir = session->options->record_dir;
	struct shmflip_viewer_stats stats;

	shmflip_viewer_stats(session->viewer, &stats);
	int result = record_frame(dir, stats.producers, &frame->info, frame->pixels);
	if (result < 0)
		cli_error("cannot record frame %" PRIu64 " in %s: %s", frame->info.sequence, dir,
		          strerror(-result));
	return result;
}

static enum session_event take_frame(struct session *session, struct shmflip_frame *frame)
{
	if ((session->options->digest && digest(frame) < 0) ||
	    (session->options->record_dir && record(session, frame) < 0)) {
		shmflip_viewer_release(session->viewer, frame);
		return leave(session, CLI_FAILED);
	}
	return SESSION_FRAME;
}

static void announce_wait(struct session *session)
{
	char directory[4096];

	if (session->liveness.attached || session->wait_announced || session->options->quiet)
		return;
	directory_text(session->options, directory, sizeof(directory));
	cli_error("waiting for a producer on channel %s in %s", session->options->channel,
	          directory);
	session->wait_announced = true;
}

static void announce_loss(struct session *session, const char *detail)
{
	session->wait_announced = true;
	if (session->liveness.state == LIVENESS_BROKEN)
		cli_error("%s; waiting for the next producer", detail);
	else if (!session->options->quiet)
		cli_error("the producer on channel %s %s; waiting for the next",
		          session->options->channel,
		          session->liveness.state == LIVENESS_DIED ? "died" : "ended");
}

static enum session_event leave_impatient(struct session *session)
{
	cli_error("no producer on channel %s within %g s: is one running?",
	          session->options->channel, (double)session->options->timeout_ns / 1e9);
	return leave(session, CLI_FAILED);
}

static enum session_event obey(struct session *session, enum liveness_action verdict,
                               const char *detail)
{
	switch (verdict) {
	case LIVENESS_SHOW:
		return SESSION_FRAME;
	case LIVENESS_NOTHING:
		announce_wait(session);
		return SESSION_NOTHING;
	case LIVENESS_BAD_FRAME:
		cli_error("passing over frames that are not what they say: %s", detail);
		return SESSION_NOTHING;
	case LIVENESS_LOST:
		announce_loss(session, detail);
		return SESSION_LOST;
	case LIVENESS_EXIT:
		return leave(session, CLI_OK);
	case LIVENESS_EXIT_DIED:
		cli_error("channel %s: %s", session->options->channel, detail);
		return leave(session, CLI_FAILED);
	case LIVENESS_TIMED_OUT:
		return leave_impatient(session);
	case LIVENESS_FAILED:
		break;
	}
	cli_error("%s", detail);
	return leave(session, CLI_FAILED);
}

enum session_event session_take_frame(struct session *session, struct shmflip_frame *frame,
                                      int timeout_ms)
{
	char detail[512] = "";
	bool met = session->liveness.attached;
	uint64_t generations = generations_met(session);
	int result = shmflip_viewer_acquire(session->viewer, frame, timeout_ms);

	if (result < 0)
		snprintf(detail, sizeof(detail), "%s", shmflip_error_detail());
	met |= generations_met(session) != generations;
	bool attached = shmflip_viewer_channel(session->viewer, &session->channel) == 0;
	shmflip_viewer_stats(session->viewer, &session->stats);
	enum liveness_action verdict =
		liveness_update(&session->liveness, result, met, attached, monotonic_now_ns());
	enum session_event event = obey(session, verdict, detail);
	return event == SESSION_FRAME ? take_frame(session, frame) : event;
}

static enum liveness_state fate(const struct session *session)
{
	const struct options *options = session->options;
	struct shmflip_channel_status status;
	int result = shmflip_channel_inspect(options->dir, options->channel, &status);

	if (result == -ENOENT)
		return LIVENESS_ENDED;
	if (result == 0 && !status.alive)
		return LIVENESS_DIED;
	if (result < 0 || status.error || status.info.producer == session->channel.producer)
		return LIVENESS_LIVE;
	return LIVENESS_REPLACED;
}

enum session_event session_check_producer(struct session *session)
{
	enum liveness_state state = fate(session);

	if (state == LIVENESS_LIVE)
		return SESSION_NOTHING;
	liveness_note_end(&session->liveness, state, monotonic_now_ns());
	return SESSION_LOST;
}

bool session_wants_unseen(const struct session *session)
{
	const struct options *options = session->options;
	bool every = options->view == SHMFLIP_VIEW_EVERY ||
	             (options->view == SHMFLIP_VIEW_AUTO &&
	              session->channel.policy == SHMFLIP_POLICY_LOSSLESS);

	return every || options->digest || options->record_dir || options->once ||
	       options->frames > 0 || options->timeout_ns >= 0;
}

enum session_event session_idle(struct session *session)
{
	bool attached = session->liveness.attached;
	enum liveness_action verdict = liveness_update(&session->liveness, -EAGAIN, attached,
	                                               attached, monotonic_now_ns());

	return obey(session, verdict, "");
}

static void update_status(struct session *session, int64_t now_ns)
{
	struct shmflip_viewer_stats stats;

	if (session->options->quiet || now_ns - session->status_ns < STATUS_INTERVAL_NS ||
	    !cli_status_shown() || (session->options->digest && isatty(STDOUT_FILENO)))
		return;
	shmflip_viewer_stats(session->viewer, &stats);
	cli_status("%" PRIu64 " shown, %" PRIu64 " missed, %.1f fps", session->shown, stats.missed,
	           rate_per_second(&session->rate, now_ns));
	session->status_ns = now_ns;
}

enum session_event session_shown(struct session *session, const struct shmflip_frame_info *info)
{
	int64_t now_ns = monotonic_now_ns();

	if (session->shown++ == 0)
		session->first_shown_ns = now_ns;
	session->last_shown_ns = now_ns;
	session->width = info->width;
	session->height = info->height;
	rate_add(&session->rate, now_ns);
	update_status(session, now_ns);
	return session->shown == session->options->frames ? leave(session, CLI_OK) : SESSION_FRAME;
}

void session_drawn(struct session *session, unsigned copies)
{
	session->drawn++;
	session->copies += copies;
	session->copies_of_last = copies;
}

void session_release_frame(void *context, struct shmflip_frame *frame)
{
	struct session *session = context;

	shmflip_viewer_release(session->viewer, frame);
}

void session_on_screen(void *context, const struct shmflip_frame_info *info, int64_t now_ns)
{
	struct session *session = context;

	pthread_mutex_lock(&session->ages_lock);
	histogram_add(&session->ages, now_ns - info->published_ns);
	pthread_mutex_unlock(&session->ages_lock);
}

void session_ages(struct session *session, struct histogram *ages)
{
	pthread_mutex_lock(&session->ages_lock);
	*ages = session->ages;
	pthread_mutex_unlock(&session->ages_lock);
}

void session_fail(struct session *session, const char *presenter, const char *reason)
{
	cli_error("cannot show frames by %s: %s", presenter, reason);
	session->exit_code = CLI_FAILED;
}

static void report(struct session *session)
{
	struct stats report = {
		.channel = session->options->channel,
		.presenter = session->presenter,
		.producers_died = session->liveness.died,
		.bad_frames = session->liveness.bad_frames,
		.repeated = session->repeated,
		.drawn = session->drawn,
		.copies = session->copies,
		.first_shown_ns = session->first_shown_ns,
		.last_shown_ns = session->last_shown_ns,
		.ages = &session->ages,
		.width = session->width,
		.height = session->height,
	};

	shmflip_viewer_stats(session->viewer, &report.stats);
	int result = stats_write(&report, session->stats_file);
	if (result < 0) {
		cli_error("cannot write %s: %s", session->options->stats_path, strerror(-result));
		session->exit_code = CLI_FAILED;
	}
}

int session_finish(struct session *session)
{
	cli_status_keep();
	if (session->stats_file)
		report(session);
	close_stats(session);
	shmflip_viewer_destroy(session->viewer);
	pthread_mutex_destroy(&session->ages_lock);
	return session->exit_code;
}
