/* SPDX-License-Identifier: MIT */
#include "session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channels.h"
#include "cli.h"
#include "digest.h"
#include "present/present.h"
#include "record.h"
#include "session_stats.h"

#define STATUS_INTERVAL_NS 250000000

static bool prepare_recording(const struct options *options)
{
	int error = options->record_dir ? record_prepare(options->record_dir) : 0;

	if (error)
		cli_error("cannot record in %s: %s", options->record_dir, strerror(-error));
	return !error;
}

static bool reads_pixels(const struct options *options)
{
	return options->digest || options->record_dir ||
	       (options->presenter && options->presenter->copies);
}

static int open_viewer(struct session *session, const char *channel, struct shmflip_viewer **out)
{
	struct shmflip_viewer_options options = {
		.dir = session->options->dir,
		.channel = channel,
		.view = session->options->view,
		.prefault = reads_pixels(session->options) && !session->options->untouched,
		.untouched = session->options->untouched,
	};
	int error = shmflip_viewer_open(&options, out);

	if (error)
		cli_library_error();
	return error;
}

bool session_init(struct session *session, const struct options *options)
{
	*session = (struct session){ .options = options,
		                     .channel_name = options->channel,
		                     .exit_code = CLI_FAILED };
	pthread_mutex_init(&session->lock, NULL);
	pthread_cond_init(&session->released, NULL);
	liveness_init(&session->liveness, options->once, options->timeout_ns, monotonic_now_ns());
	int error = open_viewer(session, options->channel, &session->viewer);
	if (error == -EINVAL)
		session->exit_code = CLI_USAGE;
	if (error)
		return false;
	if (!prepare_recording(options) || !session_stats_open(session)) {
		shmflip_viewer_destroy(session->viewer);
		return false;
	}
	session->exit_code = CLI_OK;
	return true;
}

static uint64_t generation_count(struct session *session)
{
	struct shmflip_viewer_stats stats;

	shmflip_viewer_stats(session->viewer, &stats);
	return stats.generations;
}

static enum session_event exit_with(struct session *session, int exit_code)
{
	session->exit_code = exit_code;
	return SESSION_EXIT;
}

static int digest(const struct shmflip_frame *frame)
{
	int error = digest_print(stdout, &frame->info, frame->pixels);

	if (error)
		cli_error("cannot write to stdout: %s", strerror(-error));
	return error;
}

static int record(struct session *session, const struct shmflip_frame *frame)
{
	const char *dir = session->options->record_dir;
	struct shmflip_viewer_stats stats;

	session_stats_count(session, &stats);
	int error = record_frame(dir, stats.producers, &frame->info, frame->pixels);
	if (error)
		cli_error("cannot record frame %" PRIu64 " in %s: %s", frame->info.sequence, dir,
		          strerror(-error));
	return error;
}

static enum session_event digest_and_record(struct session *session, struct shmflip_frame *frame)
{
	if ((session->options->digest && digest(frame) < 0) ||
	    (session->options->record_dir && record(session, frame) < 0)) {
		session_release_frame(session, frame);
		return exit_with(session, CLI_FAILED);
	}
	return SESSION_FRAME;
}

static void announce_wait(struct session *session)
{
	char directory[4096];

	if (session->liveness.attached || session->wait_announced || session->options->quiet)
		return;
	cli_channel_directory(directory, sizeof(directory), session->options->dir);
	cli_error("waiting for a producer on channel %s in %s", session->channel_name, directory);
	session->wait_announced = true;
}

static void announce_loss(struct session *session, const char *detail)
{
	session->wait_announced = true;
	if (session->liveness.state == LIVENESS_BROKEN)
		cli_error("%s; waiting for the next producer", detail);
	else if (!session->options->quiet)
		cli_error("the producer on channel %s %s; waiting for the next",
		          session->channel_name,
		          session->liveness.state == LIVENESS_DIED ? "died" : "ended");
}

static enum session_event exit_timed_out(struct session *session)
{
	cli_error("no producer on channel %s within %g s: is one running?", session->channel_name,
	          (double)session->options->timeout_ns / 1e9);
	return exit_with(session, CLI_FAILED);
}

