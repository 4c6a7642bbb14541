/* SPDX-License-Identifier: MIT */
#include "x11_display.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <xcb/shm.h>
#include <xcb/xcb_renderutil.h>

#include "presenter_host.h"

#define RENDER_MINOR_WITH_PADDING 10 /* RENDER 0.10 added RepeatPad */

int x11_check(const struct x11_display *display, xcb_void_cookie_t cookie, const char *what)
{
	xcb_generic_error_t *error = xcb_request_check(display->connection, cookie);

	if (error) {
		int code = error->error_code;
		free(error);
		return presenter_fail(display->host, -EIO, "%s (X error %d)", what, code);
	}
	if (xcb_connection_has_error(display->connection))
		return presenter_fail(display->host, -EIO,
		                      "%s (lost the connection to the X server)", what);
	return 0;
}

static int check_shm(const struct x11_display *display)
{
	xcb_connection_t *connection = display->connection;
	const xcb_query_extension_reply_t *shm = xcb_get_extension_data(connection, &xcb_shm_id);

	if (!shm || !shm->present)
		return presenter_fail(display->host, -ENOTSUP, "the X server has no MIT-SHM");
	return 0;
}

static bool has_padding(xcb_connection_t *connection)
{
	xcb_render_query_version_reply_t *version = xcb_render_query_version_reply(
		connection,
		xcb_render_query_version(connection, XCB_RENDER_MAJOR_VERSION,
	                                 XCB_RENDER_MINOR_VERSION),
		NULL);
	bool padding = version && (version->major_version > 0 ||
	                           version->minor_version >= RENDER_MINOR_WITH_PADDING);

	free(version);
	return padding;
}

/* The format that ignores the alpha of a drawable with alpha. */
static const xcb_render_pictforminfo_t *
find_alpha_opaque(const xcb_render_query_pict_formats_reply_t *formats)
{
	static const xcb_render_pictforminfo_t wanted = {
		.type = XCB_RENDER_PICT_TYPE_DIRECT,
		.depth = X11_DEPTH_ALPHA,
		.direct = { 16, 0xff, 8, 0xff, 0, 0xff, 0, 0 },
	};

	return xcb_render_util_find_format(
		formats,
		XCB_PICT_FORMAT_TYPE | XCB_PICT_FORMAT_DEPTH | XCB_PICT_FORMAT_RED |
			XCB_PICT_FORMAT_RED_MASK | XCB_PICT_FORMAT_GREEN |
			XCB_PICT_FORMAT_GREEN_MASK | XCB_PICT_FORMAT_BLUE |
			XCB_PICT_FORMAT_BLUE_MASK | XCB_PICT_FORMAT_ALPHA_MASK,
		&wanted, 0);
}

static bool choose_formats(struct x11_display *display,
                           const xcb_render_query_pict_formats_reply_t *formats)
{
	const xcb_render_pictforminfo_t *opaque =
		xcb_render_util_find_standard_format(formats, XCB_PICT_STANDARD_RGB_24);
	const xcb_render_pictforminfo_t *alpha =
		xcb_render_util_find_standard_format(formats, XCB_PICT_STANDARD_ARGB_32);
	const xcb_render_pictforminfo_t *alpha_opaque = find_alpha_opaque(formats);

	if (!opaque || !alpha || !alpha_opaque)
		return false;
	display->opaque = opaque->id;
	display->alpha = alpha->id;
	display->alpha_opaque = alpha_opaque->id;
	return true;
}

static int check_render(struct x11_display *display)
{
	xcb_connection_t *connection = display->connection;
	const xcb_query_extension_reply_t *render =
		xcb_get_extension_data(connection, &xcb_render_id);

	if (!render || !render->present || !has_padding(connection))
		return presenter_fail(display->host, -ENOTSUP, "the X server has no RENDER 0.10");
	xcb_render_query_pict_formats_reply_t *formats = xcb_render_query_pict_formats_reply(
		connection, xcb_render_query_pict_formats(connection), NULL);
	bool chosen = formats && choose_formats(display, formats);
	free(formats);
	return chosen ? 0
	              : presenter_fail(display->host, -ENOTSUP,
	                               "the X server lacks a picture format");
}

/* Whether the server stores a pixel of this depth in 32 bits, as a frame does. */
static bool has_32_bit_pixels(const xcb_setup_t *setup, uint8_t depth)
{
	const xcb_format_t *formats = xcb_setup_pixmap_formats(setup);

	for (int i = 0; i < xcb_setup_pixmap_formats_length(setup); i++) {
		if (formats[i].depth == depth)
			return formats[i].bits_per_pixel == 8 * X11_PIXEL_BYTES;
	}
	return false;
}

