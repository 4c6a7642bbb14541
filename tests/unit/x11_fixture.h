/* SPDX-License-Identifier: MIT
 *
 * For tests of viewer/present/present_x11: a separate X server, a presenter with a window there,
 * memory like a producer's, frames of known pixels, and checks of what the window shows. */
#ifndef SHMFLIP_TESTS_UNIT_X11_FIXTURE_H
#define SHMFLIP_TESTS_UNIT_X11_FIXTURE_H

#include "x_server.h"

#include <SDL.h>
#include <SDL_syswm.h>
#include <sys/ipc.h>
#include <sys/random.h>
#include <sys/shm.h>

#include "made_frame.h"
#include "present/present.h"

#define HEADER_BYTES 4096
#define SLOT_BYTES (512 * 512 * 4)
#define SLOTS 4
#define COOKIE_BYTES 128
#define PADDING 0xffff00ff /* magenta, from the end of a row to its stride */
#define BACKGROUND 0x203040
#define CHECK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static struct x_server server;

/* Memory like a producer's. */
struct frames {
	int id;
	uint8_t *base;
	uint64_t bytes;
	struct shmflip_segment segments[SLOTS]; /* as the library describes it, for each slot */
};

struct fixture {
	struct presenter_host host;
	void *state; /* NULL: the presenter is destroyed */
	xcb_window_t window;
	struct frames frames;
	pthread_mutex_t mutex; /* protects all below, which the callbacks write */
	int released;
	int on_screen;
	int woken;
	uint64_t last_released;
	int64_t last_on_screen; /* when it was published */
	bool in_order;          /* frames came on screen and were released in order */
};

/* ---- The presenter's host ------------------------------------------------------------------ */

static inline void release_frame(void *context, const struct shmflip_frame *frame)
{
	struct fixture *fixture = context;

	pthread_mutex_lock(&fixture->mutex);
	fixture->released++;
	fixture->in_order &= frame->sequence == fixture->last_released + 1;
	fixture->last_released = frame->sequence;
	pthread_mutex_unlock(&fixture->mutex);
}

static inline void on_screen(void *context, int64_t published_ns, int64_t at_ns)
{
	struct fixture *fixture = context;

	pthread_mutex_lock(&fixture->mutex);
	fixture->on_screen++;
	fixture->in_order &=
		published_ns == fixture->last_on_screen + 1 && at_ns <= monotonic_now_ns();
	fixture->last_on_screen = published_ns;
	pthread_mutex_unlock(&fixture->mutex);
}

static inline void wake(void *context)
{
	struct fixture *fixture = context;

	pthread_mutex_lock(&fixture->mutex);
	fixture->woken++;
	pthread_mutex_unlock(&fixture->mutex);
}

static inline int count(struct fixture *fixture, const int *counter)
{
	pthread_mutex_lock(&fixture->mutex);
	int value = *counter;
	pthread_mutex_unlock(&fixture->mutex);
	return value;
}

/* Waits up to 5 s, because the server answers at any time. */
static inline void assert_reaches(struct fixture *fixture, const int *counter, int expected)
{
	for (int i = 0; i < 5000 && count(fixture, counter) != expected; i++)
		sleep_ms(1);
	assert_int_equal(count(fixture, counter), expected);
}

static inline void make_frames(struct frames *frames, uint64_t bytes)
{
	frames->bytes = bytes;
	frames->id = shmget(IPC_PRIVATE, bytes, IPC_CREAT | 0600);
	assert_true(frames->id >= 0);
	frames->base = shmat(frames->id, NULL, 0);
	assert_int_equal(shmctl(frames->id, IPC_RMID, NULL), 0);
	assert_true(frames->base != (void *)-1);
	assert_int_equal(getrandom(frames->base, COOKIE_BYTES, 0), COOKIE_BYTES);
	for (uint64_t i = 0; i < SLOTS; i++)
		frames->segments[i] = (struct shmflip_segment){
			.id = frames->id,
			.cookie_bytes = COOKIE_BYTES,
			.cookie = frames->base,
			.offset_bytes = { HEADER_BYTES + i * SLOT_BYTES },
		};
}

static inline xcb_window_t id_of(SDL_Window *window)
{
	SDL_SysWMinfo info;

	SDL_VERSION(&info.version);
	assert_true(SDL_GetWindowWMInfo(window, &info));
	return (xcb_window_t)info.info.x11.window;
}

static inline int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	pthread_mutex_init(&fixture->mutex, NULL);
	fixture->in_order = true;
	fixture->host = (struct presenter_host){
		.release_frame = release_frame,
		.on_screen = on_screen,
		.wake = wake,
		.context = fixture,
	};
	fixture->host.window = SDL_CreateWindow("test", 0, 0, 300, 200, SDL_WINDOW_BORDERLESS);
	assert_non_null(fixture->host.window);
	fixture->window = id_of(fixture->host.window);
	make_frames(&fixture->frames, HEADER_BYTES + SLOTS * (uint64_t)SLOT_BYTES);
	if (presenter_x11.create(&fixture->host, &fixture->state) < 0)
		fail_msg("%s", fixture->host.reason);
	*state = fixture;
	return 0;
}

static inline void destroy_presenter(struct fixture *fixture)
{
	if (fixture->state)
		presenter_x11.destroy(fixture->state);
	fixture->state = NULL;
}

static inline int tear_down(void **state)
{
	struct fixture *fixture = *state;

	destroy_presenter(fixture);
	SDL_DestroyWindow(fixture->host.window);
	shmdt(fixture->frames.base);
	pthread_mutex_destroy(&fixture->mutex);
	free(fixture);
	return 0;
}

/* ---- Pictures ------------------------------------------------------------------------------ */

