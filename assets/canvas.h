/* SPDX-License-Identifier: MIT
 *
 * A picture to draw on: RGB, 0 to 1 in each channel. Blending uses these values as they are,
 * without converting them to linear light. Coordinates are in pixels with y down; the first
 * pixel's centre is (0.5, 0.5). Shapes are drawn by the distance to their edge, so that edges
 * are smooth. One thread. */
#ifndef SHMFLIP_ASSETS_CANVAS_H
#define SHMFLIP_ASSETS_CANVAS_H

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

/* Returns 0, or -ENOMEM. */
int canvas_init(struct canvas *canvas, int width, int height);
void canvas_finish(struct canvas *canvas);

/* Blends a colour onto one pixel. Ignores pixels outside the canvas. */
void canvas_blend(struct canvas *canvas, int x, int y, struct colour colour, float alpha);

/* Returns how much of a pixel lies within a shape, from the distance of the pixel's centre to the
 * shape's edge (negative inside). */
float coverage(float distance);
float distance_to_segment(struct point at, struct point from, struct point to);
float distance_to_rounded_box(struct point at, struct box box, float radius);

void canvas_rectangle(struct canvas *canvas, struct box box, struct colour colour, float alpha);
void canvas_rounded_box(struct canvas *canvas, struct box box, float radius, struct colour colour,
                        float alpha);
/* Draws a ring: thickness extends equally on both sides of radius. 2 * radius or more fills the
 * circle. */
void canvas_ring(struct canvas *canvas, struct point centre, float radius, float thickness,
                 struct colour colour, float alpha);
void canvas_disc(struct canvas *canvas, struct point centre, float radius, struct colour colour,
                 float alpha);
void canvas_line(struct canvas *canvas, struct point from, struct point to, float thickness,
                 struct colour colour, float alpha);

/* Converts the picture to rows of 8-bit red, green, blue. */
void canvas_to_rgb8(const struct canvas *canvas, uint8_t *rgb);

#endif
