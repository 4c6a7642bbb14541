/* SPDX-License-Identifier: MIT */
#include "ui_appearance.h"

#include <stdio.h>

#include "appearance.h"
#include "info.h"
#include "ui.h"
#include "ui_state.h"
#include "ui_text.h"
#include "video_output.h"

static void show_changed(struct ui *ui)
{
	char appearance[INFO_APPEARANCE_SIZE], notice[INFO_APPEARANCE_SIZE + 16];

	ui_check(ui, video_output_change_appearance(ui->output));
	if (ui->quit)
		return;
	ui->dirty = false;
	info_format_appearance(appearance, video_output_appearance(ui->output),
	                       video_output_source(ui->output));
	snprintf(notice, sizeof(notice), "range %s", appearance);
	ui_text_notice(ui, notice);
}

void ui_appearance_next_range(struct ui *ui)
{
	const struct pixel_source *source = video_output_source(ui->output);

	if (!source || !appearance_has_range(source)) {
		ui_text_notice(ui, "only frames of 16 bits or float have a range");
		return;
	}
	appearance_next_range(video_output_appearance(ui->output));
	show_changed(ui);
}

void ui_appearance_next_map(struct ui *ui)
{
	const struct pixel_source *source = video_output_source(ui->output);

	if (!source || !appearance_has_map(source)) {
		ui_text_notice(ui, "only gray frames of 16 bits or float have a colour map");
		return;
	}
	appearance_next_map(video_output_appearance(ui->output));
	show_changed(ui);
}