static enum session_event handle_action(struct session *session, enum liveness_action action,
                                        const char *detail)
{
	switch (action) {
	case LIVENESS_SHOW:
		return SESSION_FRAME;
	case LIVENESS_NOTHING:
		announce_wait(session);
		return SESSION_NOTHING;
	case LIVENESS_BAD_FRAME:
		cli_error("skipping invalid frames: %s", detail);
		return SESSION_NOTHING;
	case LIVENESS_LOST:
		announce_loss(session, detail);
		return SESSION_LOST;
	case LIVENESS_EXIT:
		return exit_with(session, CLI_OK);
	case LIVENESS_EXIT_DIED:
		cli_error("channel %s: %s", session->channel_name, detail);
		return exit_with(session, CLI_FAILED);
	case LIVENESS_TIMED_OUT:
		return exit_timed_out(session);
	case LIVENESS_FAILED:
		break;
	}
	cli_error("%s", detail);
	return exit_with(session, CLI_FAILED);
}

static void hold_frame(struct session *session)
{
	pthread_mutex_lock(&session->lock);
	session->held++;
	pthread_mutex_unlock(&session->lock);
}

enum session_event session_take_frame(struct session *session, struct shmflip_frame *frame,
                                      int timeout_ms)
{
	char detail[512] = "";
	bool met_producer = session->liveness.attached;
	uint64_t generations = generation_count(session);
	int error = shmflip_viewer_acquire(session->viewer, frame, timeout_ms);

	if (error)
		snprintf(detail, sizeof(detail), "%s", shmflip_error_detail());
	else
		hold_frame(session);
	met_producer |= generation_count(session) != generations;
	bool attached = shmflip_viewer_channel(session->viewer, &session->channel) == 0;
	session_stats_count(session, &session->stats);
	enum liveness_action action = liveness_update(&session->liveness, error, met_producer,
	                                              attached, monotonic_now_ns());
	enum session_event event = handle_action(session, action, detail);
	return event == SESSION_FRAME ? digest_and_record(session, frame) : event;
}

static enum liveness_state inspect_producer(const struct session *session)
{
	const struct options *options = session->options;
	struct shmflip_channel_status status;
	int error = shmflip_channel_inspect(options->dir, session->channel_name, &status);

	if (error == -ENOENT)
		return LIVENESS_ENDED;
	if (!error && !status.alive)
		return LIVENESS_DIED;
	if (error || status.error || status.info.producer == session->channel.producer)
		return LIVENESS_LIVE;
	return LIVENESS_REPLACED;
}

enum session_event session_check_producer(struct session *session)
{
	enum liveness_state state = inspect_producer(session);

	if (state == LIVENESS_LIVE)
		return SESSION_NOTHING;
	liveness_note_end(&session->liveness, state, monotonic_now_ns());
	return SESSION_LOST;
}

static void wait_for_releases(struct session *session)
{
	pthread_mutex_lock(&session->lock);
	while (session->held > 0)
		pthread_cond_wait(&session->released, &session->lock);
	pthread_mutex_unlock(&session->lock);
}

static void restart(struct session *session, struct shmflip_viewer *viewer)
{
	const struct options *options = session->options;
	uint64_t died = session->liveness.died, bad_frames = session->liveness.bad_frames;
	struct shmflip_viewer_stats stats;

	wait_for_releases(session);
	session_stats_count(session, &stats);
	session->before = stats;
	shmflip_viewer_destroy(session->viewer);
	session->viewer = viewer;
	session->channel = (struct shmflip_channel_info){ 0 };
	session->rate = (struct rate){ 0 };
	session->wait_announced = false;
	liveness_init(&session->liveness, options->once, options->timeout_ns, monotonic_now_ns());
	session->liveness.died = died;
	session->liveness.bad_frames = bad_frames;
}

