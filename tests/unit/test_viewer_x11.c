/* SPDX-License-Identifier: MIT
 *
 * viewer/present_x11 with a server of its own: what is on the screen is the frame, whatever its shape;
 * scaled as one would scale it oneself; and no slot is lost when the server says no, or nothing. */
#include "x_server.h"

#include <SDL.h>
#include <SDL_syswm.h>
#include <math.h>
#include <sys/ipc.h>
#include <sys/random.h>
#include <sys/shm.h>

#include "present.h"

#define HEADER_BYTES 4096
#define SLOT_BYTES (512 * 512 * 4)
#define SLOTS 4
#define CHECK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static struct x_server server;

/* Memory as a producer makes it. */
struct frames {
	int id;
	uint8_t *base;
	uint64_t bytes;
};

struct stage {
	struct presenter_host host;
	void *state; /* NULL: destroyed */
	xcb_window_t window;
	struct frames frames;
	pthread_mutex_t mutex; /* of what the callbacks write */
	int given_back;
	int on_screen;
	int woken;
	uint64_t last_given_back;
	uint64_t last_on_screen;
	bool in_order;
};

/* ---- The stage ------------------------------------------------------------------------------ */

static void give_back(void *context, struct shmflip_frame *frame)
{
	struct stage *stage = context;

	pthread_mutex_lock(&stage->mutex);
	stage->given_back++;
	stage->in_order &= frame->info.sequence == stage->last_given_back + 1;
	stage->last_given_back = frame->info.sequence;
	pthread_mutex_unlock(&stage->mutex);
}

static void on_screen(void *context, const struct shmflip_frame_info *info, int64_t at_ns)
{
	struct stage *stage = context;

	pthread_mutex_lock(&stage->mutex);
	stage->on_screen++;
	stage->in_order &= info->sequence == stage->last_on_screen + 1 && at_ns <= now_ns();
	stage->last_on_screen = info->sequence;
	pthread_mutex_unlock(&stage->mutex);
}

static void wake(void *context)
{
	struct stage *stage = context;

	pthread_mutex_lock(&stage->mutex);
	stage->woken++;
	pthread_mutex_unlock(&stage->mutex);
}

static int count(struct stage *stage, const int *counter)
{
	pthread_mutex_lock(&stage->mutex);
	int value = *counter;
	pthread_mutex_unlock(&stage->mutex);
	return value;
}

/* The server answers when it likes. */
static void assert_comes_to(struct stage *stage, const int *counter, int wanted)
{
	for (int i = 0; i < 5000 && count(stage, counter) != wanted; i++)
		nap_ms(1);
	assert_int_equal(count(stage, counter), wanted);
}

static void make_frames(struct frames *frames, uint64_t bytes)
{
	frames->bytes = bytes;
	frames->id = shmget(IPC_PRIVATE, bytes, IPC_CREAT | 0600);
	assert_true(frames->id >= 0);
	frames->base = shmat(frames->id, NULL, 0);
	assert_int_equal(shmctl(frames->id, IPC_RMID, NULL), 0);
	assert_true(frames->base != (void *)-1);
	assert_int_equal(getrandom(frames->base, SHMFLIP_SEGMENT_COOKIE_SIZE, 0),
	                 SHMFLIP_SEGMENT_COOKIE_SIZE);
}

static xcb_window_t id_of(SDL_Window *window)
{
	SDL_SysWMinfo info;

	SDL_VERSION(&info.version);
	assert_true(SDL_GetWindowWMInfo(window, &info));
	return (xcb_window_t)info.info.x11.window;
}

static int set_up(void **state)
{
	struct stage *stage = calloc(1, sizeof(*stage));

	pthread_mutex_init(&stage->mutex, NULL);
	stage->in_order = true;
	stage->host = (struct presenter_host){
		.give_back = give_back, .on_screen = on_screen, .wake = wake, .context = stage
	};
	stage->host.window = SDL_CreateWindow("test", 0, 0, 300, 200, SDL_WINDOW_BORDERLESS);
	assert_non_null(stage->host.window);
	stage->window = id_of(stage->host.window);
	make_frames(&stage->frames, HEADER_BYTES + SLOTS * (uint64_t)SLOT_BYTES);
	if (presenter_x11.create(&stage->host, &stage->state) < 0)
		fail_msg("%s", stage->host.reason);
	*state = stage;
	return 0;
}

static void end(struct stage *stage)
{
	if (stage->state)
		presenter_x11.destroy(stage->state);
	stage->state = NULL;
}

static int tear_down(void **state)
{
	struct stage *stage = *state;

	end(stage);
	SDL_DestroyWindow(stage->host.window);
	shmdt(stage->frames.base);
	pthread_mutex_destroy(&stage->mutex);
	free(stage);
	return 0;
}

/* ---- Pictures -------------------------------------------------------------------------------- */

