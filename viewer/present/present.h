/* SPDX-License-Identifier: MIT
 *
 * The ways to show a frame, each a small table of functions, in the order in which they are tried.
 *
 * A frame that is shown goes over to the presenter, which may use the pixels in their slot for as
 * long as it likes and hands the frame to release_frame() when it no longer needs it: while showing it,
 * when its successor is on screen, when asked to keep the picture by other means, at the latest when
 * destroyed. The picture stays: it can be repainted, and read, until its successor is shown.
 *
 * All functions run in the main thread; those of the host may be called from any. Those that can
 * fail return 0 or a negative errno, with one line on why in host->reason; after a failure of
 * create() there is no state. A show() that fails leaves the frame with the caller. After a failure of
 * show(), check(), release_slot() or repaint() the only calls are take_back(), read() and, at last, destroy(): the
 * next presenter goes on. A read() that fails changes nothing. */
#ifndef SHMFLIP_VIEWER_PRESENT_PRESENT_H
#define SHMFLIP_VIEWER_PRESENT_PRESENT_H

#include <stdbool.h>
#include <stdint.h>

#include "scene.h"
#include "shmflip.h"

#define PRESENTERS_MAX 8

struct SDL_Window;

/* What a presenter is given. Outlives it. */
struct presenter_host {
	struct SDL_Window *window; /* NULL for one that needs none */
	void (*release_frame)(void *context, struct shmflip_frame *frame);

	/* To be told once for each frame shown, in order, when it is on screen. */
	void (*on_screen)(void *context, const struct shmflip_frame_info *info, int64_t now_ns);

	/* To be called when ready() turns true, or check() starts to fail, by itself. */
	void (*wake)(void *context);

	void *context;
	char reason[160];
};

struct presenter {
	const char *name;
	bool needs_window;

	int (*create)(struct presenter_host *host, void **state);

	/* Whether another frame may be shown now: else too many are on their way to the screen.
	 * NULL: always. */
	bool (*ready)(void *state);

	/* Whether it still works, as far as it has heard. NULL: always. */
	int (*check)(void *state);

	/* Shows a frame in place of the one before. Takes it over only if it succeeds. */
	int (*show)(void *state, const struct shmflip_frame *frame, const struct scene *scene);

	/* How many copies of the last frame's pixels show() has made, or has had made in this
	 * process. NULL: this process never reads a pixel. */
	unsigned (*copies)(void *state);

	/* Goes on without the frame's slot: the frame is given back, the picture can still be
	 * repainted. Once per frame is enough; more do nothing. */
	int (*release_slot)(void *state);

	/* Draws the picture again. */
	int (*repaint)(void *state, const struct scene *scene);

	/* Reads a part of the picture, which lies within it, as 0xAARRGGBB (alpha as in the frame,
	 * not premultiplied; 255 where it has none), area.width to a row. */
	int (*read)(void *state, struct area area, uint32_t *pixels);

	/* Leaves the frame on show to the caller, who may not give it back before destroy() has
	 * returned. False: it has been given back. NULL: always so. */
	bool (*take_back)(void *state, struct shmflip_frame *frame);

	void (*destroy)(void *state);
};

extern const struct presenter presenter_x11; /* not in every build */
extern const struct presenter presenter_surface;
extern const struct presenter presenter_texture;
extern const struct presenter presenter_none;

/* All of them, best first, NULL at the end. */
extern const struct presenter *const presenters[PRESENTERS_MAX + 1];

#endif
