/* SPDX-License-Identifier: MIT */
#include "animation.h"

#include "dial.h"
#include "lettering.h"
#include "palette.h"

#include <stdio.h>
#include <stdlib.h>

static void draw_sky(struct canvas *canvas)
{
	for (int y = 0; y < canvas->height; y++) {
		float down = ((float)y + 0.5f) / (float)canvas->height;
		struct colour upper =
			colour_mix(colour_hex(NIGHT), colour_hex(INDIGO), fminf(1, 2 * down));
		struct colour row = colour_mix(upper, colour_hex(PLUM), fmaxf(0, 2 * down - 1));

		for (int x = 0; x < canvas->width; x++)
			canvas_blend(canvas, x, y, row, 1);
	}
}

static void draw_grid(struct canvas *canvas)
{
	enum { STEP = 40 };
	struct colour paper = colour_hex(PAPER);

	for (int x = STEP; x < canvas->width; x += STEP)
		canvas_rectangle(canvas,
		                 (struct box){ (float)x, 0, (float)x + 1, ANIMATION_HEIGHT }, paper,
		                 0.06f);
	for (int y = STEP / 2; y < canvas->height; y += STEP)
		canvas_rectangle(canvas, (struct box){ 0, (float)y, ANIMATION_WIDTH, (float)y + 1 },
		                 paper, 0.06f);
}

struct wave {
	float level, height, length; /* pixels */
	int lengths_per_loop;        /* how far it moves; negative: to the left */
	uint32_t colour;
	float alpha;
};

static void draw_wave(struct canvas *canvas, const struct wave *wave, float phase)
{
	struct colour colour = colour_hex(wave->colour);

	for (int x = 0; x < canvas->width; x++) {
		float angle = TURN * (((float)x + 0.5f) / wave->length -
		                      (float)wave->lengths_per_loop * phase);
		float edge = wave->level - wave->height * sinf(angle);
		float slope = TURN * wave->height / wave->length * cosf(angle);

		for (int y = (int)edge - 2; y < canvas->height; y++) {
			float above = (edge - ((float)y + 0.5f)) / hypotf(1, slope);
			float fade =
				2.2f * fmaxf(0, (float)y - wave->level) / (float)canvas->height;

			canvas_blend(canvas, x, y, colour,
			             wave->alpha * coverage(above) * (1 - fade));
		}
	}
}

static void draw_waves(struct canvas *canvas, float phase)
{
	static const struct wave waves[] = {
		{ 272, 15, 320, 1, 0x7a5cff, 0.38f },
		{ 296, 11, 640.0f / 3, -1, CORAL, 0.42f },
		{ 320, 8, 160, 1, AMBER, 0.5f },
	};

	for (size_t i = 0; i < sizeof(waves) / sizeof(waves[0]); i++)
		draw_wave(canvas, &waves[i], phase);
}

/* Moves 16 pixels from each frame to the next, and wraps around. Paler lines stay at its last
 * positions. */
static void draw_moving_line(struct canvas *canvas, int frame)
{
	enum { STEP = ANIMATION_WIDTH / ANIMATION_FRAMES, ECHOES = 5 };

	for (int echo = 0; echo <= ECHOES; echo++) {
		int left = (frame - echo + ANIMATION_FRAMES) % ANIMATION_FRAMES * STEP;
		struct box box = { (float)left, 0, (float)left + 2, ANIMATION_HEIGHT };

		canvas_rectangle(canvas, box, colour_hex(PAPER), 0.95f * powf(0.45f, (float)echo));
	}
}

/* Returns the brightness of a zone plate at a distance from its centre: its rings have equal area.
 * Integers make every machine draw the same few shades, which also keeps the files small. */
static float zone_brightness(int distance_squared, int frame)
{
	enum {
		CYCLE = 4000,
		PER_SQUARE_PIXEL = 8,
		PER_FRAME = 4 * CYCLE / ANIMATION_FRAMES,
		SHADES = 8
	};
	int phase = (distance_squared * PER_SQUARE_PIXEL + frame * PER_FRAME) % CYCLE;
	int shade = (abs(phase - CYCLE / 2) * 2 * SHADES - 1) / CYCLE;

	return (float)shade / (SHADES - 1);
}

static void draw_zone_plate(struct canvas *canvas, int frame)
{
	const struct point middle = { 100, 180 };
	const float radius = 58;

	for (int y = (int)(middle.y - radius) - 1; y <= (int)(middle.y + radius) + 1; y++) {
		for (int x = (int)(middle.x - radius) - 1; x <= (int)(middle.x + radius) + 1; x++) {
			int dx = x - (int)middle.x;
			int dy = y - (int)middle.y;
			float brightness = zone_brightness(dx * dx + dy * dy, frame);
			float distance = sqrtf((float)(dx * dx + dy * dy)) - radius;

			canvas_blend(canvas, x, y,
			             colour_mix(colour_hex(NIGHT), colour_hex(PAPER), brightness),
			             coverage(distance));
		}
	}
	canvas_ring(canvas, middle, radius + 4, 1.5f, colour_hex(PAPER), 0.7f);
}

