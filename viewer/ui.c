/* SPDX-License-Identifier: MIT */
#include "ui.h"

#include <errno.h>

#include "cli.h"
#include "present/present.h"
#include "session.h"
#include "ui_state.h"
#include "ui_text.h"
#include "video_output.h"

void ui_check(struct ui *ui, int error)
{
	if (ui->presenter != ui->session->presenter)
		ui_text_invalidate(ui);
	ui->presenter = ui->session->presenter;
	if (error == 0)
		return;
	session_fail(ui->session, ui->session->presenter->name, video_output_reason(ui->output));
	ui->quit = true;
}

void ui_set_paused(struct ui *ui, bool paused)
{
	bool changed = paused != ui->paused;

	ui->paused = paused;
	liveness_restart_timeout(&ui->session->liveness, monotonic_now_ns());
	ui->step = false;
	ui->session->rate = (struct rate){ 0 };
	ui_text_invalidate(ui);
	if (changed)
		ui_text_mark_pause(ui);
	if (!paused)
		history_clear(&ui->history);
	else
		ui_check(ui, video_output_release_slot(ui->output));
}

void ui_drop_unseen(struct ui *ui)
{
	shmflip_frame_release(ui->unseen.frame);
	ui->unseen.frame = NULL;
}

/* The last channel's picture stays until the first frame comes. */
static void restart(struct ui *ui)
{
	history_clear(&ui->history);
	video_output_set_stale(ui->output, false);
	ui->step = ui->paused;
	ui->pending = true;
	ui->dirty = true;
	ui_text_notice(ui, ui->session->channel_name);
}

void ui_switch_channel(struct ui *ui, int direction)
{
	ui_drop_unseen(ui);
	ui_check(ui, video_output_release_slot(ui->output));
	if (ui->quit)
		return;
	int error = session_switch(ui->session, direction);
	if (!error)
		restart(ui);
	else
		ui_text_notice(ui, error == -ENOENT ? "no other channel has frames here"
		                                    : "cannot open the other channel");
}
