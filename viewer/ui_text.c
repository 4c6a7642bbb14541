/* SPDX-License-Identifier: MIT */
#include "ui_text.h"

#include <SDL.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "info.h"
#include "options.h"
#include "overlay/overlay.h"
#include "present/present.h"
#include "session.h"
#include "ui_state.h"
#include "video_output.h"
#include "window/window.h"

#define INTERVAL_NS (NS_PER_S / 5)
#define NOTICE_NS (3 * NS_PER_S)

static int64_t stale_s(const struct session *session, int64_t now_ns)
{
	return (now_ns - session->liveness.stale_since_ns) / NS_PER_S;
}

static const char *format_name(const struct picture_info *picture)
{
	return shmflip_format_info(picture->fourcc)->name;
}

static void update_title(struct ui *ui, int64_t now_ns)
{
	const struct session *session = ui->session;
	const struct picture_info *picture = video_output_info(ui->output);
	struct title title = {
		.channel = session->channel_name,
		.presenter = session->presenter->name,
		.format = video_output_source(ui->output) ? format_name(picture) : NULL,
		.width = picture->width,
		.height = picture->height,
		.zoom = video_output_zoom(ui->output),
		.fps = rate_per_second(&session->rate, now_ns),
		.paused = ui->paused,
		.state = session->liveness.state,
		.stale_s = stale_s(session, now_ns),
	};
	char text[TITLE_SIZE];

	title_format(text, &title);
	if (strcmp(text, ui->title) != 0)
		window_set_title(video_output_window(ui->output), text);
	memcpy(ui->title, text, sizeof(text));
}

/* ---- Information -------------------------------------------------------------------------- */

static void add_ages(struct info *info, struct session *session)
{
	struct histogram ages;

	session_copy_ages(session, &ages);
	info->has_ages = ages.count > 0;
	info->age_p50_ns = histogram_percentile_ns(&ages, 50);
	info->age_p99_ns = histogram_percentile_ns(&ages, 99);
}

static void add_pixel(struct info *info, const struct ui *ui)
{
	struct point shown;

	if (!ui->pointer_inside || !video_output_find(ui->output, ui->pointer, &shown))
		return;
	info->has_pointer = true;
	info->pointer = picture_find_in_frame(info->picture, shown);
	info->has_pixel =
		video_output_inspect(ui->output, info->pointer, &info->values, &info->pixel) == 0;
}

static bool show_info(struct ui *ui, int64_t now_ns)
{
	struct session *session = ui->session;
	struct info info = {
		.channel = session->channel_name,
		.picture = video_output_info(ui->output),
		.source = video_output_source(ui->output),
		.appearance = video_output_appearance(ui->output),
		.presenter = session->presenter->name,
		.copies = session->copies_of_last,
		.zoom = video_output_zoom(ui->output),
		.fps = rate_per_second(&session->rate, now_ns),
		.announced_fps = session->channel.announced_fps,
		.shown = session->shown,
		.repeated = session->repeated,
		.missed = session->counts.missed,
		.dropped = session->counts.dropped,
		.paused = ui->paused,
		.state = session->liveness.state,
		.stale_s = stale_s(session, now_ns),
	};
	char names[INFO_SIZE], values[INFO_SIZE];

	add_ages(&info, session);
	add_pixel(&info, ui);
	info_format(&info, names, values);
	return overlay_set_text(video_output_overlay(ui->output), OVERLAY_INFO, names, values);
}

/* ---- Panels ------------------------------------------------------------------------------- */

static bool update_stale(struct ui *ui, int64_t now_ns)
{
	const struct session *session = ui->session;
	char text[INFO_STALE_SIZE];

	if (!liveness_is_stale(&session->liveness))
		return overlay_set_text(video_output_overlay(ui->output), OVERLAY_STALE, NULL,
		                        NULL);
	info_format_stale(text, session->liveness.state, stale_s(session, now_ns));
	return overlay_set_text(video_output_overlay(ui->output), OVERLAY_STALE, text, NULL);
}

static bool update_notice(struct ui *ui, int64_t now_ns)
{
	if (now_ns < ui->notice_end_ns)
		return false;
	ui->notice_end_ns = 0;
	return overlay_set_text(video_output_overlay(ui->output), OVERLAY_NOTICE, NULL, NULL);
}

static bool update_panels(struct ui *ui, int64_t now_ns)
{
	struct overlay *overlay = video_output_overlay(ui->output);
	bool changed = update_stale(ui, now_ns);

	changed |= update_notice(ui, now_ns);
	changed |= ui->info_shown ? show_info(ui, now_ns)
	                          : overlay_set_text(overlay, OVERLAY_INFO, NULL, NULL);
	changed |= overlay_set_text(overlay, OVERLAY_HELP, ui->help_shown ? info_help_keys : NULL,
	                            ui->help_shown ? info_help_meanings : NULL);
	return changed;
}

static bool changes_with_time(const struct ui *ui, int64_t now_ns)
{
	const struct session *session = ui->session;

	return liveness_is_stale(&session->liveness) ||
	       (!ui->paused && session->rate.count > 0 &&
	        rate_per_second(&session->rate, now_ns) != 0);
}

void ui_text_update(struct ui *ui)
{
	int64_t now_ns = monotonic_now_ns();

	if (now_ns < ui->text_updated_ns + INTERVAL_NS) {
		ui_text_schedule(ui);
		return;
	}
	update_title(ui, now_ns);
	ui->dirty |= update_panels(ui, now_ns);
	ui->text_updated_ns = now_ns;
	ui->text_due_ns = changes_with_time(ui, now_ns) ? now_ns + NS_PER_S : INT64_MAX;
	if (ui->notice_end_ns > 0 && ui->notice_end_ns < ui->text_due_ns)
		ui->text_due_ns = ui->notice_end_ns;
}

void ui_text_invalidate(struct ui *ui)
{
	ui->text_updated_ns = 0;
	ui->text_due_ns = 0;
}

void ui_text_schedule(struct ui *ui)
{
	if (ui->text_updated_ns + INTERVAL_NS < ui->text_due_ns)
		ui->text_due_ns = ui->text_updated_ns + INTERVAL_NS;
}

void ui_text_notice(struct ui *ui, const char *text)
{
	ui->dirty |= overlay_set_text(video_output_overlay(ui->output), OVERLAY_NOTICE, text, NULL);
	ui->notice_end_ns = monotonic_now_ns() + NOTICE_NS;
	ui->pause_marked = false;
	ui_text_invalidate(ui);
}

static void end_notice(struct ui *ui)
{
	ui->notice_end_ns = monotonic_now_ns();
	ui_text_invalidate(ui);
}

void ui_text_mark_pause(struct ui *ui)
{
	bool mark = ui->paused && window_is_fullscreen(video_output_window(ui->output));

	if (mark)
		ui_text_notice(ui, "paused");
	else if (ui->pause_marked)
		end_notice(ui);
	ui->pause_marked = mark;
}

void ui_text_clear_stale(struct ui *ui)
{
	overlay_set_text(video_output_overlay(ui->output), OVERLAY_STALE, NULL, NULL);
}
