/* SPDX-License-Identifier: MIT */
#include "ui_step.h"

#include <stdlib.h>

#include "ui.h"
#include "ui_state.h"
#include "ui_text.h"
#include "video_output.h"

static uint32_t *read_picture(struct ui *ui)
{
	const struct picture_info *info = video_output_info(ui->output);
	const struct area whole = { 0, 0, (int)info->width, (int)info->height };
	uint32_t *pixels = NULL;

	/* A copy that the history would refuse takes long. */
	if (history_accepts(info))
		pixels = malloc((size_t)4 * info->width * info->height);
	if (pixels && video_output_read(ui->output, whole, pixels) == 0)
		return pixels;
	free(pixels);
	return NULL;
}

/* Without the picture on screen, those before it would not lead back to it. */
static void keep_current(struct ui *ui)
{
	if (history_has_current(&ui->history))
		return;
	uint32_t *pixels = read_picture(ui);
	if (!pixels) {
		history_clear(&ui->history);
	} else if (history_add(&ui->history, video_output_info(ui->output), pixels) < 0) {
		free(pixels);
	}
}

static void show(struct ui *ui, const struct history_entry *picture)
{
	ui_check(ui, video_output_show_copy(ui->output, &picture->info, picture->pixels));
	ui->dirty = false;
	ui_text_invalidate(ui);
}

void ui_step_forward(struct ui *ui)
{
	ui_set_paused(ui, true);
	const struct history_entry *picture = history_step_forward(&ui->history);
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
	const struct history_entry *picture = history_step_back(&ui->history);
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
