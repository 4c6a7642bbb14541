/* SPDX-License-Identifier: MIT
 *
 * The ways to show a frame, each a small table of functions, in the order in which they are tried.
 *
 * A frame that is shown goes over to the presenter, which may use the pixels in their slot for as
 * long as it likes and hands the frame to give_back() when it no longer needs it: while showing it,
 * when its successor is on screen, when asked to keep the picture by other means, at the latest when
 * destroyed.
 *
 * All functions run in the main thread; give_back() may be called from any. Those that can fail
 * return 0 or a negative errno, with one line on why in host->reason; after a failure of create()
 * there is no state, after one of the others destroy() comes next. */
#ifndef VIEWER_PRESENT_H
#define VIEWER_PRESENT_H

#include <stdbool.h>

#include "shmflip.h"

#define PRESENTERS_MAX 8

/* A stale picture is dimmed, and has a grey bar along the lower edge of the window, which marks a
 * black picture too. */
#define STALE_VEIL_ALPHA 128
#define STALE_BAR_GREY 160
#define STALE_BAR_PIXELS 6

struct SDL_Window;

/* What a presenter is given. Outlives it. */
struct presenter_host {
	struct SDL_Window *window; /* NULL for one that needs none */
	void (*give_back)(void *context, struct shmflip_frame *frame);
	void *context;
	char reason[160];
};

struct presenter {
	const char *name;
	unsigned copies_per_frame; /* made of a frame's pixels by this process */
	bool needs_window;

	int (*create)(struct presenter_host *host, void **state);

	/* Shows a frame, unmarked, in place of the one before. Takes it over only if it succeeds. */
	int (*show)(void *state, const struct shmflip_frame *frame);

	/* Goes on without the frame's slot: the frame is given back, the picture can still be
	 * repainted. Once per frame is enough; more do nothing. */
	int (*keep)(void *state);

	/* Draws the picture again, fitted to the window as it is now. Stale: visibly marked. */
	int (*repaint)(void *state, bool stale);

	void (*destroy)(void *state);
};

extern const struct presenter presenter_surface;
extern const struct presenter presenter_texture;
extern const struct presenter presenter_none;

/* All of them, best first, NULL at the end. */
extern const struct presenter *const presenters[PRESENTERS_MAX + 1];

#endif
