/* SPDX-License-Identifier: MIT */
#include "x11_segment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "presenter_host.h"
#include "shmflip.h"
#include "x11_display.h"

/* The fourth byte of each pixel may be lost in the server. */
static bool cookies_match(const uint8_t *ours, const uint8_t *theirs, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		if (i % X11_PIXEL_BYTES != X11_PIXEL_BYTES - 1 && ours[i] != theirs[i])
			return false;
	}
	return true;
}

/* The start of the segment as the server sees it, as an image. NULL: the server cannot read it. */
static xcb_get_image_reply_t *read_cookie(const struct x11_display *display, xcb_shm_seg_t segment,
                                          uint16_t pixels)
{
	xcb_connection_t *connection = display->connection;
	xcb_pixmap_t pixmap = xcb_generate_id(connection);

	xcb_create_pixmap(connection, X11_DEPTH, pixmap, display->window, pixels, 1);
	xcb_void_cookie_t put = xcb_shm_put_image_checked(
		connection, pixmap, display->gc, pixels, 1, 0, 0, pixels, 1, 0, 0, X11_DEPTH,
		XCB_IMAGE_FORMAT_Z_PIXMAP, false, segment, 0);
	xcb_get_image_reply_t *image =
		xcb_get_image_reply(connection,
	                            xcb_get_image(connection, XCB_IMAGE_FORMAT_Z_PIXMAP, pixmap, 0,
	                                          0, pixels, 1, UINT32_MAX),
	                            NULL);
	xcb_generic_error_t *error = xcb_request_check(connection, put);
	xcb_free_pixmap(connection, pixmap);
	if (error) {
		free(image);
		image = NULL;
	}
	free(error);
	return image;
}

static int check_same_memory(const struct x11_display *display, xcb_shm_seg_t server_id,
                             const struct shmflip_segment *wanted)
{
	uint16_t pixels = (uint16_t)(wanted->cookie_bytes / X11_PIXEL_BYTES);
	size_t bytes = (size_t)pixels * X11_PIXEL_BYTES;
	xcb_get_image_reply_t *image = read_cookie(display, server_id, pixels);
	bool same = image && (size_t)xcb_get_image_data_length(image) >= bytes &&
	            cookies_match(wanted->cookie, xcb_get_image_data(image), bytes);

	free(image);
	if (same)
		return 0;
	return presenter_fail(display->host, -EXDEV,
	                      "the X server sees other memory: it is in another IPC namespace");
}

static int attach(const struct x11_display *display, const struct shmflip_segment *wanted,
                  struct x11_segment *segment)
{
	xcb_connection_t *connection = display->connection;
	xcb_shm_seg_t server_id = xcb_generate_id(connection);
	int error = x11_check(
		display, xcb_shm_attach_checked(connection, server_id, (uint32_t)wanted->id, true),
		"the X server may not attach the frames: it runs elsewhere, or as another user");

	if (error)
		return -EACCES;
	error = check_same_memory(display, server_id, wanted);
	if (error) {
		xcb_shm_detach(connection, server_id);
		return error;
	}
	*segment = (struct x11_segment){ server_id, wanted->id, true };
	return 0;
}

static void detach(struct x11_segment *segment, const struct x11_display *display)
{
	if (segment->attached)
		xcb_shm_detach(display->connection, segment->server_id);
	segment->attached = false;
}

/* The kernel gives no other segment this id as long as the server is attached. */
static bool is_of(const struct x11_segment *segment, const struct shmflip_segment *wanted)
{
	return segment->attached && segment->id == wanted->id;
}

int x11_segments_attach(struct x11_segments *segments, const struct x11_display *display,
                        const struct shmflip_segment *wanted)
{
	struct x11_segment next = segments->other;

	if (is_of(&segments->current, wanted)) {
		if (++segments->pictures >= X11_SEGMENT_PICTURES)
			detach(&segments->other, display);
		return 0;
	}
	if (!is_of(&next, wanted)) {
		int error = attach(display, wanted, &next);

		if (error)
			return error;
		detach(&segments->other, display);
	}
	*segments = (struct x11_segments){ .current = next, .other = segments->current };
	return 0;
}

void x11_segments_detach(struct x11_segments *segments, const struct x11_display *display)
{
	detach(&segments->current, display);
	detach(&segments->other, display);
}