struct shape {
	int width;
	int height;
	int stride_pixels;
	bool alpha;
};

/* A pattern that differs in every pixel and every frame. Its padding is loud. */
static uint32_t pixel_of(uint64_t sequence, int x, int y, bool alpha)
{
	uint32_t mixed = (uint32_t)(x * 7919 + y * 104729) * 2654435761U + (uint32_t)sequence * 977;

	return alpha ? mixed : mixed | 0xff000000;
}

/* A picture that scaling does not turn into noise. */
static uint32_t smooth_pixel(int x, int y, const struct shape *shape)
{
	uint32_t red = (uint32_t)(127.5 + 127 * sin(x * 0.11 + y * 0.05));
	uint32_t green = (uint32_t)(255 * x / shape->width);
	uint32_t blue = (uint32_t)(255 * y / shape->height);
	uint32_t alpha = shape->alpha ? (uint32_t)(127.5 + 127 * cos(y * 0.07)) : 255;

	return alpha << 24 | red << 16 | green << 8 | blue;
}

static uint32_t *slot_of(const struct stage *stage, uint64_t sequence)
{
	return (uint32_t *)(stage->frames.base + HEADER_BYTES + sequence % SLOTS * SLOT_BYTES);
}

static struct shmflip_frame describe(const struct stage *stage, uint64_t sequence,
                                     const struct shape *shape)
{
	const uint8_t *pixels = (const uint8_t *)slot_of(stage, sequence);

	return (struct shmflip_frame){
		.pixels = pixels,
		.info = {
			.sequence = sequence,
			.width = (uint32_t)shape->width,
			.height = (uint32_t)shape->height,
			.stride_bytes = (uint32_t)shape->stride_pixels * 4,
			.format = shape->alpha ? SHMFLIP_FORMAT_ARGB8888 : SHMFLIP_FORMAT_XRGB8888,
		},
		.segment_id = stage->frames.id,
		.segment_offset = (uint64_t)(pixels - stage->frames.base),
	};
}

static struct shmflip_frame draw(const struct stage *stage, uint64_t sequence,
                                 const struct shape *shape, bool smooth)
{
	uint32_t *pixels = slot_of(stage, sequence);

	for (int y = 0; y < shape->height; y++) {
		for (int x = 0; x < shape->stride_pixels; x++)
			pixels[y * shape->stride_pixels + x] =
				x >= shape->width ? 0xffff00ff
				: smooth          ? smooth_pixel(x, y, shape)
						  : pixel_of(sequence, x, y, shape->alpha);
	}
	return describe(stage, sequence, shape);
}

static struct size window_size(const struct stage *stage)
{
	struct size size;

	SDL_GetWindowSize(stage->host.window, &size.width, &size.height);
	return size;
}

/* 1:1 from a corner of the frame on. */
static struct scene plain(const struct stage *stage, const struct shape *shape, int x, int y)
{
	return (struct scene){
		.window = window_size(stage),
		.source = { x, y, shape->width - x, shape->height - y },
		.target = { 0, 0, shape->width - x, shape->height - y },
		.smooth = true,
		.background = { .colour = 0x203040 },
	};
}

static struct scene scaled(const struct stage *stage, struct area source, struct area target)
{
	return (struct scene){
		.window = window_size(stage),
		.source = source,
		.target = target,
		.smooth = true,
		.background = { .colour = 0x203040 },
	};
}

static int show(struct stage *stage, const struct shmflip_frame *frame, const struct scene *scene)
{
	int result = presenter_x11.show(stage->state, frame, scene);

	if (result < 0)
		print_message("%s\n", stage->host.reason);
	return result;
}

/* What the window holds after all that was asked for has been done. */
static uint32_t *look(struct stage *stage)
{
	struct size size = window_size(stage);
	uint32_t pixel;

	/* An answer to this connection comes after what was asked for before it. */
	assert_int_equal(presenter_x11.read(stage->state, (struct area){ 0, 0, 1, 1 }, &pixel), 0);
	return look_at(&server, stage->window, size.width, size.height);
}

static int channel_difference(uint32_t a, uint32_t b)
{
	int worst = 0;

	for (int shift = 0; shift < 24; shift += 8) {
		int difference = abs((int)(a >> shift & 255) - (int)(b >> shift & 255));

		worst = difference > worst ? difference : worst;
	}
	return worst;
}

static void assert_about(uint32_t got, uint32_t wanted, int tolerance, int x, int y)
{
	if (channel_difference(got, wanted) > tolerance)
		fail_msg("at %d,%d there is %06x instead of %06x", x, y, got, wanted);
}

