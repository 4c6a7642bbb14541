/* SPDX-License-Identifier: MIT */
#include "title.h"

#include <inttypes.h>
#include <stdio.h>

static void format_state(char *text, size_t size, const struct title *title)
{
	static const char *const fates[] = {
		[LIFE_ENDED] = "ended",
		[LIFE_DIED] = "died",
		[LIFE_BROKEN] = "broke",
	};

	if (title->state >= LIFE_ENDED)
		snprintf(text, size, "stale: producer %s %" PRId64 " s ago", fates[title->state],
		         title->stale_s);
	else if (title->paused)
		snprintf(text, size, "paused");
	else
		snprintf(text, size, "%.1f fps", title->fps);
}

void title_format(char text[TITLE_SIZE], const struct title *title)
{
	char state[64], zoom[32] = "";

	if (title->zoom != 1)
		snprintf(zoom, sizeof(zoom), " at %.4g %%", 100 * title->zoom);
	format_state(state, sizeof(state), title);
	snprintf(text, TITLE_SIZE, "%s — %" PRIu32 "x%" PRIu32 "%s — %s — %s", title->channel,
	         title->width, title->height, zoom, state, title->presenter);
}
