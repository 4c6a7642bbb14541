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
#include "session_stats.h"

#define STATUS_INTERVAL_NS 250000000

static bool open_recorder(struct session *session)
{
	const struct options *options = session->options;

	if (!options->record_dir)
		return true;
	session->recorder = recorder_create(options->record_dir, options->jobs);
	return session->recorder;
}

static bool reads_pixels(const struct options *options)
{
	return options->digest || options->record_dir ||
	       (options->presenter && options->presenter->copies);
}

static int open_viewer(struct session *session, const char *channel, struct shmflip_viewer **out)
{
	struct shmflip_viewer_options options;

	shmflip_init(&options);
	options.dir = session->options->dir;
	options.channel = channel;
	options.view = session->options->view;
	options.flags = SHMFLIP_VIEWER_ANY_FORMAT;
	if (session->options->untouched)
		options.flags |= SHMFLIP_VIEWER_UNTOUCHED;
	else if (reads_pixels(session->options))
		options.flags |= SHMFLIP_VIEWER_PREFAULT;
	int error = shmflip_viewer_open(&options, out);
	if (error)
		cli_library_error(error);
	return error;
}

bool session_init(struct session *session, const struct options *options)
{
	*session = (struct session){ .options = options,
		                     .channel_name = options->channel,
		                     .exit_code = CLI_FAILED };
	pthread_mutex_init(&session->lock, NULL);
	liveness_init(&session->liveness, options->once, options->timeout_ns, monotonic_now_ns());
	int error = open_viewer(session, options->channel, &session->viewer);
	if (error == -EINVAL)
		session->exit_code = CLI_USAGE;
	if (error)
		return false;
	if (!open_recorder(session) || !session_stats_open(session)) {
		recorder_destroy(session->recorder);
		shmflip_viewer_close(session->viewer);
		return false;
	}
	session->exit_code = CLI_OK;
	return true;
}

static enum session_event exit_with(struct session *session, int exit_code)
{
	session->exit_code = exit_code;
	return SESSION_EXIT;
}

/* -EPIPE: the reader has closed the pipe. No message. */
static int digest(const struct picture *picture)
{
	int error = digest_print(stdout, picture);

	if (error && error != -EPIPE)
		cli_error("cannot write to stdout: %s", strerror(-error));
	return error;
}

/* Whether each frame is to be taken in order, however long that takes. */
static bool takes_every(const struct session *session)
{
	return session->options->view == SHMFLIP_VIEW_EVERY ||
	       (session->options->view == SHMFLIP_VIEW_AUTO &&
	        session->channel.policy == SHMFLIP_POLICY_LOSSLESS);
}

static int record(struct session *session, const struct picture *picture)
{
	return recorder_add(session->recorder, session->counts.producers, picture,
	                    takes_every(session));
}

static enum session_event digest_and_record(struct session *session, const struct picture *picture)
{
	int error = session->options->digest ? digest(picture) : 0;

	if (!error && session->recorder)
		error = record(session, picture);
	if (!error)
		return SESSION_FRAME;
	shmflip_frame_release(picture->frame);
	return exit_with(session, error == -EPIPE ? CLI_OK : CLI_FAILED);
}

static void announce_wait(struct session *session)
{
	if (session->liveness.attached || session->wait_announced || session->options->quiet)
		return;
	cli_error("waiting for a producer on channel %s in %s", session->channel_name,
	          cli_channel_directory(session->options->dir));
	session->wait_announced = true;
}

