/* SPDX-License-Identifier: MIT */
#include "ui_loop.h"

#include <SDL.h>

#include "cli.h"
#include "options.h"
#include "overlay/text.h"
#include "present/present.h"
#include "session.h"
#include "session_producer.h"
#include "ui.h"
#include "ui_input.h"
#include "ui_state.h"
#include "ui_step.h"
#include "ui_text.h"
#include "video_output.h"
#include "window/wakeup.h"
#include "window/window.h"

#define CHECK_INTERVAL_NS NS_PER_S

/* ---- Frames ------------------------------------------------------------------------------- */

static void draw(struct ui *ui, const struct picture *picture)
{
	ui_text_clear_stale(ui);
	ui_step_keep(ui);
	int error = video_output_show(ui->output, picture, ui->dirty);
	if (error)
		shmflip_frame_release(picture->frame);
	ui_check(ui, error);
	ui->dirty = false;
	if (!ui->quit && ui->paused)
		ui_check(ui, video_output_release_slot(ui->output));
}

static void show(struct ui *ui, const struct picture *picture)
{
	ui_drop_unseen(ui);
	ui->step = false;
	if (ui->visible)
		draw(ui, picture);
	else
		ui->unseen = *picture;
	ui_text_schedule(ui);
	if (!ui->quit && session_note_shown(ui->session, &picture->info) == SESSION_EXIT)
		ui->quit = true;
}

static void mark_stale(struct ui *ui)
{
	ui_check(ui, video_output_release_slot(ui->output));
	video_output_set_stale(ui->output, true);
	ui->dirty = true;
	ui_text_invalidate(ui);
}

/* If a frame is passed over, the picture is no longer that of the newest frame: the producer may
 * need its slot. */
static enum session_event take_frame(struct ui *ui, struct picture *picture, int timeout_ms)
{
	enum session_event event = session_take_frame(ui->session, picture, timeout_ms);

	if (event == SESSION_FRAME) {
		if (video_output_accepts(ui->session, picture))
			return event;
		shmflip_frame_release(picture->frame);
	} else if (event != SESSION_PASSED_OVER) {
		return event;
	}
	if (ui->output)
		ui_check(ui, video_output_release_slot(ui->output));
	return SESSION_NOTHING;
}

/* Returns whether there was a frame, and another may be shown. */
static bool take(struct ui *ui)
{
	struct picture picture;

	ui->pending = false;
	switch (take_frame(ui, &picture, 0)) {
	case SESSION_FRAME:
		show(ui, &picture);
		return !ui->quit;
	case SESSION_NOTHING:
	case SESSION_PASSED_OVER:
		break;
	case SESSION_LOST:
		mark_stale(ui);
		break;
	case SESSION_EXIT:
		ui->quit = true;
		break;
	}
	return false;
}

static bool wants_frame(const struct ui *ui)
{
	if (ui->paused && !ui->step)
		return false;
	return ui->visible ? video_output_ready(ui->output) : session_wants_unseen(ui->session);
}

/* After a frame the descriptor stays readable, until a take finds nothing. To take once more costs
 * less than to poll it for that. Not more often: events have their turn while frames never end. */
static void take_pending(struct ui *ui)
{
	if (ui->pending && wants_frame(ui) && take(ui) && wants_frame(ui))
		take(ui);
}

static void draw_unseen(struct ui *ui)
{
	const struct picture picture = ui->unseen;

	ui->unseen.frame = NULL;
	draw(ui, &picture);
	if (!ui->quit && liveness_is_stale(&ui->session->liveness))
		mark_stale(ui);
}

/* While nobody can see the window, the presenter holds no slot. */
static void update_visibility(struct ui *ui)
{
	bool visible = window_is_visible(video_output_window(ui->output));

	if (visible == ui->visible)
		return;
	ui->visible = visible;
	ui->dirty = true;
	if (!visible)
		ui_check(ui, video_output_release_slot(ui->output));
	else if (ui->unseen.frame)
		draw_unseen(ui);
}

/* A paused viewer takes no frames, which would report the producer's end. */
static bool must_check(const struct ui *ui)
{
	return ui->paused && ui->visible && !liveness_is_stale(&ui->session->liveness);
}

