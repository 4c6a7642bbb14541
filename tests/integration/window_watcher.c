/* SPDX-License-Identifier: MIT
 *
 * Reads a window that shows a number-producer's frames, as often as possible, and prints its number
 * on a line each time that it changes; "torn" if not all pixels are the same.
 *
 *   window-watcher WINDOW LAST        until the number is LAST, or the window is destroyed */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <xcb/xcb.h>

#define NONE (-2)
#define TORN (-1)

static bool is_uniform(const uint32_t *pixels, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if ((pixels[i] & 0xffffff) != (pixels[0] & 0xffffff))
			return false;
	}
	return true;
}

/* Reads the number in the window, or TORN. Returns false if the window is destroyed. */
static bool read_number(xcb_connection_t *connection, xcb_window_t window, uint16_t width,
                        uint16_t height, long *number)
{
	xcb_get_image_reply_t *image =
		xcb_get_image_reply(connection,
	                            xcb_get_image(connection, XCB_IMAGE_FORMAT_Z_PIXMAP, window, 0,
	                                          0, width, height, UINT32_MAX),
	                            NULL);

	if (!image)
		return false;
	const uint32_t *pixels = (const uint32_t *)xcb_get_image_data(image);
	*number = is_uniform(pixels, (size_t)width * height) ? (long)(pixels[0] & 0xffffff) : TORN;
	free(image);
	return true;
}

static void print_number(long number)
{
	if (number == TORN)
		printf("torn\n");
	else
		printf("%ld\n", number);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	xcb_connection_t *connection = xcb_connect(NULL, NULL);
	long printed = NONE, number = NONE;

	if (argc != 3 || xcb_connection_has_error(connection))
		return 2;
	xcb_window_t window = (xcb_window_t)strtoul(argv[1], NULL, 0);
	long last = atol(argv[2]);
	xcb_get_geometry_reply_t *size =
		xcb_get_geometry_reply(connection, xcb_get_geometry(connection, window), NULL);
	if (!size)
		return 1;
	while (number != last &&
	       read_number(connection, window, size->width, size->height, &number)) {
		if (number != printed)
			print_number(number);
		printed = number;
	}
	free(size);
	xcb_disconnect(connection);
	return number == last ? 0 : 1;
}