/* The frame's pixels from x, y on, then the background. */
static void assert_plain(struct stage *stage, uint64_t sequence, const struct shape *shape,
                         int from_x, int from_y)
{
	struct size size = window_size(stage);
	uint32_t *seen = look(stage);

	for (int y = 0; y < size.height; y++) {
		for (int x = 0; x < size.width; x++) {
			bool inside = x + from_x < shape->width && y + from_y < shape->height;
			uint32_t wanted = inside ? pixel_of(sequence, x + from_x, y + from_y, false)
			                         : 0x203040;

			assert_about(seen[y * size.width + x], wanted & 0xffffff, 0, x, y);
		}
	}
	free(seen);
}

/* ---- 1:1 -------------------------------------------------------------------------------------- */

static void every_byte_is_shown(void **state)
{
	static const struct shape shapes[] = {
		{ 300, 200, 300, false }, { 1, 1, 1, false },      { 1, 1, 16, false },
		{ 299, 199, 301, false }, { 7, 200, 16, false },   { 333, 3, 512, false },
		{ 512, 512, 512, false }, { 101, 57, 101, false },
	};
	struct stage *stage = *state;

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct shmflip_frame frame = draw(stage, i + 1, &shapes[i], false);
		struct scene scene = plain(stage, &shapes[i], 0, 0);

		assert_int_equal(show(stage, &frame, &scene), 0);
		assert_plain(stage, i + 1, &shapes[i], 0, 0);
	}
	assert_comes_to(stage, &stage->on_screen, 8);
	assert_comes_to(stage, &stage->given_back, 7);
	end(stage);
	assert_int_equal(stage->given_back, 8);
	assert_true(stage->in_order);
}

static void panned_picture_starts_elsewhere(void **state)
{
	const struct shape shape = { 500, 400, 512, false };
	struct stage *stage = *state;
	struct shmflip_frame frame = draw(stage, 1, &shape, false);
	struct scene scene = plain(stage, &shape, 0, 0);

	assert_int_equal(show(stage, &frame, &scene), 0);
	for (int i = 1; i <= 200; i += 33) {
		scene = plain(stage, &shape, i, 2 * i - 1);
		assert_int_equal(presenter_x11.repaint(stage->state, &scene), 0);
		assert_plain(stage, 1, &shape, i, 2 * i - 1);
	}
}

static void picture_beside_the_window_is_nowhere(void **state)
{
	const struct shape shape = { 100, 80, 112, false };
	struct stage *stage = *state;
	struct shmflip_frame frame = draw(stage, 1, &shape, false);
	struct scene scene = plain(stage, &shape, 0, 0);

	for (int i = 0; i < 4; i++) {
		scene.target.x = i == 0 ? -100 : i == 1 ? 300 : 0;
		scene.target.y = i == 2 ? -500 : i == 3 ? 5000 : 0;
		frame.info.sequence = (uint64_t)i + 1;
		assert_int_equal(show(stage, &frame, &scene), 0);
		uint32_t *seen = look(stage);
		for (int k = 0; k < 300 * 200; k++)
			assert_int_equal(seen[k], 0x203040);
		free(seen);
	}
	assert_comes_to(stage, &stage->on_screen, 4);
}

static void many_frames_come_back_in_order(void **state)
{
	const struct shape shape = { 300, 200, 304, false };
	struct stage *stage = *state;
	struct scene scene = plain(stage, &shape, 0, 0);

	for (uint64_t i = 1; i <= 300; i++) {
		while (!presenter_x11.ready(stage->state))
			nap_ms(1);
		struct shmflip_frame frame = draw(stage, i, &shape, false);
		assert_int_equal(show(stage, &frame, &scene), 0);
	}
	assert_plain(stage, 300, &shape, 0, 0);
	end(stage);
	assert_int_equal(stage->on_screen, 300);
	assert_int_equal(stage->given_back, 300);
	assert_true(stage->in_order);
}

static void kept_picture_needs_no_slot(void **state)
{
	const struct shape shape = { 300, 200, 300, false };
	struct stage *stage = *state;
	struct shmflip_frame frame = draw(stage, 1, &shape, false);
	struct scene scene = plain(stage, &shape, 0, 0);

	assert_int_equal(show(stage, &frame, &scene), 0);
	assert_int_equal(presenter_x11.keep(stage->state), 0);
	assert_int_equal(presenter_x11.keep(stage->state), 0);
	assert_comes_to(stage, &stage->given_back, 1);
	assert_false(presenter_x11.yield(stage->state, &frame));
	memset(slot_of(stage, 1), 0, SLOT_BYTES);
	for (int i = 0; i < 3; i++) {
		scene = plain(stage, &shape, i, i);
		assert_int_equal(presenter_x11.repaint(stage->state, &scene), 0);
		assert_plain(stage, 1, &shape, i, i);
	}
	/* And on with the next. */
	frame = draw(stage, 2, &shape, false);
	scene = plain(stage, &shape, 0, 0);
	assert_int_equal(show(stage, &frame, &scene), 0);
	assert_plain(stage, 2, &shape, 0, 0);
	end(stage);
	assert_int_equal(stage->given_back, 2);
}

