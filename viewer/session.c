/* SPDX-License-Identifier: MIT */
#include "view.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "digest.h"
#include "present.h"
#include "record.h"
#include "report.h"

#define STATUS_INTERVAL_NS 250000000

/* The folder that the library chooses, for people to read. */
static void folder_text(const struct options *options, char *text, size_t size)
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

static bool open_stats(struct view *view)
{
	const char *path = view->options->stats_path;

	if (!path)
		return true;
	view->stats_file = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
	if (!view->stats_file)
		cli_error("cannot write %s: %s", path, strerror(errno));
	return view->stats_file;
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

static bool open_viewer(struct view *view)
{
	struct shmflip_viewer_options options = {
		.dir = view->options->dir,
		.channel = view->options->channel,
		.view = view->options->view,
		.prefault = reads_pixels(view->options) && !view->options->untouched,
		.untouched = view->options->untouched,
	};
	int result = shmflip_viewer_open(&options, &view->viewer);

	if (result < 0)
		cli_error("%s", shmflip_error_detail());
	if (result == -EINVAL)
		view->exit_code = CLI_USAGE;
	return result == 0;
}

static void close_stats(struct view *view)
{
	if (view->stats_file && view->stats_file != stdout && fclose(view->stats_file) != 0) {
		cli_error("cannot write %s: %s", view->options->stats_path, strerror(errno));
		view->exit_code = CLI_FAILED;
	}
	view->stats_file = NULL;
}

bool view_init(struct view *view, const struct options *options)
{
	*view = (struct view){ .options = options, .exit_code = CLI_FAILED };
	pthread_mutex_init(&view->ages_lock, NULL);
	life_init(&view->life, options->once, options->timeout_ns, cli_now_ns());
	if (!open_viewer(view))
		return false;
	if (!prepare_recording(options) || !open_stats(view)) {
		shmflip_viewer_destroy(view->viewer);
		return false;
	}
	view->exit_code = CLI_OK;
	return true;
}

static uint64_t generations_met(struct view *view)
{
	struct shmflip_viewer_stats stats;

	shmflip_viewer_stats(view->viewer, &stats);
	return stats.generations;
}

static enum view_event leave(struct view *view, int exit_code)
{
	view->exit_code = exit_code;
	return VIEW_LEAVE;
}

static int digest(const struct shmflip_frame *frame)
{
	int result = digest_print(stdout, &frame->info, frame->pixels);

	if (result < 0)
		cli_error("cannot write to stdout: %s", strerror(-result));
	return result;
}

static int record(struct view *view, const struct shmflip_frame *frame)
{
	const char *dir = view->options->record_dir;
	struct shmflip_viewer_stats stats;

	shmflip_viewer_stats(view->viewer, &stats);
	int result = record_frame(dir, stats.producers, &frame->info, frame->pixels);
	if (result < 0)
		cli_error("cannot record frame %" PRIu64 " in %s: %s", frame->info.sequence, dir,
		          strerror(-result));
	return result;
}

static enum view_event take_frame(struct view *view, struct shmflip_frame *frame)
{
	if ((view->options->digest && digest(frame) < 0) ||
	    (view->options->record_dir && record(view, frame) < 0)) {
		shmflip_viewer_release(view->viewer, frame);
		return leave(view, CLI_FAILED);
	}
	return VIEW_FRAME;
}

static void announce_wait(struct view *view)
{
	char folder[4096];

	if (view->life.attached || view->wait_announced || view->options->quiet)
		return;
	folder_text(view->options, folder, sizeof(folder));
	cli_error("waiting for a producer on channel %s in %s", view->options->channel, folder);
	view->wait_announced = true;
}

static void announce_loss(struct view *view, const char *detail)
{
	view->wait_announced = true;
	if (view->life.state == LIFE_BROKEN)
		cli_error("%s; waiting for the next producer", detail);
	else if (!view->options->quiet)
		cli_error("the producer on channel %s %s; waiting for the next",
		          view->options->channel, view->life.state == LIFE_DIED ? "died" : "ended");
}

static enum view_event leave_impatient(struct view *view)
{
	cli_error("no producer on channel %s within %g s: is one running?", view->options->channel,
	          (double)view->options->timeout_ns / 1e9);
	return leave(view, CLI_FAILED);
}

static enum view_event obey(struct view *view, enum life_verdict verdict, const char *detail)
{
	switch (verdict) {
	case LIFE_FRAME:
		return VIEW_FRAME;
	case LIFE_NOTHING:
		announce_wait(view);
		return VIEW_NOTHING;
	case LIFE_BAD_FRAME:
		cli_error("passing over frames that are not what they say: %s", detail);
		return VIEW_NOTHING;
	case LIFE_LOST:
		announce_loss(view, detail);
		return VIEW_LOST;
	case LIFE_LEAVE:
		return leave(view, CLI_OK);
	case LIFE_BEREFT:
		cli_error("channel %s: %s", view->options->channel, detail);
		return leave(view, CLI_FAILED);
	case LIFE_IMPATIENT:
		return leave_impatient(view);
	case LIFE_FAILED:
		break;
	}
	cli_error("%s", detail);
	return leave(view, CLI_FAILED);
}

enum view_event view_take(struct view *view, struct shmflip_frame *frame, int timeout_ms)
{
	char detail[512] = "";
	bool met = view->life.attached;
	uint64_t generations = generations_met(view);
	int result = shmflip_viewer_acquire(view->viewer, frame, timeout_ms);

	if (result < 0)
		snprintf(detail, sizeof(detail), "%s", shmflip_error_detail());
	met |= generations_met(view) != generations;
	bool attached = shmflip_viewer_channel(view->viewer, &view->channel) == 0;
	shmflip_viewer_stats(view->viewer, &view->stats);
	enum life_verdict verdict = life_judge(&view->life, result, met, attached, cli_now_ns());
	enum view_event event = obey(view, verdict, detail);
	return event == VIEW_FRAME ? take_frame(view, frame) : event;
}

static enum life_state fate(const struct view *view)
{
	const struct options *options = view->options;
	struct shmflip_channel_status status;
	int result = shmflip_channel_inspect(options->dir, options->channel, &status);

	if (result == -ENOENT)
		return LIFE_ENDED;
	if (result == 0 && !status.alive)
		return LIFE_DIED;
	if (result < 0 || status.error || status.info.producer == view->channel.producer)
		return LIFE_PRESENT;
	return LIFE_REPLACED;
}

enum view_event view_look(struct view *view)
{
	enum life_state state = fate(view);

	if (state == LIFE_PRESENT)
		return VIEW_NOTHING;
	life_see_end(&view->life, state, cli_now_ns());
	return VIEW_LOST;
}

bool view_wants_unseen(const struct view *view)
{
	const struct options *options = view->options;
	bool every = options->view == SHMFLIP_VIEW_EVERY ||
	             (options->view == SHMFLIP_VIEW_AUTO &&
	              view->channel.policy == SHMFLIP_POLICY_LOSSLESS);

	return every || options->digest || options->record_dir || options->once ||
	       options->frames > 0 || options->timeout_ns >= 0;
}

enum view_event view_idle(struct view *view)
{
	bool attached = view->life.attached;
	enum life_verdict verdict =
		life_judge(&view->life, -EAGAIN, attached, attached, cli_now_ns());

	return obey(view, verdict, "");
}

static void update_status(struct view *view, int64_t now_ns)
{
	struct shmflip_viewer_stats stats;

	if (view->options->quiet || now_ns - view->status_ns < STATUS_INTERVAL_NS ||
	    !cli_status_shown() || (view->options->digest && isatty(STDOUT_FILENO)))
		return;
	shmflip_viewer_stats(view->viewer, &stats);
	cli_status("%" PRIu64 " shown, %" PRIu64 " missed, %.1f fps", view->shown, stats.missed,
	           rate_per_second(&view->rate, now_ns));
	view->status_ns = now_ns;
}

enum view_event view_shown(struct view *view, const struct shmflip_frame_info *info)
{
	int64_t now_ns = cli_now_ns();

	if (view->shown++ == 0)
		view->first_shown_ns = now_ns;
	view->last_shown_ns = now_ns;
	view->width = info->width;
	view->height = info->height;
	rate_add(&view->rate, now_ns);
	update_status(view, now_ns);
	return view->shown == view->options->frames ? leave(view, CLI_OK) : VIEW_FRAME;
}

void view_drawn(struct view *view, unsigned copies)
{
	view->drawn++;
	view->copies += copies;
	view->copies_of_last = copies;
}

void view_give_back(void *context, struct shmflip_frame *frame)
{
	struct view *view = context;

	shmflip_viewer_release(view->viewer, frame);
}

void view_on_screen(void *context, const struct shmflip_frame_info *info, int64_t now_ns)
{
	struct view *view = context;

	pthread_mutex_lock(&view->ages_lock);
	histogram_add(&view->ages, now_ns - info->published_ns);
	pthread_mutex_unlock(&view->ages_lock);
}

void view_ages(struct view *view, struct histogram *ages)
{
	pthread_mutex_lock(&view->ages_lock);
	*ages = view->ages;
	pthread_mutex_unlock(&view->ages_lock);
}

void view_fail(struct view *view, const char *presenter, const char *reason)
{
	cli_error("cannot show frames by %s: %s", presenter, reason);
	view->exit_code = CLI_FAILED;
}

static void report(struct view *view)
{
	struct report report = {
		.channel = view->options->channel,
		.presenter = view->presenter,
		.producers_died = view->life.died,
		.bad_frames = view->life.bad_frames,
		.repeated = view->repeated,
		.drawn = view->drawn,
		.copies = view->copies,
		.first_shown_ns = view->first_shown_ns,
		.last_shown_ns = view->last_shown_ns,
		.ages = &view->ages,
		.width = view->width,
		.height = view->height,
	};

	shmflip_viewer_stats(view->viewer, &report.stats);
	int result = report_write(&report, view->stats_file);
	if (result < 0) {
		cli_error("cannot write %s: %s", view->options->stats_path, strerror(-result));
		view->exit_code = CLI_FAILED;
	}
}

int view_finish(struct view *view)
{
	cli_status_keep();
	if (view->stats_file)
		report(view);
	close_stats(view);
	shmflip_viewer_destroy(view->viewer);
	pthread_mutex_destroy(&view->ages_lock);
	return view->exit_code;
}
