/* SPDX-License-Identifier: MIT
 *
 * The presenters: the ways to show a frame, each a table of functions.
 *
 * show() hands a picture's frame over to the presenter, which may use the pixels in their slot as
 * long as it needs them. Then the presenter calls release_frame(): in show(), once the next frame
 * is on screen, in release_slot(), or at the latest in destroy(). The picture outlives the frame:
 * until the next frame is shown it can be repainted and read.
 *
 * A picture without a frame is a copy of one that was on screen before. Its pixels are valid in
 * show() and until release_slot() returns.
 *
 * All functions run in the main thread. Functions that return int return 0 or a negative errno,
 * with one line on why in host->reason. After a failure of
 *
 *   create()  there is no state
 *   show()    the frame is still the caller's
 *   read()    nothing has changed
 *   show(), check(), release_slot(), repaint()
 *             the next presenter takes over: call only take_back(), read() and finally destroy() */
#ifndef SHMFLIP_VIEWER_PRESENT_PRESENT_H
#define SHMFLIP_VIEWER_PRESENT_PRESENT_H

#include <stdbool.h>
#include <stdint.h>

#include "picture.h"
#include "presenter_host.h"
#include "scene.h"

#define PRESENTERS_MAX 8
#define PRESENTER_FRAMES_MAX 4 /* that a presenter holds at once */

struct presenter {
	const char *name;
	bool needs_window;

	/* Whether the presenter shows pictures of this size at all. -EOVERFLOW: it is too large.
	 * NULL: it shows any. Takes no state, which need not exist. */
	int (*accept)(struct presenter_host *host, const struct picture *picture);

	int (*create)(struct presenter_host *host, void **state);

	/* Whether another frame may be shown now. If not, too many are on their way to the screen.
	 * NULL: always true. */
	bool (*ready)(void *state);

	/* Whether the presenter still works, as far as it knows. NULL: always 0. */
	int (*check)(void *state);

	/* Shows a picture in place of the last one. Takes its frame over only on success. */
	int (*show)(void *state, const struct picture *picture, const struct scene *scene);

	/* How often this process copied the pixels of the last picture to show it. NULL: this
	 * process never reads a pixel. */
	unsigned (*copies)(void *state);

	/* Releases the frame, but keeps its picture for repaint() and read(). Further calls for the
	 * same frame do nothing. */
	int (*release_slot)(void *state);

	/* Draws the picture again. */
	int (*repaint)(void *state, const struct scene *scene);

	/* Reads an area of the picture as 0xAARRGGBB, area.width pixels per row. The area must lie
	 * within the picture. Alpha is the frame's, not premultiplied, or 255 if it has none. */
	int (*read)(void *state, struct area area, uint32_t *pixels);

	/* Hands the current picture and its frame back to the caller, who must not release it
	 * before destroy() returns. False: it is already released. NULL: always false. */
	bool (*take_back)(void *state, struct picture *picture);

	void (*destroy)(void *state);
};

extern const struct presenter presenter_x11; /* not in every build */
extern const struct presenter presenter_surface;
extern const struct presenter presenter_texture;
extern const struct presenter presenter_none;

/* All presenters, best first: the order in which they are tried. NULL ends the list. */
extern const struct presenter *const presenters[PRESENTERS_MAX + 1];

#endif
