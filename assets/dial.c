/* SPDX-License-Identifier: MIT */
#include "dial.h"

#include "animation_loop.h"
#include "lettering.h"
#include "palette.h"

#include <stdio.h>

static const struct point centre = { ANIMATION_WIDTH / 2.0f, ANIMATION_HEIGHT / 2.0f };

static struct point on_circle(float radius, float turns)
{
	return (struct point){ centre.x + radius * sinf(TURN * turns),
		               centre.y - radius * cosf(TURN * turns) };
}

/* Returns how long ago the hand passed an angle. All three are in turns. */
static float turns_since(float turns, float phase)
{
	float since = phase - turns;

	return since - floorf(since);
}

/* Returns the colour of the blade that the hand passed frames_ago. */
static struct colour blade_colour(int frames_ago)
{
	float since = (float)frames_ago / ANIMATION_FRAMES;
	struct colour tail =
		colour_mix(colour_hex(MINT), colour_hex(VIOLET), fminf(1, since * 1.7f));

	return colour_mix(colour_hex(NIGHT), tail, 0.62f * powf(1 - since, 2.2f));
}

/* The fan has one blade per frame; the first is at 12 o'clock. */
static struct colour fan_colour(struct point at, int frame)
{
	float dx = at.x - centre.x;
	float dy = at.y - centre.y;
	float position = turns_since(0, atan2f(dx, -dy) / TURN) * ANIMATION_FRAMES;
	int blade = (int)position % ANIMATION_FRAMES;
	float into_blade = (position - (float)blade) * TURN / ANIMATION_FRAMES * hypotf(dx, dy);
	int frames_ago = (frame - 1 - blade + 2 * ANIMATION_FRAMES) % ANIMATION_FRAMES;

	return colour_mix(blade_colour((frames_ago + 1) % ANIMATION_FRAMES),
	                  blade_colour(frames_ago), fminf(1, into_blade));
}

static void draw_face(struct canvas *canvas, int frame, float radius)
{
	for (int y = (int)(centre.y - radius); y <= (int)(centre.y + radius); y++) {
		for (int x = (int)(centre.x - radius); x <= (int)(centre.x + radius); x++) {
			struct point at = { (float)x + 0.5f, (float)y + 0.5f };
			float distance = hypotf(at.x - centre.x, at.y - centre.y) - radius;

			canvas_blend(canvas, x, y, fan_colour(at, frame), coverage(distance));
		}
	}
}

static void draw_ticks(struct canvas *canvas, int frame, float radius)
{
	for (int i = 0; i < ANIMATION_FRAMES; i++) {
		float turns = animation_phase(i);
		float since = turns_since(turns, animation_phase(frame));
		float light = powf(1 - since, 3);
		float inner = radius - (i % 10 == 0 ? 13.0f : 9.0f);

		canvas_line(canvas, on_circle(inner, turns), on_circle(radius - 3, turns), 2.4f,
		            colour_mix(colour_hex(SKY), colour_hex(PAPER), light),
		            0.3f + 0.7f * light);
	}
}

static void draw_number(struct canvas *canvas, int frame)
{
	const struct lettering lettering = {
		.size = 66, .thickness = 12, .gap = 0.42f, .colour = colour_hex(PAPER)
	};
	char digits[16];
	float width;

	snprintf(digits, sizeof(digits), "%02d", frame);
	width = lettering_width(&lettering, digits);
	lettering_draw(canvas, &lettering, digits,
	               (struct point){ centre.x - width / 2, centre.y + 0.8f * lettering.size });
}

void dial_draw(struct canvas *canvas, int frame)
{
	const float radius = 128;
	float phase = animation_phase(frame);

	draw_face(canvas, frame, radius);
	canvas_ring(canvas, centre, radius, 3, colour_hex(PAPER), 1);
	canvas_ring(canvas, centre, radius + 7, 1.2f, colour_hex(PAPER), 0.45f);
	draw_ticks(canvas, frame, radius - 3);
	canvas_line(canvas, on_circle(84, phase), on_circle(radius - 22, phase), 3,
	            colour_hex(PAPER), 1);
	canvas_disc(canvas, on_circle(radius, phase), 8, colour_hex(MINT), 1);
	canvas_disc(canvas, on_circle(radius, phase + 0.5f), 8, colour_hex(CORAL), 1);
	draw_number(canvas, frame);
}
