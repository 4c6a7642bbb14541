/* SPDX-License-Identifier: MIT */
#include "ui_step.h"

#include "ui.h"
#include "ui_state.h"
#include "ui_text.h"
#include "video_output.h"

/* Without the picture on screen, those before it would not lead back to it. */
static void keep_current(struct ui *ui)
{
	struct picture_copy copy;

	if (history_has_current(&ui->history))
		return;
	if (video_output_copy(ui->output, HISTORY_BYTES_MAX, &copy) < 0)
		history_clear(&ui->history);
	else if (history_add(&ui->history, &copy) < 0)
		picture_copy_finish(&copy);
}

static void show(struct ui *ui, const struct picture_copy *picture)
{
	ui_check(ui, video_output_show_copy(ui->output, picture));
	ui->dirty = false;
	ui_text_invalidate(ui);
}

void ui_step_forward(struct ui *ui)
{
	ui_set_paused(ui, true);
	const struct picture_copy *picture = history_step_forward(&ui->history);
	if (!picture)
		ui->step = true;
	else if (!ui->quit)
		show(ui, picture);
}

void ui_step_back(struct ui *ui)
{
	ui_set_paused(ui, true);
	if (ui->quit)
		return;
	keep_current(ui);
	const struct picture_copy *picture = history_step_back(&ui->history);
	if (picture)
		show(ui, picture);
	else
		ui_text_notice(ui, "no earlier frame is kept, only those since the pause");
}

void ui_step_keep(struct ui *ui)
{
	if (!ui->paused)
		return;
	keep_current(ui);
	history_leave(&ui->history);
}
