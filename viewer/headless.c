/* SPDX-License-Identifier: MIT */
#include "headless.h"

#include "cli.h"
#include "present/present.h"
#include "session.h"

static enum session_event take_and_show(struct session *session, void *state)
{
	struct picture picture;
	enum session_event event = session_take_frame(session, &picture, SESSION_WAIT_MS);

	if (event != SESSION_FRAME)
		return event;
	presenter_none.show(state, &picture, NULL);
	session_note_drawn(session, 0);
	return session_note_shown(session, &picture.info);
}

void headless_run(struct session *session)
{
	struct presenter_host host = {
		.release_frame = session_release_frame,
		.on_screen = session_note_on_screen,
		.context = session,
	};
	void *state;

	presenter_none.create(&host, &state);
	session->presenter = &presenter_none;
	while (!cli_interrupted() && take_and_show(session, state) != SESSION_EXIT)
		continue;
	presenter_none.destroy(state);
}