static void announce_loss(struct session *session, const char *detail)
{
	session->wait_announced = true;
	if (session->liveness.state == LIVENESS_BROKEN || !session->options->quiet)
		cli_error("channel %s: %s; waiting for the next", session->channel_name, detail);
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
		cli_error("skipping frames: %s", detail);
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

/* Notes the channel, if the viewer is attached to one. Returns whether it is. */
static bool note_channel(struct session *session)
{
	const struct shmflip_channel *channel = shmflip_viewer_channel(session->viewer);

	if (!channel)
		return false;
	session->channel = (struct session_channel){ channel->producer, channel->policy, 0 };
	if (channel->stream->rate_num > 0)
		session->channel.announced_fps =
			(double)channel->stream->rate_num / channel->stream->rate_den;
	return true;
}

/* error: of picture_of_frame(). */
static enum session_event pass_over(struct session *session, const struct shmflip_frame *frame,
                                    int error)
{
	char reason[64];

	snprintf(reason, sizeof(reason), "pixel format 0x%08x %s", frame->fourcc,
	         error == -ENOTSUP ? "is unknown" : "has planes missing, or too small");
	session_pass_over(session, reason);
	shmflip_frame_release(frame);
	return SESSION_PASSED_OVER;
}

/* Where there is a window, a frame of another format than B, G, R, A is shown by a copy. */
static bool must_stay_untouched(const struct session *session)
{
	const struct options *options = session->options;

	return options->untouched && !(options->presenter && !options->presenter->needs_window);
}

static enum session_event refuse_to_convert(struct session *session, const struct picture *picture)
{
	if (picture->source.premultiplied)
		cli_error("--verify-untouched forbids the copy that divides colours by alpha: "
		          "publish frames with straight alpha, or use --present none");
	else if (picture->source.format->order == ORDER_BGRA)
		cli_error("--verify-untouched forbids the copy that turns the picture: use "
		          "--no-rotate, or --present none");
	else
		cli_error("--verify-untouched forbids the copy that shows pixel format %s: start "
		          "shmflip-producer with --pixels bgra, or use --present none",
		          shmflip_format_info(picture->source.format->fourcc)->name);
	shmflip_frame_release(picture->frame);
	return exit_with(session, CLI_FAILED);
}

enum session_event session_take_frame(struct session *session, struct picture *picture,
                                      int timeout_ms)
{
	char detail[512] = "";
	const struct shmflip_frame *frame;
	uint64_t generations = session->counts.generations;
	int error = shmflip_viewer_acquire(session->viewer, &frame, timeout_ms);

	if (error && error != -EAGAIN && error != -EINTR)
		snprintf(detail, sizeof(detail), "%s%s", shmflip_error_detail(),
		         cli_library_hint(error));
	session_stats_count(session, &session->counts);
	bool met_producer =
		session->liveness.attached || session->counts.generations != generations;
	enum liveness_action action = liveness_update(&session->liveness, error, met_producer,
	                                              note_channel(session), monotonic_now_ns());
	enum session_event event = handle_action(session, action, detail);
	if (event != SESSION_FRAME)
		return event;
	error = picture_of_frame(picture, frame, !session->options->unturned);
	if (error)
		return pass_over(session, frame, error);
	if (!picture->pixels && must_stay_untouched(session))
		return refuse_to_convert(session, picture);
	return digest_and_record(session, picture);
}

static void restart(struct session *session, struct shmflip_viewer *viewer)
{
	const struct options *options = session->options;
	uint64_t died = session->liveness.died, bad_frames = session->liveness.bad_frames;

	session_stats_count(session, &session->counts);
	session->before = session->counts;
	shmflip_viewer_close(session->viewer);
	session->viewer = viewer;
	session->channel = (struct session_channel){ 0 };
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
		return cli_library_error(error);
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

	return takes_every(session) || options->digest || options->record_dir || options->once ||
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
	char rate[32] = "";

	if (session->options->quiet || now_ns - session->status_ns < STATUS_INTERVAL_NS ||
	    !cli_status_shown() || (session->options->digest && isatty(STDOUT_FILENO)))
		return;
	double fps = rate_per_second(&session->rate, now_ns);
	if (fps >= 0)
		snprintf(rate, sizeof(rate), ", %.1f fps", fps);
	cli_status("%" PRIu64 " shown, %" PRIu64 " missed%s", session->shown,
	           session->counts.missed, rate);
	session->status_ns = now_ns;
}

enum session_event session_note_shown(struct session *session, const struct picture_info *info)
{
	int64_t now_ns = monotonic_now_ns();

	if (session->shown++ == 0)
		session->first_shown_ns = now_ns;
	session->last_shown_ns = now_ns;
	session->fourcc = info->fourcc;
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
	if (session->passed_over++ > 0)
		return;
	cli_error("passing over frames: %s", reason);
}

void session_note_drawn(struct session *session, unsigned copies)
{
	session->drawn++;
	session->copies += copies;
	session->copies_of_last = copies;
}

void session_release_frame(void *context, const struct shmflip_frame *frame)
{
	(void)context;
	shmflip_frame_release(frame);
}

void session_note_on_screen(void *context, int64_t published_ns, int64_t now_ns)
{
	struct session *session = context;

	pthread_mutex_lock(&session->lock);
	histogram_add(&session->ages, now_ns - published_ns);
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
	if (session->recorder && recorder_finish(session->recorder))
		session->exit_code = CLI_FAILED;
	session_stats_finish(session);
	recorder_destroy(session->recorder);
}

/* Exit handlers of graphics libraries would use the connection, and threads still release
 * frames. */
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
	shmflip_viewer_close(session->viewer);
	pthread_mutex_destroy(&session->lock);
	return session->exit_code;
}