static void read_gives_the_frame(void **state)
{
	struct shape shape = { 33, 17, 48, true };
	struct stage *stage = *state;
	uint32_t pixels[33 * 17];

	for (uint64_t i = 1; i <= 4; i++) {
		shape.alpha = i % 2 != 0;
		struct shmflip_frame frame = draw(stage, i, &shape, false);
		struct scene scene = plain(stage, &shape, 0, 0);

		assert_int_equal(show(stage, &frame, &scene), 0);
		if (i > 2)
			assert_int_equal(presenter_x11.keep(stage->state), 0);
		assert_int_equal(
			presenter_x11.read(stage->state, (struct area){ 1, 2, 32, 15 }, pixels), 0);
		for (int y = 0; y < 15; y++) {
			for (int x = 0; x < 32; x++)
				assert_int_equal(pixels[y * 32 + x],
				                 pixel_of(i, x + 1, y + 2, shape.alpha));
		}
	}
}

/* ---- Scaled ------------------------------------------------------------------------------------ */

struct colour {
	double channel[3];
};

static double channel_of(uint32_t pixel, int i)
{
	return pixel >> (16 - 8 * i) & 255;
}

static int clamped(int value, int limit)
{
	return value < 0 ? 0 : value >= limit ? limit - 1 : value;
}

static int halved_side(int side, int halvings)
{
	return halvings == 0 ? side : halved_side((side + 1) / 2, halvings - 1);
}

/* A pixel of the picture after it has been halved so often, each time to the mean of four. */
static struct colour level(const struct shape *shape, int x, int y, int halvings)
{
	struct colour sum = { { 0 } };

	if (halvings == 0) {
		for (int c = 0; c < 3; c++)
			sum.channel[c] = channel_of(smooth_pixel(x, y, shape), c);
		return sum;
	}
	for (int i = 0; i < 4; i++) {
		struct colour one = level(
			shape, clamped(2 * x + i % 2, halved_side(shape->width, halvings - 1)),
			clamped(2 * y + i / 2, halved_side(shape->height, halvings - 1)),
			halvings - 1);

		for (int c = 0; c < 3; c++)
			sum.channel[c] += one.channel[c] / 4;
	}
	return sum;
}

/* What is at a point of the picture, in pixels of it. */
static uint32_t bilinear(const struct shape *shape, double x, double y, int halvings)
{
	double u = x / (1 << halvings) - 0.5;
	double v = y / (1 << halvings) - 0.5;
	double fu = u - floor(u);
	double fv = v - floor(v);
	int width = halved_side(shape->width, halvings);
	int height = halved_side(shape->height, halvings);
	uint32_t result = 0;
	struct colour corner[4];

	for (int i = 0; i < 4; i++)
		corner[i] = level(shape, clamped((int)floor(u) + i % 2, width),
		                  clamped((int)floor(v) + i / 2, height), halvings);
	for (int c = 0; c < 3; c++) {
		double top = corner[0].channel[c] * (1 - fu) + corner[1].channel[c] * fu;
		double bottom = corner[2].channel[c] * (1 - fu) + corner[3].channel[c] * fu;

		result = result << 8 | (uint32_t)(top * (1 - fv) + bottom * fv + 0.5);
	}
	return result;
}

static void assert_scaled(struct stage *stage, const struct shape *shape, const struct scene *scene,
                          int halvings, int tolerance)
{
	struct area source = scene->source;
	struct area target = scene->target;
	uint32_t *seen = look(stage);

	for (int y = 0; y < scene->window.height; y++) {
		for (int x = 0; x < scene->window.width; x++) {
			bool inside = x >= target.x && y >= target.y &&
			              x < target.x + target.width && y < target.y + target.height;
			double at_x = source.x + (x + 0.5 - target.x) * source.width / target.width;
			double at_y =
				source.y + (y + 0.5 - target.y) * source.height / target.height;
			uint32_t wanted = inside ? bilinear(shape, at_x, at_y, halvings) : 0x203040;

			assert_about(seen[y * scene->window.width + x], wanted, tolerance, x, y);
		}
	}
	free(seen);
}

