/* SPDX-License-Identifier: MIT
 *
 * Looks at a window that shows a number-producer's frames, as often as it can, and prints each number
 * that it sees, a line each time that it changes; "torn" where not all pixels are the same one.
 *
 *   window-watcher WINDOW LAST        until LAST is seen, or the window is gone */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <xcb/xcb.h>

static bool is_uniform(const uint32_t *pixels, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if ((pixels[i] & 0xffffff) != (pixels[0] & 0xffffff))
			return false;
	}
	return true;
}

/* The number in the window, or -1; -2 when it is gone. */
static long look(xcb_connection_t *connection, xcb_window_t window, uint16_t width, uint16_t height)
{
	xcb_get_image_reply_t *image =
		xcb_get_image_reply(connection,
	                            xcb_get_image(connection, XCB_IMAGE_FORMAT_Z_PIXMAP, window, 0,
	                                          0, width, height, UINT32_MAX),
	                            NULL);
	long number;

	if (!image)
		return -2;
	const uint32_t *pixels = (const uint32_t *)xcb_get_image_data(image);
	number = is_uniform(pixels, (size_t)width * height) ? (long)(pixels[0] & 0xffffff) : -1;
	free(image);
	return number;
}

int main(int argc, char **argv)
{
	xcb_connection_t *connection = xcb_connect(NULL, NULL);
	long before = -3, number = -3;

	if (argc != 3 || xcb_connection_has_error(connection))
		return 2;
	xcb_window_t window = (xcb_window_t)strtoul(argv[1], NULL, 0);
	long last = atol(argv[2]);
	xcb_get_geometry_reply_t *size =
		xcb_get_geometry_reply(connection, xcb_get_geometry(connection, window), NULL);
	if (!size)
		return 1;
	while (number != last && number != -2) {
		number = look(connection, window, size->width, size->height);
		if (number != before && number == -1)
			printf("torn\n");
		else if (number != before && number >= 0)
			printf("%ld\n", number);
		before = number;
		fflush(stdout);
	}
	free(size);
	xcb_disconnect(connection);
	return number == last ? 0 : 1;
}
