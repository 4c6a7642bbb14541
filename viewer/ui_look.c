/* SPDX-License-Identifier: MIT */
#include "ui_look.h"

#include <stdio.h>

#include "info.h"
#include "look.h"
#include "ui.h"
#include "ui_state.h"
#include "ui_text.h"
#include "video_output.h"

static void show_changed(struct ui *ui)
{
	char look[INFO_LOOK_SIZE], notice[INFO_LOOK_SIZE + 16];

	ui_check(ui, video_output_change_look(ui->output));
	if (ui->quit)
		return;
	ui->dirty = false;
	info_format_look(look, video_output_look(ui->output), video_output_source(ui->output));
	snprintf(notice, sizeof(notice), "range %s", look);
	ui_text_notice(ui, notice);
}

void ui_look_next_range(struct ui *ui)
{
	const struct pixel_source *source = video_output_source(ui->output);

	if (!source || !look_has_range(source)) {
		ui_text_notice(ui, "only frames of 16 bits or float have a range");
		return;
	}
	look_next_range(video_output_look(ui->output));
	show_changed(ui);
}

void ui_look_next_map(struct ui *ui)
{
	const struct pixel_source *source = video_output_source(ui->output);

	if (!source || !look_has_map(source)) {
		ui_text_notice(ui, "only gray frames of 16 bits or float have a colour map");
		return;
	}
	look_next_map(video_output_look(ui->output));
	show_changed(ui);
}
