/* SPDX-License-Identifier: MIT */
#include "title.h"

#include <inttypes.h>
#include <stdio.h>

#include "info.h"

static void format_state(char text[INFO_STALE_SIZE], const struct title *title)
{
	if (title->state >= LIVENESS_ENDED)
		info_format_stale(text, title->state, title->stale_s);
	else if (title->paused)
		snprintf(text, INFO_STALE_SIZE, "paused");
	else if (title->fps >= 0)
		snprintf(text, INFO_STALE_SIZE, "%.1f fps", title->fps);
}

void title_format(char text[TITLE_SIZE], const struct title *title)
{
	char state[INFO_STALE_SIZE] = "", zoom[32] = "";

	if (title->zoom != 1)
		snprintf(zoom, sizeof(zoom), " at %.4g %%", 100 * title->zoom);
	format_state(state, title);
	snprintf(text, TITLE_SIZE, "%s — %" PRIu32 "x%" PRIu32 "%s%s%s%s%s — %s", title->channel,
	         title->width, title->height, title->format ? " " : "",
	         title->format ? title->format : "", zoom, *state ? " — " : "", state,
	         title->presenter);
}
