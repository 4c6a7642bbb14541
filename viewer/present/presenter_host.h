/* SPDX-License-Identifier: MIT
 *
 * What a presenter gets from its user: a window, functions to call, and where to write why it
 * failed. */
#ifndef SHMFLIP_VIEWER_PRESENT_PRESENTER_HOST_H
#define SHMFLIP_VIEWER_PRESENT_PRESENTER_HOST_H

#include <stdint.h>

#define PRESENTER_REASON_SIZE 256

struct SDL_Window;
struct shmflip_frame;

/* Outlives the presenter. Any thread may call its functions; only the main thread writes reason. */
struct presenter_host {
	struct SDL_Window *window; /* NULL if the presenter needs none */

	/* Takes NULL, for a picture that is no frame's. */
	void (*release_frame)(void *context, const struct shmflip_frame *frame);

	/* Call once for each frame shown, in order, when it is on screen. */
	void (*on_screen)(void *context, int64_t published_ns, int64_t now_ns);

	/* Call when ready() becomes true, or check() would fail, because of another thread. */
	void (*wake)(void *context);

	void *context;
	char reason[PRESENTER_REASON_SIZE];
};

/* Writes the reason, formatted as by printf, and returns the error. */
__attribute__((format(printf, 3, 4))) int presenter_fail(struct presenter_host *host, int error,
                                                         const char *format, ...);

/* The same for what failed in SDL, with SDL's reason if it gives one. */
int presenter_fail_in_sdl(struct presenter_host *host, int error, const char *what);

#endif
