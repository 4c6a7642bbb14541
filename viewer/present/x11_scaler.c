/* SPDX-License-Identifier: MIT */
#include "x11_scaler.h"

#include <math.h>
#include <string.h>

#include "x11_display.h"

#define FIXED_ONE 65536

/* Maps the centre of a pixel of the destination to a point of the picture: scale * centre +
 * offset. */
struct mapping {
	double x_scale;
	double y_scale;
	double x_offset;
	double y_offset;
};

bool x11_scaler_has_alpha(const struct x11_scaler *scaler)
{
	return scaler->raw.depth == X11_DEPTH_ALPHA;
}

int x11_scaler_prepare(struct x11_scaler *scaler, const struct x11_display *display,
                       struct size size, bool alpha)
{
	scaler->halves = 0;
	scaler->is_premultiplied = false;
	return x11_image_resize(&scaler->raw, display, size.width, size.height,
	                        alpha ? X11_DEPTH_ALPHA : X11_DEPTH);
}

static xcb_render_fixed_t fixed(double value)
{
	return (xcb_render_fixed_t)lround(value * FIXED_ONE);
}

static void set_mapping(const struct x11_display *display, const struct x11_image *image,
                        const struct mapping *mapping, bool smooth)
{
	const char *filter = smooth ? "bilinear" : "nearest";
	const xcb_render_transform_t transform = {
		.matrix11 = fixed(mapping->x_scale),
		.matrix13 = fixed(mapping->x_offset),
		.matrix22 = fixed(mapping->y_scale),
		.matrix23 = fixed(mapping->y_offset),
		.matrix33 = FIXED_ONE,
	};

	xcb_render_set_picture_transform(display->connection, image->picture, transform);
	xcb_render_set_picture_filter(display->connection, image->picture, (uint16_t)strlen(filter),
	                              filter, 0, NULL);
}

static void composite(const struct x11_display *display, uint8_t operation,
                      xcb_render_picture_t source, xcb_render_picture_t mask,
                      xcb_render_picture_t onto, struct area area)
{
	xcb_render_composite(display->connection, operation, source, mask, onto, 0, 0, 0, 0,
	                     (int16_t)area.x, (int16_t)area.y, (uint16_t)area.width,
	                     (uint16_t)area.height);
}

static struct area whole(const struct x11_image *image)
{
	return (struct area){ 0, 0, image->width, image->height };
}

static int premultiply(struct x11_scaler *scaler, const struct x11_display *display)
{
	const struct x11_image *raw = &scaler->raw;
	int error = x11_image_resize(&scaler->premultiplied, display, raw->width, raw->height,
	                             raw->depth);

	if (!error)
		composite(display, XCB_RENDER_PICT_OP_SRC, raw->colours, raw->picture,
		          scaler->premultiplied.picture, whole(raw));
	scaler->is_premultiplied = !error;
	return error;
}

static const struct x11_image *halved(const struct x11_scaler *scaler, int times)
{
	if (times > 0)
		return &scaler->half[times - 1];
	return x11_scaler_has_alpha(scaler) ? &scaler->premultiplied : &scaler->raw;
}

static int halve(struct x11_scaler *scaler, const struct x11_display *display)
{
	const struct mapping half_size = { 2, 2, 0, 0 };
	const struct x11_image *from = halved(scaler, scaler->halves);
	struct x11_image *to = &scaler->half[scaler->halves];
	int error = x11_image_resize(to, display, (from->width + 1) / 2, (from->height + 1) / 2,
	                             from->depth);

	if (error)
		return error;
	set_mapping(display, from, &half_size, true);
	composite(display, XCB_RENDER_PICT_OP_SRC, from->picture, XCB_NONE, to->picture, whole(to));
	scaler->halves++;
	return 0;
}

/* How often to halve, so that the remaining scale is less than 2. */
static int halvings(double scale)
{
	int times = ilogb(scale);

	return times < 0 ? 0 : times > X11_HALVES_MAX ? X11_HALVES_MAX : times;
}

static struct mapping mapping_of(struct area source, struct area target, struct area visible)
{
	double x_scale = (double)source.width / target.width;
	double y_scale = (double)source.height / target.height;

	return (struct mapping){
		.x_scale = x_scale,
		.y_scale = y_scale,
		.x_offset = source.x + (visible.x - target.x) * x_scale,
		.y_offset = source.y + (visible.y - target.y) * y_scale,
	};
}

static struct mapping after_halving(struct mapping mapping, int times)
{
	double part = ldexp(1, -times);

	return (struct mapping){ mapping.x_scale * part, mapping.y_scale * part,
		                 mapping.x_offset * part, mapping.y_offset * part };
}

int x11_scaler_draw(struct x11_scaler *scaler, const struct x11_display *display,
                    xcb_render_picture_t onto, struct area source, struct area target,
                    struct area visible, bool smooth)
{
	bool alpha = x11_scaler_has_alpha(scaler);
	struct mapping mapping = mapping_of(source, target, visible);
	int times = smooth ? halvings(fmin(mapping.x_scale, mapping.y_scale)) : 0;
	int error = alpha && !scaler->is_premultiplied ? premultiply(scaler, display) : 0;

	while (!error && scaler->halves < times)
		error = halve(scaler, display);
	if (error)
		return error;
	mapping = after_halving(mapping, times);
	set_mapping(display, halved(scaler, times), &mapping, smooth);
	composite(display, alpha ? XCB_RENDER_PICT_OP_OVER : XCB_RENDER_PICT_OP_SRC,
	          halved(scaler, times)->picture, XCB_NONE, onto, visible);
	return 0;
}
