/* SPDX-License-Identifier: MIT */
#include "headless.h"

#include "cli.h"
#include "present.h"
#include "view.h"

#define TURN_MS 100

static enum view_event take_and_show(struct view *view, void *state)
{
	struct shmflip_frame frame;
	enum view_event event = view_take(view, &frame, TURN_MS);

	if (event != VIEW_FRAME)
		return event;
	presenter_none.show(state, &frame, NULL);
	view_drawn(view, 0);
	return view_shown(view, &frame.info);
}

void headless_run(struct view *view)
{
	struct presenter_host host = {
		.give_back = view_give_back,
		.on_screen = view_on_screen,
		.context = view,
	};
	void *state;

	presenter_none.create(&host, &state);
	view->presenter = &presenter_none;
	while (!cli_interrupted() && take_and_show(view, state) != VIEW_LEAVE)
		continue;
	presenter_none.destroy(state);
}