static void scaling_is_what_one_would_do_oneself(void **state)
{
	static const struct shape shape = { 400, 300, 416, false };
	static const struct {
		struct area source;
		struct area target;
		int halvings;
	} cases[] = {
		{ { 0, 0, 400, 300 }, { 17, 0, 266, 200 }, 0 },
		{ { 0, 0, 400, 300 }, { 50, 25, 200, 150 }, 1 },
		{ { 0, 0, 400, 300 }, { 3, 5, 133, 100 }, 1 },
		{ { 0, 0, 400, 300 }, { 100, 50, 57, 43 }, 2 },
		{ { 0, 0, 400, 300 }, { 100, 50, 8, 6 }, 5 },
		{ { 100, 120, 40, 30 }, { -20, -15, 400, 300 }, 0 },
		{ { 0, 0, 3, 2 }, { 0, 0, 300, 200 }, 0 },
		{ { 390, 290, 10, 10 }, { 0, 0, 200, 200 }, 0 },
	};
	struct stage *stage = *state;
	struct shmflip_frame frame = draw(stage, 1, &shape, true);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene scene = scaled(stage, cases[i].source, cases[i].target);

		frame.info.sequence = i + 1;
		assert_int_equal(show(stage, &frame, &scene), 0);
		assert_scaled(stage, &shape, &scene, cases[i].halvings, 3);
	}
}

static void nearest_is_exact(void **state)
{
	static const struct shape shape = { 60, 40, 64, false };
	struct stage *stage = *state;
	struct shmflip_frame frame = draw(stage, 1, &shape, false);
	struct scene scene =
		scaled(stage, (struct area){ 10, 5, 22, 15 }, (struct area){ -9, -4, 330, 225 });

	scene.smooth = false;
	assert_int_equal(show(stage, &frame, &scene), 0);
	uint32_t *seen = look(stage);
	for (int y = 0; y < 200; y++) {
		for (int x = 0; x < 300; x++)
			assert_about(seen[y * 300 + x],
			             pixel_of(1, 10 + (x + 9) / 15, 5 + (y + 4) / 15, false) &
			                     0xffffff,
			             0, x, y);
	}
	free(seen);
}

/* ---- Alpha, panels, staleness -------------------------------------------------------------------- */

static uint32_t blended(uint32_t pixel, uint32_t under)
{
	double alpha = (pixel >> 24) / 255.0;
	uint32_t result = 0;

	for (int c = 0; c < 3; c++)
		result = result << 8 | (uint32_t)(channel_of(pixel, c) * alpha +
		                                  channel_of(under, c) * (1 - alpha) + 0.5);
	return result;
}

static void alpha_is_blended_over_the_background(void **state)
{
	static const struct shape shape = { 200, 150, 208, true };
	struct stage *stage = *state;

	for (uint64_t i = 1; i <= 3; i++) {
		struct shmflip_frame frame = draw(stage, i, &shape, false);
		struct scene scene = plain(stage, &shape, 0, 0);

		scene.background.checker = i % 2 == 0;
		assert_int_equal(show(stage, &frame, &scene), 0);
		uint32_t *seen = look(stage);
		for (int y = 0; y < 200; y++) {
			for (int x = 0; x < 300; x++) {
				uint32_t under = background_at(scene.background, x, y);
				uint32_t wanted = x < 200 && y < 150
				                          ? blended(pixel_of(i, x, y, true), under)
				                          : under;

				assert_about(seen[y * 300 + x], wanted & 0xffffff, 2, x, y);
			}
		}
		free(seen);
	}
}

/* Between a clear pixel and a full one there is nothing of the clear one's colour. */
static void hidden_colours_stay_hidden_when_scaled(void **state)
{
	static const struct shape shape = { 2, 1, 2, true };
	struct stage *stage = *state;
	struct shmflip_frame frame = draw(stage, 1, &shape, false);
	struct scene scene =
		scaled(stage, (struct area){ 0, 0, 2, 1 }, (struct area){ 0, 0, 300, 200 });

	slot_of(stage, 1)[0] = 0x00ff0000;
	slot_of(stage, 1)[1] = 0xff0000ff;
	scene.background.colour = 0;
	assert_int_equal(show(stage, &frame, &scene), 0);
	uint32_t *seen = look(stage);
	for (int x = 0; x < 300; x++)
		assert_int_equal(seen[x] & 0xff0000, 0);
	assert_true(seen[150] & 0xff);
	free(seen);
}

static struct panel panel_at(int x, int y, const uint32_t *pixels, uint64_t revision)
{
	return (struct panel){ { x, y, 40, 30 }, pixels, revision };
}

static void assert_panels(struct stage *stage, uint64_t sequence, const struct shape *shape,
                          const struct scene *scene)
{
	uint32_t *seen = look(stage);

	for (int y = 0; y < 200; y++) {
		for (int x = 0; x < 300; x++) {
			uint32_t wanted = pixel_of(sequence, x, y, shape->alpha) & 0xffffff;

			for (size_t i = 0; i < scene->panel_count; i++) {
				struct area area = scene->panels[i].area;
				int at_x = x - area.x;
				int at_y = y - area.y;

				if (at_x >= 0 && at_y >= 0 && at_x < 40 && at_y < 30)
					wanted = scene->panels[i].pixels[at_y * 40 + at_x] &
					         0xffffff;
			}
			assert_about(seen[y * 300 + x], wanted, 0, x, y);
		}
	}
	free(seen);
}