static void draw_bars(struct canvas *canvas, float phase)
{
	static const uint32_t colours[] = { 0xf6f1e7, 0xffdf3f, 0x2fd8e8, 0x3fd46b,
		                            0xe255d8, 0xff4b4b, 0x3f6bff };
	enum { COUNT = sizeof(colours) / sizeof(colours[0]) };
	const float middle = 180;

	for (int i = 0; i < COUNT; i++) {
		float left = 480 + 17.5f * (float)i;
		float swing = 0.5f + 0.5f * sinf(TURN * (2 * phase - (float)i / COUNT));
		float half = 22 + 36 * swing;
		struct box track = { left, middle - 58, left + 12, middle + 58 };
		struct box bar = { left, middle - half, left + 12, middle + half };

		canvas_rounded_box(canvas, track, 6, colour_hex(PAPER), 0.08f);
		canvas_rounded_box(canvas, bar, 6, colour_hex(colours[i]), 1);
	}
}

static void draw_grey_steps(struct canvas *canvas)
{
	enum { STEPS = 9 };
	const struct box frame = { 38, 308, 164, 332 };

	canvas_rounded_box(canvas, (struct box){ 34, 304, 168, 336 }, 6, colour_hex(NIGHT), 0.85f);
	for (int i = 0; i < STEPS; i++) {
		float left = frame.left + 14 * (float)i;
		float light = (float)i / (STEPS - 1);

		canvas_rectangle(canvas, (struct box){ left, frame.top, left + 14, frame.bottom },
		                 (struct colour){ light, light, light }, 1);
	}
}

static void draw_moving_stripes(struct canvas *canvas, int frame)
{
	static const int periods[] = { 4, 8, 20 };
	enum { LEFT = 476, RIGHT = 602, TOP = 308, ROW_HEIGHT = 8 };

	canvas_rounded_box(canvas, (struct box){ 472, 304, 606, 336 }, 6, colour_hex(NIGHT), 0.85f);
	for (int y = 0; y < 3 * ROW_HEIGHT; y++) {
		int period = periods[y / ROW_HEIGHT];

		for (int x = LEFT; x < RIGHT; x++) {
			int offset = (x - LEFT + (ANIMATION_FRAMES - frame) * period / 4) % period;

			if (offset < period / 2)
				canvas_blend(canvas, x, TOP + y, colour_hex(PAPER), 1);
		}
	}
}

static void draw_text(struct canvas *canvas)
{
	const struct lettering name = {
		.size = 17, .thickness = 4, .gap = 0.46f, .colour = colour_hex(PAPER)
	};
	const struct lettering motto = {
		.size = 6.6f, .thickness = 1.3f, .gap = 0.5f, .colour = colour_hex(PAPER)
	};
	const char *const lines[] = { "frames shared,", "not copied" };

	lettering_draw(canvas, &name, "shmflip", (struct point){ 38, 62 });
	for (int i = 0; i < 2; i++) {
		float width = lettering_width(&motto, lines[i]);

		lettering_draw(canvas, &motto, lines[i],
		               (struct point){ 602 - width, 46 + 16 * (float)i });
	}
}

/* A line on the outermost pixels. */
static void draw_edge(struct canvas *canvas)
{
	struct colour paper = colour_hex(PAPER);

	canvas_rectangle(canvas, (struct box){ 0, 0, ANIMATION_WIDTH, 1 }, paper, 1);
	canvas_rectangle(canvas,
	                 (struct box){ 0, ANIMATION_HEIGHT - 1, ANIMATION_WIDTH, ANIMATION_HEIGHT },
	                 paper, 1);
	canvas_rectangle(canvas, (struct box){ 0, 1, 1, ANIMATION_HEIGHT - 1 }, paper, 1);
	canvas_rectangle(
		canvas,
		(struct box){ ANIMATION_WIDTH - 1, 1, ANIMATION_WIDTH, ANIMATION_HEIGHT - 1 },
		paper, 1);
}

void animation_draw(struct canvas *canvas, int frame)
{
	float phase = animation_phase(frame);

	draw_sky(canvas);
	draw_grid(canvas);
	draw_waves(canvas, phase);
	draw_moving_line(canvas, frame);
	draw_zone_plate(canvas, frame);
	draw_bars(canvas, phase);
	draw_grey_steps(canvas);
	draw_moving_stripes(canvas, frame);
	dial_draw(canvas, frame);
	draw_text(canvas);
	draw_edge(canvas);
}