int session_switch(struct session *session, int direction)
{
	char name[SHMFLIP_NAME_MAX + 1];
	struct shmflip_viewer *viewer;
	int error = channels_find(session->options->dir, session->channel_name, direction, name);

	if (error == -ENOENT)
		return error;
	if (error)
		return cli_library_error();
	if (open_viewer(session, name, &viewer))
		return -ECANCELED;
	restart(session, viewer);
	memcpy(session->next_name, name, sizeof(name));
	session->channel_name = session->next_name;
	return 0;
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

enum session_event session_check_timeout(struct session *session)
{
	bool attached = session->liveness.attached;
	enum liveness_action action = liveness_update(&session->liveness, -EAGAIN, attached,
	                                              attached, monotonic_now_ns());

	return handle_action(session, action, "");
}

static void update_status(struct session *session, int64_t now_ns)
{
	struct shmflip_viewer_stats stats;
	char rate[32] = "";

	if (session->options->quiet || now_ns - session->status_ns < STATUS_INTERVAL_NS ||
	    !cli_status_shown() || (session->options->digest && isatty(STDOUT_FILENO)))
		return;
	session_stats_count(session, &stats);
	double fps = rate_per_second(&session->rate, now_ns);
	if (fps >= 0)
		snprintf(rate, sizeof(rate), ", %.1f fps", fps);
	cli_status("%" PRIu64 " shown, %" PRIu64 " missed%s", session->shown, stats.missed, rate);
	session->status_ns = now_ns;
}

enum session_event session_note_shown(struct session *session,
                                      const struct shmflip_frame_info *info)
{
	int64_t now_ns = monotonic_now_ns();

	if (session->shown++ == 0)
		session->first_shown_ns = now_ns;
	session->last_shown_ns = now_ns;
	session->width = info->width;
	session->height = info->height;
	if (info->sequence > 1)
		rate_add(&session->rate, session->shown, info->published_ns);
	update_status(session, now_ns);
	return session->shown == session->options->frames ? exit_with(session, CLI_OK)
	                                                  : SESSION_FRAME;
}

void session_pass_over(struct session *session, const char *reason)
{
	if (session->too_large++ > 0)
		return;
	cli_error("passing over frames: %s%s", reason,
	          session->options->presenter ? "; --present auto shows them" : "");
}

void session_note_drawn(struct session *session, unsigned copies)
{
	session->drawn++;
	session->copies += copies;
	session->copies_of_last = copies;
}

void session_release_frame(void *context, struct shmflip_frame *frame)
{
	struct session *session = context;

	if (!frame->hold)
		return;
	shmflip_viewer_release(session->viewer, frame);
	pthread_mutex_lock(&session->lock);
	if (--session->held == 0)
		pthread_cond_signal(&session->released);
	pthread_mutex_unlock(&session->lock);
}

void session_note_on_screen(void *context, const struct shmflip_frame_info *info, int64_t now_ns)
{
	struct session *session = context;

	pthread_mutex_lock(&session->lock);
	histogram_add(&session->ages, now_ns - info->published_ns);
	pthread_mutex_unlock(&session->lock);
}

void session_copy_ages(struct session *session, struct histogram *ages)
{
	pthread_mutex_lock(&session->lock);
	*ages = session->ages;
	pthread_mutex_unlock(&session->lock);
}

void session_fail(struct session *session, const char *presenter, const char *reason)
{
	cli_error("cannot show frames by %s: %s", presenter, reason);
	session->exit_code = CLI_FAILED;
}

static void finish_output(struct session *session)
{
	cli_status_keep();
	session_stats_finish(session);
}

/* Exit handlers of graphics libraries would use the connection, and threads use the viewer. */
void session_exit_without_display(void *context)
{
	struct session *session = context;

	if (!cli_interrupted()) {
		cli_error(
			"lost the connection to the display: its server has exited, or closed it");
		session->exit_code = CLI_FAILED;
	}
	finish_output(session);
	_exit(session->exit_code);
}

int session_finish(struct session *session)
{
	finish_output(session);
	shmflip_viewer_destroy(session->viewer);
	pthread_cond_destroy(&session->released);
	pthread_mutex_destroy(&session->lock);
	return session->exit_code;
}