static void panels_lie_over_frames(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	struct stage *stage = *state;
	struct scene scene = plain(stage, &shape, 0, 0);
	uint32_t pixels[3][40 * 30];

	for (uint32_t i = 0; i < 3 * 40 * 30; i++)
		pixels[i / 1200][i % 1200] = 0xff000000 | i * 41;
	for (uint64_t i = 1; i <= 8; i++) {
		struct shmflip_frame frame = draw(stage, i, &shape, false);

		/* None, one, three of which two overlap and one sticks out, others in their
		 * places, one as before, none. */
		scene.panel_count = i < 2 || i > 7 ? 0 : i < 4 ? 1 : 3;
		scene.panels[0] = panel_at(10, 20, pixels[i > 4], i > 4 ? 2 : 1);
		scene.panels[1] = panel_at(30, 40, pixels[i > 4 ? 2 : 1], i > 4 ? 3 : 2);
		scene.panels[2] = panel_at(280, -10, pixels[i > 5], i > 5 ? 2 : 1);
		assert_int_equal(show(stage, &frame, &scene), 0);
		assert_panels(stage, i, &shape, &scene);
		assert_int_equal(presenter_x11.repaint(stage->state, &scene), 0);
		assert_panels(stage, i, &shape, &scene);
	}
}

static void stale_picture_is_marked_until_the_next(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	struct stage *stage = *state;
	struct shmflip_frame frame = draw(stage, 1, &shape, false);
	struct scene scene = plain(stage, &shape, 0, 0);

	assert_int_equal(show(stage, &frame, &scene), 0);
	assert_int_equal(presenter_x11.keep(stage->state), 0);
	scene.stale = true;
	assert_int_equal(presenter_x11.repaint(stage->state, &scene), 0);
	uint32_t *seen = look(stage);
	for (int i = 0; i < 300 * 200; i++) {
		uint32_t pixel = pixel_of(1, i % 300, i / 300, false);
		uint32_t wanted = i / 300 < 200 - STALE_BAR_PIXELS ? pixel >> 1 & 0x7f7f7f
		                                                   : STALE_BAR_GREY * 0x010101;

		assert_about(seen[i], wanted, 2, i % 300, i / 300);
	}
	free(seen);
	scene.stale = false;
	frame = draw(stage, 2, &shape, false);
	assert_int_equal(show(stage, &frame, &scene), 0);
	assert_plain(stage, 2, &shape, 0, 0);
}

/* ---- What goes wrong ------------------------------------------------------------------------------ */

static void segment_that_is_not_there_is_refused(void **state)
{
	static const struct shape shape = { 30, 20, 32, false };
	struct stage *stage = *state;
	struct shmflip_frame frame = draw(stage, 1, &shape, false);
	struct scene scene = plain(stage, &shape, 0, 0);

	frame.segment_id = 0x7ffffff0;
	assert_int_equal(show(stage, &frame, &scene), -EACCES);
	assert_non_null(strstr(stage->host.reason, "may not attach"));
	/* The frame is the caller's; a good one can follow. */
	assert_int_equal(stage->given_back, 0);
	frame.segment_id = stage->frames.id;
	assert_int_equal(show(stage, &frame, &scene), 0);
	end(stage);
	assert_int_equal(stage->given_back, 1);
}

static void other_memory_under_the_same_id_is_refused(void **state)
{
	static const struct shape shape = { 30, 20, 32, false };
	struct stage *stage = *state;
	struct shmflip_frame frame = draw(stage, 1, &shape, false);
	struct scene scene = plain(stage, &shape, 0, 0);
	struct frames other;

	make_frames(&other, HEADER_BYTES + SLOT_BYTES);
	frame.segment_id = other.id;
	assert_int_equal(show(stage, &frame, &scene), -EXDEV);
	assert_non_null(strstr(stage->host.reason, "IPC namespace"));
	shmdt(other.base);
	make_frames(&other, 16);
	frame.segment_id = other.id;
	assert_int_equal(show(stage, &frame, &scene), -EXDEV);
	shmdt(other.base);
	assert_int_equal(stage->given_back, 0);
}

static void generations_follow_each_other(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	struct stage *stage = *state;
	struct scene scene = plain(stage, &shape, 0, 0);
	struct frames old = stage->frames;
	struct shmid_ds status;

	for (uint64_t i = 1; i <= 6; i++) {
		struct shmflip_frame frame = draw(stage, i, &shape, false);

		assert_int_equal(show(stage, &frame, &scene), 0);
		assert_plain(stage, i, &shape, 0, 0);
		if (i % 2 == 0) {
			old = stage->frames;
			make_frames(&stage->frames, old.bytes);
			shmdt(old.base);
		}
	}
	/* The server has let the old ones go, but for the last. */
	assert_int_equal(presenter_x11.keep(stage->state), 0);
	assert_comes_to(stage, &stage->given_back, 6);
	for (int i = 0; i < 5000 && shmctl(old.id, IPC_STAT, &status) == 0; i++)
		nap_ms(1);
	assert_int_equal(shmctl(old.id, IPC_STAT, &status), -1);
}