static void check_producer(struct ui *ui)
{
	int64_t now_ns = monotonic_now_ns();

	if (!must_check(ui) || now_ns < ui->check_due_ns)
		return;
	ui->check_due_ns = now_ns + CHECK_INTERVAL_NS;
	if (session_check_producer(ui->session) == SESSION_LOST)
		mark_stale(ui);
}

static void repaint(struct ui *ui)
{
	ui->dirty = false;
	ui->session->repeated++;
	ui_check(ui, video_output_repaint(ui->output));
}

/* ---- The loop ----------------------------------------------------------------------------- */

/* --timeout is off while paused. It is also off while something is pending: a producer has come,
 * although session_take_frame() has not been called to notice it. */
static int64_t timeout_end_ns(const struct ui *ui)
{
	if (ui->paused || ui->pending)
		return INT64_MAX;
	return liveness_deadline_ns(&ui->session->liveness);
}

static int64_t sleep_end_ns(const struct ui *ui)
{
	int64_t due_ns = timeout_end_ns(ui);

	if (ui->text_due_ns < due_ns)
		due_ns = ui->text_due_ns;
	if (must_check(ui) && ui->check_due_ns < due_ns)
		due_ns = ui->check_due_ns;
	return due_ns;
}

static void handle_events(struct ui *ui)
{
	SDL_Event event;

	while (!ui->quit && SDL_PollEvent(&event))
		ui_input_handle(ui, &event);
}

/* While something is pending, none: the descriptor stays readable until it is taken. */
static int channel_to_poll(struct ui *ui)
{
	if (ui->pending)
		return -1;
	int fd = shmflip_viewer_fd(ui->session->viewer);
	if (fd < 0) {
		cli_library_error(fd);
		ui->session->exit_code = CLI_FAILED;
		ui->quit = true;
	}
	return fd;
}

static void sleep_and_handle_events(struct ui *ui)
{
	int channel = channel_to_poll(ui);
	unsigned events = ui->quit ? 0 : wakeup_wait(channel, sleep_end_ns(ui));

	if (events & WAKEUP_CHANNEL)
		ui->pending = true;
	if (events & WAKEUP_EVENTS)
		handle_events(ui);
}

static bool open_with_first_frame(struct ui *ui)
{
	struct session *session = ui->session;
	enum session_event event = SESSION_NOTHING;
	struct picture picture;

	while (event == SESSION_NOTHING || event == SESSION_LOST) {
		if (cli_interrupted())
			return false;
		event = take_frame(ui, &picture, SESSION_WAIT_MS);
	}
	if (event != SESSION_FRAME)
		return false;
	if (video_output_create(session, &picture, &ui->output) < 0) {
		shmflip_frame_release(picture.frame);
		session->exit_code = CLI_FAILED;
		return false;
	}
	ui->visible = true;
	return session_note_shown(session, &picture.info) != SESSION_EXIT;
}

static void run_loop(struct ui *ui)
{
	wakeup_watch_display(video_output_window(ui->output)->sdl);
	while (!ui->quit && !cli_interrupted()) {
		sleep_and_handle_events(ui);
		if (!ui->quit)
			ui_check(ui, video_output_check(ui->output));
		if (!ui->quit)
			update_visibility(ui);
		if (!ui->quit)
			check_producer(ui);
		if (!ui->quit)
			ui_text_update(ui);
		if (!ui->quit)
			take_pending(ui);
		if (!ui->quit && monotonic_now_ns() >= timeout_end_ns(ui))
			ui->quit = session_check_timeout(ui->session) == SESSION_EXIT;
		if (!ui->quit && ui->dirty && ui->visible)
			repaint(ui);
	}
}

void ui_run(struct session *session)
{
	struct ui ui = { .session = session };

	if (!window_system_init(session_exit_without_display, session)) {
		if (!cli_interrupted())
			session->exit_code = CLI_FAILED;
		return;
	}
	if (open_with_first_frame(&ui))
		run_loop(&ui);
	ui_drop_unseen(&ui);
	history_clear(&ui.history);
	video_output_destroy(ui.output);
	text_finish();
	window_system_finish();
}
