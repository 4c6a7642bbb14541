/* SPDX-License-Identifier: MIT
 *
 * For tests of viewer/video_output: two fake presenters, which replace those of the program, and
 * fail as a test asks them to. */
#ifndef SHMFLIP_TESTS_UNIT_FAKE_PRESENTERS_H
#define SHMFLIP_TESTS_UNIT_FAKE_PRESENTERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <SDL.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "options.h"
#include "picture_copy.h"
#include "present/present.h"
#include "session.h"
#include "video_output.h"

struct fake {
	int created;
	int destroyed;
	int shown;
	int create_error;
	int show_error;
	int release_slot_error;
	int repaint_error;
	int check_error;
	int read_error;
	int kept;
	uint64_t last;   /* sequence number of the last frame shown */
	uint32_t corner; /* its first pixel */
	struct picture held;
	bool holds;
};

static struct fake fakes[2];

static inline int create_first(struct presenter_host *host, void **state)
{
	snprintf(host->reason, sizeof(host->reason), "no luck");
	fakes[0].created++;
	*state = &fakes[0];
	return fakes[0].create_error;
}

static inline int create_second(struct presenter_host *host, void **state)
{
	(void)host;
	fakes[1].created++;
	*state = &fakes[1];
	return fakes[1].create_error;
}

static inline int show(void *state, const struct picture *picture, const struct scene *scene)
{
	struct fake *fake = state;

	assert_int_equal(scene->source.width, picture->info.width);
	if (fake->show_error)
		return fake->show_error;
	fake->shown++;
	fake->last = picture->info.sequence;
	memcpy(&fake->corner, picture->pixels, sizeof(fake->corner));
	fake->held = *picture;
	fake->holds = true;
	return 0;
}

static inline int release_slot(void *state)
{
	struct fake *fake = state;

	if (fake->release_slot_error)
		return fake->release_slot_error;
	fake->kept++;
	fake->holds = false;
	return 0;
}

static inline int repaint(void *state, const struct scene *scene)
{
	(void)scene;
	return ((struct fake *)state)->repaint_error;
}

static inline int check(void *state)
{
	return ((struct fake *)state)->check_error;
}

static inline int read_pixels(void *state, struct area area, uint32_t *pixels)
{
	struct fake *fake = state;

	for (int i = 0; i < area.width * area.height && !fake->read_error; i++)
		pixels[i] = 0xff0000cc;
	return fake->read_error;
}

static inline bool take_back(void *state, struct picture *picture)
{
	struct fake *fake = state;
	bool held = fake->holds;

	*picture = fake->held;
	fake->holds = false;
	return held;
}

static inline unsigned two_copies(void *state)
{
	(void)state;
	return 2;
}

static inline void destroy(void *state)
{
	struct fake *fake = state;

	fake->destroyed++;
}

static const struct presenter first = {
	.name = "first",
	.needs_window = true,
	.create = create_first,
	.check = check,
	.show = show,
	.release_slot = release_slot,
	.repaint = repaint,
	.read = read_pixels,
	.take_back = take_back,
	.destroy = destroy,
};
static const struct presenter second = {
	.name = "second",
	.needs_window = true,
	.create = create_second,
	.show = show,
	.copies = two_copies,
	.release_slot = release_slot,
	.repaint = repaint,
	.read = read_pixels,
	.take_back = take_back,
	.destroy = destroy,
};

const struct presenter *const presenters[PRESENTERS_MAX + 1] = { &first, &second };

static inline struct picture picture_of(uint64_t sequence)
{
	static const uint32_t pixels[20 * 10] = { 0xff0000aa };
	const struct picture_info info = {
		.sequence = sequence,
		.width = 20,
		.height = 10,
		.opaque = true,
	};

	return picture_of_copy(&info, pixels);
}

static struct options options;
static struct session session;

static inline void set_up(void)
{
	memset(fakes, 0, sizeof(fakes));
	options = (struct options){ .quiet = true };
	session = (struct session){ .options = &options };
}

static inline struct video_output *set_up_output(void)
{
	struct picture picture = picture_of(7);
	struct video_output *output;

	set_up();
	assert_int_equal(video_output_create(&session, &picture, &output), 0);
	return output;
}

static inline int start_sdl(void **state)
{
	(void)state;
	setenv("SDL_VIDEODRIVER", "dummy", 1);
	return SDL_Init(SDL_INIT_VIDEO);
}

static inline int stop_sdl(void **state)
{
	(void)state;
	SDL_Quit();
	return 0;
}

#endif
