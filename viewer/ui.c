/* SPDX-License-Identifier: MIT */
#include "ui.h"

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
