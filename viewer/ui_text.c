/* SPDX-License-Identifier: MIT */
#include <SDL.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "info.h"
#include "options.h"
#include "overlay.h"
#include "player.h"
#include "present.h"
#include "stage.h"
#include "view.h"
#include "window.h"

#define NS_PER_SECOND INT64_C(1000000000)
#define INTERVAL_NS (NS_PER_SECOND / 5)
#define NOTICE_NS (3 * NS_PER_SECOND)

static int64_t stale_s(const struct view *view, int64_t now_ns)
{
	return (now_ns - view->life.stale_since_ns) / NS_PER_SECOND;
}

static void update_title(struct player *player, int64_t now_ns)
{
	const struct view *view = player->view;
	struct title title = {
		.channel = view->options->channel,
		.presenter = view->presenter->name,
		.width = view->width,
		.height = view->height,
		.zoom = stage_zoom(player->stage),
		.fps = rate_per_second(&view->rate, now_ns),
		.paused = player->paused,
		.state = view->life.state,
		.stale_s = stale_s(view, now_ns),
	};
	char text[TITLE_SIZE];

	title_format(text, &title);
	if (strcmp(text, player->title) != 0)
		window_set_title(stage_window(player->stage), text);
	memcpy(player->title, text, sizeof(text));
}

/* ---- Information -------------------------------------------------------------------------- */

static void add_ages(struct info *info, struct view *view)
{
	struct histogram ages;

	view_ages(view, &ages);
	info->aged = ages.count > 0;
	info->age_p50_ns = histogram_percentile_ns(&ages, 50);
	info->age_p99_ns = histogram_percentile_ns(&ages, 99);
}

static void add_pixel(struct info *info, const struct player *player)
{
	struct point *at = &info->pointer;

	if (!player->pointed || !stage_find(player->stage, player->pointer, at))
		return;
	info->pointed = true;
	info->readable =
		stage_read(player->stage, (struct area){ at->x, at->y, 1, 1 }, &info->pixel) == 0;
}

static bool show_info(struct player *player, int64_t now_ns)
{
	struct view *view = player->view;
	struct info info = {
		.channel = view->options->channel,
		.frame = stage_info(player->stage),
		.presenter = view->presenter->name,
		.copies = view->copies_of_last,
		.zoom = stage_zoom(player->stage),
		.fps = rate_per_second(&view->rate, now_ns),
		.announced_fps_milli = view->channel.fps_milli,
		.shown = view->shown,
		.repeated = view->repeated,
		.missed = view->stats.missed,
		.dropped = view->stats.dropped,
		.paused = player->paused,
		.state = view->life.state,
		.stale_s = stale_s(view, now_ns),
	};
	char names[INFO_SIZE], values[INFO_SIZE];

	add_ages(&info, view);
	add_pixel(&info, player);
	info_format(&info, names, values);
	return overlay_say(stage_overlay(player->stage), OVERLAY_INFO, names, values);
}

/* ---- Panels ------------------------------------------------------------------------------- */

static bool update_stale(struct player *player, int64_t now_ns)
{
	const struct view *view = player->view;
	char text[INFO_STALE_SIZE];

	if (!life_is_stale(&view->life))
		return overlay_say(stage_overlay(player->stage), OVERLAY_STALE, NULL, NULL);
	info_format_stale(text, view->life.state, stale_s(view, now_ns));
	return overlay_say(stage_overlay(player->stage), OVERLAY_STALE, text, NULL);
}

static bool update_notice(struct player *player, int64_t now_ns)
{
	if (now_ns < player->notice_end_ns)
		return false;
	player->notice_end_ns = 0;
	return overlay_say(stage_overlay(player->stage), OVERLAY_NOTICE, NULL, NULL);
}

static bool update_panels(struct player *player, int64_t now_ns)
{
	struct overlay *overlay = stage_overlay(player->stage);
	bool changed = update_stale(player, now_ns);

	changed |= update_notice(player, now_ns);
	changed |= player->info_shown ? show_info(player, now_ns)
	                              : overlay_say(overlay, OVERLAY_INFO, NULL, NULL);
	changed |= overlay_say(overlay, OVERLAY_HELP, player->help_shown ? info_help_keys : NULL,
	                       player->help_shown ? info_help_meanings : NULL);
	return changed;
}

static bool change_by_themselves(const struct player *player, int64_t now_ns)
{
	const struct view *view = player->view;

	return life_is_stale(&view->life) ||
	       (!player->paused && rate_per_second(&view->rate, now_ns) > 0);
}

void captions_update(struct player *player)
{
	int64_t now_ns = cli_now_ns();

	if (now_ns < player->captions_ns + INTERVAL_NS) {
		captions_expect(player);
		return;
	}
	update_title(player, now_ns);
	player->dirty |= update_panels(player, now_ns);
	player->captions_ns = now_ns;
	player->captions_due_ns =
		change_by_themselves(player, now_ns) ? now_ns + NS_PER_SECOND : INT64_MAX;
	if (player->notice_end_ns > 0 && player->notice_end_ns < player->captions_due_ns)
		player->captions_due_ns = player->notice_end_ns;
}

void captions_hurry(struct player *player)
{
	player->captions_ns = 0;
	player->captions_due_ns = 0;
}

void captions_expect(struct player *player)
{
	if (player->captions_ns + INTERVAL_NS < player->captions_due_ns)
		player->captions_due_ns = player->captions_ns + INTERVAL_NS;
}

void captions_notice(struct player *player, const char *text)
{
	player->dirty |= overlay_say(stage_overlay(player->stage), OVERLAY_NOTICE, text, NULL);
	player->notice_end_ns = cli_now_ns() + NOTICE_NS;
	captions_hurry(player);
}

void captions_revive(struct player *player)
{
	overlay_say(stage_overlay(player->stage), OVERLAY_STALE, NULL, NULL);
}