/* Beyond 4 GiB the server would read from elsewhere, without a word. */
static void offsets_end_at_4_gib(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	const uint64_t limit = UINT64_C(1) << 32;
	struct stage *stage = *state;
	struct scene scene = plain(stage, &shape, 0, 0);
	struct shmflip_frame frame;

	shmdt(stage->frames.base);
	make_frames(&stage->frames, limit + SLOT_BYTES); /* a few pages of it are touched */
	for (uint64_t i = 1; i <= 2; i++) {
		uint64_t offset = limit - 4096 * (2 - i);

		frame = draw(stage, i, &shape, false);
		memcpy(stage->frames.base + offset, frame.pixels, 300 * 200 * 4);
		frame.pixels = stage->frames.base + offset;
		frame.segment_offset = offset;
		if (i == 1) {
			assert_int_equal(show(stage, &frame, &scene), 0);
			assert_plain(stage, 1, &shape, 0, 0);
		} else {
			assert_int_equal(show(stage, &frame, &scene), -EOVERFLOW);
		}
	}
}

static void sides_end_where_x_does(void **state)
{
	static const struct shape wide = { 32767, 1, 32767, false };
	static const struct shape long_rows = { 10, 1, 65536, false };
	static const struct shape widest = { 32766, 2, 65535, false };
	struct stage *stage = *state;
	struct shmflip_frame frame = describe(stage, 1, &wide);
	struct scene scene = plain(stage, &wide, 0, 0);

	assert_int_equal(show(stage, &frame, &scene), -EOVERFLOW);
	frame = describe(stage, 1, &long_rows);
	assert_int_equal(show(stage, &frame, &scene), -EOVERFLOW);
	frame = draw(stage, 1, &widest, false);
	scene = plain(stage, &widest, 0, 0);
	assert_int_equal(show(stage, &frame, &scene), 0);
	assert_plain(stage, 1, &widest, 0, 0);
	scene = plain(stage, &widest, 32700, 0);
	assert_int_equal(presenter_x11.keep(stage->state), 0);
	assert_int_equal(presenter_x11.repaint(stage->state, &scene), 0);
	assert_plain(stage, 1, &widest, 32700, 0);
}

static void slow_server_keeps_its_slots(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	struct stage *stage = *state;
	struct shmflip_frame frame = draw(stage, 1, &shape, false);
	struct scene scene = plain(stage, &shape, 0, 0);

	assert_int_equal(show(stage, &frame, &scene), 0);
	assert_comes_to(stage, &stage->on_screen, 1);
	kill(server.pid, SIGSTOP);
	for (uint64_t i = 2; i <= 3; i++) {
		frame = draw(stage, i, &shape, false);
		assert_int_equal(show(stage, &frame, &scene), 0);
	}
	assert_false(presenter_x11.ready(stage->state));
	nap_ms(50);
	assert_int_equal(count(stage, &stage->on_screen), 1);
	assert_int_equal(count(stage, &stage->given_back), 1);
	kill(server.pid, SIGCONT);
	assert_comes_to(stage, &stage->on_screen, 3);
	assert_comes_to(stage, &stage->given_back, 2);
	assert_true(presenter_x11.ready(stage->state));
}

/* ---- What SDL does not survive, in processes of their own ---- */

static void window_that_is_gone_loses_no_slot(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	struct stage *stage = *state;
	struct shmflip_frame frame = draw(stage, 1, &shape, false);
	struct scene scene = plain(stage, &shape, 0, 0);

	assert_int_equal(show(stage, &frame, &scene), 0);
	assert_comes_to(stage, &stage->on_screen, 1);
	xcb_destroy_window(server.eye, stage->window);
	free(look_at(&server, stage->window, 1, 1));
	frame = draw(stage, 2, &shape, false);
	assert_int_equal(show(stage, &frame, &scene), 0);
	assert_comes_to(stage, &stage->on_screen, 2);
	frame = draw(stage, 3, &shape, false);
	assert_int_equal(show(stage, &frame, &scene), -EIO);
	assert_non_null(strstr(stage->host.reason, "refused"));
	end(stage);
	assert_int_equal(stage->given_back, 2);
}

