/* SPDX-License-Identifier: MIT
 *
 * A picture to draw on: RGB, 0 to 1 in each channel, blended as the screen shows it (without going
 * to linear light). Coordinates are in pixels with y down; the first pixel's centre is (0.5, 0.5).
 * Every shape is given by the distance to its edge, which makes its edge smooth. One thread. */
#ifndef ASSETS_CANVAS_H
#define ASSETS_CANVAS_H

#include <stdint.h>

struct colour {
	float red, green, blue;
};

struct point {
	float x, y;
};

struct box {
	float left, top, right, bottom;
};

struct canvas {
	int width, height;
	struct colour *pixels;
};

/* 0xRRGGBB */
struct colour colour_hex(uint32_t rgb);
struct colour colour_mix(struct colour from, struct colour to, float share);

/* 0: fine; -1: out of memory. */
int canvas_init(struct canvas *canvas, int width, int height);
void canvas_finish(struct canvas *canvas);

/* Lays a colour over one pixel; pixels outside are left alone. */
void canvas_blend(struct canvas *canvas, int x, int y, struct colour colour, float alpha);

/* How much of a pixel lies within a shape, from the distance of its centre to the shape's edge
 * (negative inside). */
float coverage(float distance);
float distance_to_segment(struct point at, struct point from, struct point to);
float distance_to_rounded_box(struct point at, struct box box, float radius);

void canvas_rectangle(struct canvas *canvas, struct box box, struct colour colour, float alpha);
void canvas_rounded_box(struct canvas *canvas, struct box box, float radius, struct colour colour,
                        float alpha);
/* A circle of this thickness around its radius; thickness 2 * radius or more fills it. */
void canvas_ring(struct canvas *canvas, struct point centre, float radius, float thickness,
                 struct colour colour, float alpha);
void canvas_disc(struct canvas *canvas, struct point centre, float radius, struct colour colour,
                 float alpha);
void canvas_line(struct canvas *canvas, struct point from, struct point to, float thickness,
                 struct colour colour, float alpha);

/* The picture as rows of 8-bit red, green, blue. */
void canvas_to_rgb8(const struct canvas *canvas, uint8_t *rgb);

#endif