static const xcb_visualtype_t *find_visual_in_depth(const xcb_depth_t *depth, xcb_visualid_t id)
{
	const xcb_visualtype_t *visuals = xcb_depth_visuals(depth);

	for (int i = 0; i < xcb_depth_visuals_length(depth); i++) {
		if (visuals[i].visual_id == id)
			return &visuals[i];
	}
	return NULL;
}

static const xcb_visualtype_t *find_visual(const xcb_setup_t *setup, uint8_t depth,
                                           xcb_visualid_t id)
{
	xcb_screen_iterator_t screen = xcb_setup_roots_iterator(setup);
	const xcb_visualtype_t *visual = NULL;

	for (; screen.rem && !visual; xcb_screen_next(&screen)) {
		xcb_depth_iterator_t depths = xcb_screen_allowed_depths_iterator(screen.data);

		for (; depths.rem && !visual; xcb_depth_next(&depths)) {
			if (depths.data->depth == depth)
				visual = find_visual_in_depth(depths.data, id);
		}
	}
	return visual;
}

/* Whether pixels of the visual are 0xRRGGBB. SDL prefers DirectColor, with an identity colour
 * map. */
static bool is_rgb(const xcb_visualtype_t *visual)
{
	return visual &&
	       (visual->_class == XCB_VISUAL_CLASS_TRUE_COLOR ||
	        visual->_class == XCB_VISUAL_CLASS_DIRECT_COLOR) &&
	       visual->red_mask == 0xff0000 && visual->green_mask == 0xff00 &&
	       visual->blue_mask == 0xff;
}

static int check_pixels(const struct x11_display *display, uint8_t depth, xcb_visualid_t id)
{
	const xcb_setup_t *setup = xcb_get_setup(display->connection);

	if (setup->image_byte_order != XCB_IMAGE_ORDER_LSB_FIRST)
		return presenter_fail(display->host, -ENOTSUP,
		                      "the X server uses another byte order");
	if (depth != X11_DEPTH || !is_rgb(find_visual(setup, depth, id)))
		return presenter_fail(display->host, -ENOTSUP,
		                      "the window has %d bits per pixel, or in another order",
		                      depth);
	if (!has_32_bit_pixels(setup, X11_DEPTH) || !has_32_bit_pixels(setup, X11_DEPTH_ALPHA))
		return presenter_fail(display->host, -ENOTSUP,
		                      "the X server stores pixels in another format");
	return 0;
}

static int check_window(struct x11_display *display)
{
	xcb_connection_t *connection = display->connection;
	xcb_get_window_attributes_cookie_t request =
		xcb_get_window_attributes(connection, display->window);
	xcb_get_geometry_reply_t *geometry = xcb_get_geometry_reply(
		connection, xcb_get_geometry(connection, display->window), NULL);
	xcb_get_window_attributes_reply_t *attributes =
		xcb_get_window_attributes_reply(connection, request, NULL);
	int error = attributes && geometry
	                    ? check_pixels(display, geometry->depth, attributes->visual)
	                    : presenter_fail(display->host, -ENODEV, "the window no longer exists");

	display->root = geometry ? geometry->root : XCB_NONE;
	free(attributes);
	free(geometry);
	return error;
}

static void create_gc(struct x11_display *display)
{
	uint32_t no_exposures = 0;

	display->gc = xcb_generate_id(display->connection);
	xcb_create_gc(display->connection, display->gc, display->window, XCB_GC_GRAPHICS_EXPOSURES,
	              &no_exposures);
}

int x11_display_init(struct x11_display *display, struct presenter_host *host, const char *name,
                     xcb_window_t window)
{
	*display = (struct x11_display){ .host = host, .window = window };
	display->connection = xcb_connect(name, NULL);
	int error = xcb_connection_has_error(display->connection)
	                    ? presenter_fail(host, -ENODEV, "cannot connect to display %s",
	                                     name ? name : "(none)")
	                    : check_window(display);

	if (!error)
		error = check_shm(display);
	if (!error)
		error = check_render(display);
	if (!error)
		create_gc(display);
	else
		x11_display_finish(display);
	return error;
}

void x11_display_finish(struct x11_display *display)
{
	xcb_disconnect(display->connection);
}
