/* SPDX-License-Identifier: MIT */
#include "x11_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "presenter_host.h"
#include "x11_display.h"

#define PUT_HEADER_BYTES 32
#define OPAQUE 0xff000000

static void create_pictures(struct x11_image *image, const struct x11_display *display)
{
	xcb_connection_t *connection = display->connection;
	uint32_t repeat = XCB_RENDER_REPEAT_PAD;

	image->picture = xcb_generate_id(connection);
	xcb_render_create_picture(connection, image->picture, image->pixmap,
	                          image->depth == X11_DEPTH ? display->opaque : display->alpha,
	                          XCB_RENDER_CP_REPEAT, &repeat);
	image->colours = image->picture;
	if (image->depth == X11_DEPTH)
		return;
	image->colours = xcb_generate_id(connection);
	xcb_render_create_picture(connection, image->colours, image->pixmap, display->alpha_opaque,
	                          XCB_RENDER_CP_REPEAT, &repeat);
}

int x11_image_resize(struct x11_image *image, const struct x11_display *display, int width,
                     int height, uint8_t depth)
{
	xcb_connection_t *connection = display->connection;
	uint32_t no_exposures = 0;

	if (image->pixmap && image->width == width && image->height == height &&
	    image->depth == depth)
		return 0;
	x11_image_free(image, display);
	xcb_pixmap_t pixmap = xcb_generate_id(connection);
	int error = x11_check(display,
	                      xcb_create_pixmap_checked(connection, depth, pixmap, display->window,
	                                                (uint16_t)width, (uint16_t)height),
	                      "the X server has no memory for the picture");
	if (error)
		return error;
	image->pixmap = pixmap;
	image->width = width;
	image->height = height;
	image->depth = depth;
	image->gc = xcb_generate_id(connection);
	xcb_create_gc(connection, image->gc, pixmap, XCB_GC_GRAPHICS_EXPOSURES, &no_exposures);
	create_pictures(image, display);
	return 0;
}

static int rows_per_request(xcb_connection_t *connection, int width)
{
	uint64_t bytes = (uint64_t)xcb_get_maximum_request_length(connection) * 4;
	uint64_t rows = (bytes - PUT_HEADER_BYTES) / ((uint64_t)width * X11_PIXEL_BYTES);

	return rows < 1 ? 1 : rows > X11_SIDE_MAX ? X11_SIDE_MAX : (int)rows;
}

void x11_image_write(const struct x11_image *image, const struct x11_display *display,
                     const uint32_t *pixels, int width, int height)
{
	xcb_connection_t *connection = display->connection;
	int step = rows_per_request(connection, width);

	for (int y = 0; y < height; y += step) {
		int rows = height - y < step ? height - y : step;

		xcb_put_image(connection, XCB_IMAGE_FORMAT_Z_PIXMAP, image->pixmap, image->gc,
		              (uint16_t)width, (uint16_t)rows, 0, (int16_t)y, 0, image->depth,
		              (uint32_t)(width * rows * X11_PIXEL_BYTES),
		              (const uint8_t *)(pixels + (size_t)y * (size_t)width));
	}
}

int x11_image_read(const struct x11_image *image, const struct x11_display *display,
                   struct area area, uint32_t *pixels)
{
	xcb_connection_t *connection = display->connection;
	size_t count = (size_t)area.width * (size_t)area.height;
	xcb_get_image_reply_t *reply = xcb_get_image_reply(
		connection,
		xcb_get_image(connection, XCB_IMAGE_FORMAT_Z_PIXMAP, image->pixmap, (int16_t)area.x,
	                      (int16_t)area.y, (uint16_t)area.width, (uint16_t)area.height,
	                      UINT32_MAX),
		NULL);

	if (!reply || (size_t)xcb_get_image_data_length(reply) < count * X11_PIXEL_BYTES) {
		free(reply);
		return presenter_fail(display->host, -EIO,
		                      "the X server did not return the picture");
	}
	memcpy(pixels, xcb_get_image_data(reply), count * X11_PIXEL_BYTES);
	for (size_t i = 0; i < count && image->depth == X11_DEPTH; i++)
		pixels[i] |= OPAQUE;
	free(reply);
	return 0;
}

void x11_image_free(struct x11_image *image, const struct x11_display *display)
{
	xcb_connection_t *connection = display->connection;

	if (!image->pixmap)
		return;
	if (image->colours != image->picture)
		xcb_render_free_picture(connection, image->colours);
	xcb_render_free_picture(connection, image->picture);
	xcb_free_gc(connection, image->gc);
	xcb_free_pixmap(connection, image->pixmap);
	*image = (struct x11_image){ 0 };
}
