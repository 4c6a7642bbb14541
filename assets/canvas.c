/* SPDX-License-Identifier: MIT */
#include "canvas.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

struct colour colour_hex(uint32_t rgb)
{
	return (struct colour){
		.red = (float)(rgb >> 16 & 255) / 255.0f,
		.green = (float)(rgb >> 8 & 255) / 255.0f,
		.blue = (float)(rgb & 255) / 255.0f,
	};
}

struct colour colour_mix(struct colour from, struct colour to, float share)
{
	return (struct colour){
		.red = from.red + (to.red - from.red) * share,
		.green = from.green + (to.green - from.green) * share,
		.blue = from.blue + (to.blue - from.blue) * share,
	};
}

int canvas_init(struct canvas *canvas, int width, int height)
{
	struct colour *pixels = calloc((size_t)width * (size_t)height, sizeof(*pixels));

	if (!pixels)
		return -ENOMEM;
	*canvas = (struct canvas){ .width = width, .height = height, .pixels = pixels };
	return 0;
}

void canvas_finish(struct canvas *canvas)
{
	free(canvas->pixels);
}

void canvas_blend(struct canvas *canvas, int x, int y, struct colour colour, float alpha)
{
	struct colour *pixel;

	if (x < 0 || y < 0 || x >= canvas->width || y >= canvas->height)
		return;
	pixel = &canvas->pixels[y * canvas->width + x];
	*pixel = colour_mix(*pixel, colour, alpha);
}

float coverage(float distance)
{
	return fminf(1.0f, fmaxf(0.0f, 0.5f - distance));
}

float distance_to_segment(struct point at, struct point from, struct point to)
{
	float dx = to.x - from.x;
	float dy = to.y - from.y;
	float length_squared = dx * dx + dy * dy;
	float along = 0;

	if (length_squared > 0)
		along = ((at.x - from.x) * dx + (at.y - from.y) * dy) / length_squared;
	along = fminf(1.0f, fmaxf(0.0f, along));
	return hypotf(at.x - from.x - dx * along, at.y - from.y - dy * along);
}

float distance_to_rounded_box(struct point at, struct box box, float radius)
{
	float dx = fmaxf(box.left - at.x, at.x - box.right) + radius;
	float dy = fmaxf(box.top - at.y, at.y - box.bottom) + radius;

	return hypotf(fmaxf(dx, 0), fmaxf(dy, 0)) + fminf(fmaxf(dx, dy), 0) - radius;
}

void canvas_rectangle(struct canvas *canvas, struct box box, struct colour colour, float alpha)
{
	canvas_rounded_box(canvas, box, 0, colour, alpha);
}

void canvas_rounded_box(struct canvas *canvas, struct box box, float radius, struct colour colour,
                        float alpha)
{
	for (int y = (int)box.top - 1; y <= (int)box.bottom + 1; y++) {
		for (int x = (int)box.left - 1; x <= (int)box.right + 1; x++) {
			struct point at = { (float)x + 0.5f, (float)y + 0.5f };
			float distance = distance_to_rounded_box(at, box, radius);

			canvas_blend(canvas, x, y, colour, alpha * coverage(distance));
		}
	}
}

void canvas_ring(struct canvas *canvas, struct point centre, float radius, float thickness,
                 struct colour colour, float alpha)
{
	int reach = (int)(radius + thickness / 2) + 2;

	for (int y = (int)centre.y - reach; y <= (int)centre.y + reach; y++) {
		for (int x = (int)centre.x - reach; x <= (int)centre.x + reach; x++) {
			float from_centre =
				hypotf((float)x + 0.5f - centre.x, (float)y + 0.5f - centre.y);
			float distance = fabsf(from_centre - radius) - thickness / 2;

			canvas_blend(canvas, x, y, colour, alpha * coverage(distance));
		}
	}
}

void canvas_disc(struct canvas *canvas, struct point centre, float radius, struct colour colour,
                 float alpha)
{
	canvas_ring(canvas, centre, radius / 2, radius, colour, alpha);
}

void canvas_line(struct canvas *canvas, struct point from, struct point to, float thickness,
                 struct colour colour, float alpha)
{
	int left = (int)(fminf(from.x, to.x) - thickness) - 1;
	int right = (int)(fmaxf(from.x, to.x) + thickness) + 1;
	int top = (int)(fminf(from.y, to.y) - thickness) - 1;
	int bottom = (int)(fmaxf(from.y, to.y) + thickness) + 1;

	for (int y = top; y <= bottom; y++) {
		for (int x = left; x <= right; x++) {
			struct point at = { (float)x + 0.5f, (float)y + 0.5f };
			float distance = distance_to_segment(at, from, to) - thickness / 2;

			canvas_blend(canvas, x, y, colour, alpha * coverage(distance));
		}
	}
}

static uint8_t to_byte(float channel)
{
	return (uint8_t)lrintf(fminf(1.0f, fmaxf(0.0f, channel)) * 255.0f);
}

void canvas_to_rgb8(const struct canvas *canvas, uint8_t *rgb)
{
	size_t count = (size_t)canvas->width * (size_t)canvas->height;

	for (size_t i = 0; i < count; i++) {
		*rgb++ = to_byte(canvas->pixels[i].red);
		*rgb++ = to_byte(canvas->pixels[i].green);
		*rgb++ = to_byte(canvas->pixels[i].blue);
	}
}
