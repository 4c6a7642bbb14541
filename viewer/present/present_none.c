/* SPDX-License-Identifier: MIT
 *
 * Shows no frame, and needs no window: releases each frame at once. */
#include <errno.h>
#include <stddef.h>

#include "monotonic.h"
#include "present.h"

static int create(struct presenter_host *host, void **state)
{
	*state = host;
	return 0;
}

static int show(void *state, const struct picture *picture, const struct scene *scene)
{
	struct presenter_host *host = state;

	(void)scene;
	host->on_screen(host->context, picture->info.published_ns, monotonic_now_ns());
	host->release_frame(host->context, picture->frame);
	return 0;
}

static int release_slot(void *state)
{
	(void)state;
	return 0;
}

static int repaint(void *state, const struct scene *scene)
{
	(void)state;
	(void)scene;
	return 0;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): the type of struct presenter's read */
static int read_pixels(void *state, struct area area, uint32_t *pixels)
{
	(void)state;
	(void)area;
	(void)pixels;
	return -ENODATA;
}

static void destroy(void *state)
{
	(void)state;
}

const struct presenter presenter_none = {
	.name = "none",
	.needs_window = false,
	.create = create,
	.show = show,
	.release_slot = release_slot,
	.repaint = repaint,
	.read = read_pixels,
	.destroy = destroy,
};