struct shape {
	int width;
	int height;
	int stride_pixels;
	bool alpha;
};

/* A pattern that differs in every pixel and every frame. */
static inline uint32_t pixel_of(uint64_t sequence, int x, int y, bool alpha)
{
	uint32_t mixed = (uint32_t)(x * 7919 + y * 104729) * 2654435761U + (uint32_t)sequence * 977;

	return alpha ? mixed : mixed | 0xff000000;
}

/* A picture that scaling does not turn to noise. */
static inline uint32_t smooth_pixel(int x, int y, const struct shape *shape)
{
	uint32_t red = (uint32_t)(127.5 + 127 * sin(x * 0.11 + y * 0.05));
	uint32_t green = (uint32_t)(255 * x / shape->width);
	uint32_t blue = (uint32_t)(255 * y / shape->height);
	uint32_t alpha = shape->alpha ? (uint32_t)(127.5 + 127 * cos(y * 0.07)) : 255;

	return alpha << 24 | red << 16 | green << 8 | blue;
}

static inline uint32_t *slot_of(const struct fixture *fixture, uint64_t sequence)
{
	return (uint32_t *)(fixture->frames.base + HEADER_BYTES + sequence % SLOTS * SLOT_BYTES);
}

static inline struct picture describe(const struct fixture *fixture, uint64_t sequence,
                                      const struct shape *shape)
{
	return (struct picture){
		.info = {
			.sequence = sequence,
			.published_ns = (int64_t)sequence,
			.width = (uint32_t)shape->width,
			.height = (uint32_t)shape->height,
			.opaque = !shape->alpha,
		},
		.frame = made_frame(sequence),
		.segment = &fixture->frames.segments[sequence % SLOTS],
		.pixels = (const uint8_t *)slot_of(fixture, sequence),
		.stride_bytes = (uint32_t)shape->stride_pixels * 4,
	};
}

/* The fourth bytes of an opaque picture mean nothing: they are 0. */
static inline struct picture draw(const struct fixture *fixture, uint64_t sequence,
                                  const struct shape *shape, bool smooth)
{
	uint32_t defined = shape->alpha ? UINT32_MAX : 0xffffff;
	uint32_t *pixels = slot_of(fixture, sequence);

	for (int y = 0; y < shape->height; y++) {
		for (int x = 0; x < shape->stride_pixels; x++)
			pixels[y * shape->stride_pixels + x] =
				x >= shape->width ? PADDING
				: smooth          ? smooth_pixel(x, y, shape) & defined
					 : pixel_of(sequence, x, y, shape->alpha) & defined;
	}
	return describe(fixture, sequence, shape);
}

static inline struct size window_size(const struct fixture *fixture)
{
	struct size size;

	SDL_GetWindowSize(fixture->host.window, &size.width, &size.height);
	return size;
}

/* The frame 1:1, from its pixel x, y on. */
static inline struct scene plain_scene(const struct fixture *fixture, const struct shape *shape,
                                       int x, int y)
{
	return (struct scene){
		.window = window_size(fixture),
		.source = { x, y, shape->width - x, shape->height - y },
		.target = { 0, 0, shape->width - x, shape->height - y },
		.smooth = true,
		.background = { .colour = BACKGROUND },
	};
}

static inline struct scene scaled_scene(const struct fixture *fixture, struct area source,
                                        struct area target)
{
	return (struct scene){
		.window = window_size(fixture),
		.source = source,
		.target = target,
		.smooth = true,
		.background = { .colour = BACKGROUND },
	};
}

static inline int show(struct fixture *fixture, const struct picture *picture,
                       const struct scene *scene)
{
	int error = presenter_x11.show(fixture->state, picture, scene);

	if (error)
		print_message("%s\n", fixture->host.reason);
	return error;
}

/* The pixels of the window after the server has completed all requests. */
static inline uint32_t *read_window(struct fixture *fixture)
{
	struct size size = window_size(fixture);
	uint32_t pixel;

	/* The server answers this after all earlier requests of the presenter. */
	assert_int_equal(presenter_x11.read(fixture->state, (struct area){ 0, 0, 1, 1 }, &pixel),
	                 0);
	return read_drawable(&server, fixture->window, size.width, size.height);
}

static inline int channel_difference(uint32_t a, uint32_t b)
{
	int worst = 0;

	for (int shift = 0; shift < 24; shift += 8) {
		int difference = abs((int)(a >> shift & 255) - (int)(b >> shift & 255));

		worst = difference > worst ? difference : worst;
	}
	return worst;
}

static inline void assert_about(uint32_t actual, uint32_t expected, int tolerance, int x, int y)
{
	if (channel_difference(actual, expected) > tolerance)
		fail_msg("pixel %d,%d is %06x, expected %06x", x, y, actual, expected);
}

/* The window shows the frame's pixels from from_x, from_y on, and the background beside them. */
static inline void assert_plain(struct fixture *fixture, uint64_t sequence,
                                const struct shape *shape, int from_x, int from_y)
{
	struct size size = window_size(fixture);
	uint32_t *seen = read_window(fixture);

	for (int y = 0; y < size.height; y++) {
		for (int x = 0; x < size.width; x++) {
			bool inside = x + from_x < shape->width && y + from_y < shape->height;
			uint32_t expected =
				inside ? pixel_of(sequence, x + from_x, y + from_y, false)
				       : BACKGROUND;

			assert_about(seen[y * size.width + x], expected & 0xffffff, 0, x, y);
		}
	}
	free(seen);
}

static inline bool open_display(void)
{
	return start_x_server(&server) && SDL_Init(SDL_INIT_VIDEO) == 0;
}

#endif
