/* SPDX-License-Identifier: MIT */
#include "x11_display.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <xcb/shm.h>
#include <xcb/xcb_renderutil.h>

#define BITS_PER_PIXEL 32
#define RENDER_MINOR_WITH_PADDING 10 /* RepeatPad came with 0.10 */

int x11_fail(struct x11_display *display, int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(display->reason, sizeof(display->reason), format, arguments);
	va_end(arguments);
	return error;
}

int x11_check(struct x11_display *display, xcb_void_cookie_t cookie, const char *what)
{
	xcb_generic_error_t *error = xcb_request_check(display->connection, cookie);

	if (error) {
		int code = error->error_code;
		free(error);
		return x11_fail(display, -EIO, "%s (X error %d)", what, code);
	}
	if (xcb_connection_has_error(display->connection))
		return x11_fail(display, -EIO, "%s (the X server is gone)", what);
	return 0;
}

static int check_shm(struct x11_display *display)
{
	xcb_connection_t *connection = display->connection;
	const xcb_query_extension_reply_t *shm = xcb_get_extension_data(connection, &xcb_shm_id);

	if (!shm || !shm->present)
		return x11_fail(display, -ENOTSUP, "the X server has no MIT-SHM");
	display->shm_event = shm->first_event + XCB_SHM_COMPLETION;
	return 0;
}

static bool is_padding_known(xcb_connection_t *connection)
{
	xcb_render_query_version_reply_t *version = xcb_render_query_version_reply(
		connection,
		xcb_render_query_version(connection, XCB_RENDER_MAJOR_VERSION,
	                                 XCB_RENDER_MINOR_VERSION),
		NULL);
	bool known = version && (version->major_version > 0 ||
	                         version->minor_version >= RENDER_MINOR_WITH_PADDING);

	free(version);
	return known;
}

/* Without alpha, in a drawable that has room for it. */
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

	if (!render || !render->present || !is_padding_known(connection))
		return x11_fail(display, -ENOTSUP, "the X server has no RENDER 0.10");
	xcb_render_query_pict_formats_reply_t *formats = xcb_render_query_pict_formats_reply(
		connection, xcb_render_query_pict_formats(connection), NULL);
	bool chosen = formats && choose_formats(display, formats);
	free(formats);
	return chosen ? 0 : x11_fail(display, -ENOTSUP, "the X server lacks a picture format");
}

/* Whether pixels of this depth lie in 32 bits each, as ours. */
static bool is_depth_ours(const xcb_setup_t *setup, uint8_t depth)
{
	const xcb_format_t *formats = xcb_setup_pixmap_formats(setup);

	for (int i = 0; i < xcb_setup_pixmap_formats_length(setup); i++) {
		if (formats[i].depth == depth)
			return formats[i].bits_per_pixel == BITS_PER_PIXEL;
	}
	return false;
}

static const xcb_visualtype_t *find_in_depth(const xcb_depth_t *depth, xcb_visualid_t id)
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
				visual = find_in_depth(depths.data, id);
		}
	}
	return visual;
}

/* SDL prefers DirectColor, and gives it a colour map that changes nothing. */
static bool is_visual_ours(const xcb_visualtype_t *visual)
{
	return visual &&
	       (visual->_class == XCB_VISUAL_CLASS_TRUE_COLOR ||
	        visual->_class == XCB_VISUAL_CLASS_DIRECT_COLOR) &&
	       visual->red_mask == 0xff0000 && visual->green_mask == 0xff00 &&
	       visual->blue_mask == 0xff;
}

static int check_pixels(struct x11_display *display, uint8_t depth, xcb_visualid_t id)
{
	const xcb_setup_t *setup = xcb_get_setup(display->connection);

	if (setup->image_byte_order != XCB_IMAGE_ORDER_LSB_FIRST)
		return x11_fail(display, -ENOTSUP, "the X server's byte order is another");
	if (depth != X11_DEPTH || !is_visual_ours(find_visual(setup, depth, id)))
		return x11_fail(display, -ENOTSUP,
		                "the window has %d bits a pixel, or in another order", depth);
	if (!is_depth_ours(setup, X11_DEPTH) || !is_depth_ours(setup, X11_DEPTH_ALPHA))
		return x11_fail(display, -ENOTSUP, "the X server packs pixels in another way");
	return 0;
}

static int check_window(struct x11_display *display)
{
	xcb_connection_t *connection = display->connection;
	xcb_get_window_attributes_cookie_t asked =
		xcb_get_window_attributes(connection, display->window);
	xcb_get_geometry_reply_t *geometry = xcb_get_geometry_reply(
		connection, xcb_get_geometry(connection, display->window), NULL);
	xcb_get_window_attributes_reply_t *attributes =
		xcb_get_window_attributes_reply(connection, asked, NULL);
	int result = attributes && geometry
	                     ? check_pixels(display, geometry->depth, attributes->visual)
	                     : x11_fail(display, -ENODEV, "the window is gone");

	display->root = geometry ? geometry->root : XCB_NONE;
	free(attributes);
	free(geometry);
	return result;
}

static void create_gc(struct x11_display *display)
{
	uint32_t no_exposures = 0;

	display->gc = xcb_generate_id(display->connection);
	xcb_create_gc(display->connection, display->gc, display->window, XCB_GC_GRAPHICS_EXPOSURES,
	              &no_exposures);
}

int x11_display_init(struct x11_display *display, const char *name, xcb_window_t window)
{
	*display = (struct x11_display){ .window = window };
	display->connection = xcb_connect(name, NULL);
	int result = xcb_connection_has_error(display->connection)
	                     ? x11_fail(display, -ENODEV, "cannot connect to display %s",
	                                name ? name : "(none)")
	                     : check_window(display);

	if (result == 0)
		result = check_shm(display);
	if (result == 0)
		result = check_render(display);
	if (result == 0)
		create_gc(display);
	else
		x11_display_finish(display);
	return result;
}

void x11_display_finish(struct x11_display *display)
{
	xcb_disconnect(display->connection);
}
