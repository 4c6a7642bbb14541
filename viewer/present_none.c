/* SPDX-License-Identifier: MIT
 *
 * No window: a frame is given back as soon as it is shown. */
#include <stddef.h>

#include "present.h"

static int create(struct presenter_host *host, void **state)
{
	*state = host;
	return 0;
}

static int show(void *state, const struct shmflip_frame *frame)
{
	struct presenter_host *host = state;
	struct shmflip_frame shown = *frame;

	host->give_back(host->context, &shown);
	return 0;
}

static int keep(void *state)
{
	(void)state;
	return 0;
}

static int repaint(void *state, bool stale)
{
	(void)state;
	(void)stale;
	return 0;
}

static void destroy(void *state)
{
	(void)state;
}

const struct presenter presenter_none = {
	.name = "none",
	.copies_per_frame = 0,
	.needs_window = false,
	.create = create,
	.show = show,
	.keep = keep,
	.repaint = repaint,
	.destroy = destroy,
};