/* Whatever is asked of it after that; and the next presenter can have the frame. */
static void refusal_is_told_once_heard(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	struct stage *stage = *state;
	struct shmflip_frame frame = draw(stage, 1, &shape, false), left;
	struct scene scene = plain(stage, &shape, 0, 0);
	uint32_t pixel;

	assert_int_equal(show(stage, &frame, &scene), 0);
	assert_comes_to(stage, &stage->on_screen, 1);
	assert_int_equal(presenter_x11.check(stage->state), 0);
	assert_int_equal(stage->woken, 0);
	xcb_destroy_window(server.eye, stage->window);
	free(look_at(&server, stage->window, 1, 1));
	frame = draw(stage, 2, &shape, false);
	assert_int_equal(show(stage, &frame, &scene), 0);
	assert_comes_to(stage, &stage->woken, 1);
	assert_int_equal(presenter_x11.check(stage->state), -EIO);
	assert_non_null(strstr(stage->host.reason, "refused"));
	assert_int_equal(presenter_x11.keep(stage->state), -EIO);
	assert_int_equal(presenter_x11.repaint(stage->state, &scene), -EIO);
	assert_int_equal(presenter_x11.read(stage->state, (struct area){ 0, 0, 1, 1 }, &pixel),
	                 -EIO);
	assert_true(presenter_x11.yield(stage->state, &left));
	assert_int_equal(left.info.sequence, 2);
	assert_ptr_equal(left.pixels, frame.pixels);
	assert_false(presenter_x11.yield(stage->state, &left));
	end(stage);
	assert_int_equal(stage->given_back, 1);
}

static void server_that_dies_loses_no_slot(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	struct stage *stage = *state;
	struct shmflip_frame frame = draw(stage, 1, &shape, false);
	struct scene scene = plain(stage, &shape, 0, 0);

	assert_int_equal(show(stage, &frame, &scene), 0);
	assert_comes_to(stage, &stage->on_screen, 1);
	kill(server.pid, SIGSTOP);
	for (uint64_t i = 2; i <= 3; i++) {
		frame = draw(stage, i, &shape, false);
		assert_int_equal(show(stage, &frame, &scene), 0);
	}
	assert_int_equal(count(stage, &stage->given_back), 1);
	kill(server.pid, SIGKILL);
	assert_comes_to(stage, &stage->given_back, 2);
	frame = draw(stage, 4, &shape, false);
	assert_int_equal(show(stage, &frame, &scene), -EIO);
	assert_non_null(strstr(stage->host.reason, "gone"));
	end(stage);
	assert_int_equal(stage->given_back, 3);
}

/* ---- All of it ---- */

static bool open_display(void)
{
	if (!start_x_server(&server))
		return false;
	setenv("DISPLAY", server.display, 1);
	setenv("SDL_VIDEODRIVER", "x11", 1);
	return SDL_Init(SDL_INIT_VIDEO) == 0;
}

/* SDL's window is left as it is: there is nothing to close. */
static int run_apart(void *test)
{
	const struct CMUnitTest tests[] = { *(const struct CMUnitTest *)test };
	int failed = !open_display() || cmocka_run_group_tests(tests, NULL, NULL) != 0;

	stop_x_server(&server);
	return failed;
}

int main(void)
{
	struct CMUnitTest apart[] = {
		cmocka_unit_test_setup(window_that_is_gone_loses_no_slot, set_up),
		cmocka_unit_test_setup(refusal_is_told_once_heard, set_up),
		cmocka_unit_test_setup(server_that_dies_loses_no_slot, set_up),
	};
	const struct CMUnitTest tests[] = {
		CHECK(every_byte_is_shown),
		CHECK(panned_picture_starts_elsewhere),
		CHECK(picture_beside_the_window_is_nowhere),
		CHECK(many_frames_come_back_in_order),
		CHECK(kept_picture_needs_no_slot),
		CHECK(read_gives_the_frame),
		CHECK(scaling_is_what_one_would_do_oneself),
		CHECK(nearest_is_exact),
		CHECK(alpha_is_blended_over_the_background),
		CHECK(hidden_colours_stay_hidden_when_scaled),
		CHECK(panels_lie_over_frames),
		CHECK(stale_picture_is_marked_until_the_next),
		CHECK(segment_that_is_not_there_is_refused),
		CHECK(other_memory_under_the_same_id_is_refused),
		CHECK(generations_follow_each_other),
		CHECK(offsets_end_at_4_gib),
		CHECK(sides_end_where_x_does),
		CHECK(slow_server_keeps_its_slots),
	};
	int failed = 0;

	if (!start_x_server(&server)) {
		printf("Xvfb is not installed, or does not start\n");
		return 77;
	}
	stop_x_server(&server);
	for (size_t i = 0; i < sizeof(apart) / sizeof(apart[0]); i++) {
		int status;

		waitpid(start(run_apart, &apart[i]), &status, 0);
		failed += status != 0;
	}
	assert_true(open_display());
	failed += cmocka_run_group_tests(tests, NULL, NULL);
	SDL_Quit();
	stop_x_server(&server);
	return failed;
}
