/* SPDX-License-Identifier: MIT
 *
 * Preload this into a viewer to make X requests fail while a test wants them to. The environment
 * variable X11_FAULT names a file that contains the fault:
 *
 *   pixmap  the X server has no memory for pictures
 *   put     the X server refuses to show frames */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/shm.h>

#define EXPORT __attribute__((visibility("default")))

static bool is_active(const char *fault)
{
	const char *path = getenv("X11_FAULT");
	FILE *file = path ? fopen(path, "re") : NULL;
	char word[16] = "";

	if (!file)
		return false;
	if (!fgets(word, sizeof(word), file))
		word[0] = '\0';
	fclose(file);
	return strcmp(word, fault) == 0;
}

/* The server refuses a pixmap of width 0. */
EXPORT xcb_void_cookie_t xcb_create_pixmap_checked(xcb_connection_t *c, uint8_t depth,
                                                   xcb_pixmap_t pid, xcb_drawable_t drawable,
                                                   uint16_t width, uint16_t height)
{
	__typeof__(&xcb_create_pixmap_checked) create =
		(__typeof__(create))(uintptr_t)dlsym(RTLD_NEXT, "xcb_create_pixmap_checked");

	return create(c, depth, pid, drawable, is_active("pixmap") ? 0 : width, height);
}

/* The server refuses segment 1, which does not exist. */
EXPORT xcb_void_cookie_t xcb_shm_put_image(xcb_connection_t *c, xcb_drawable_t drawable,
                                           xcb_gcontext_t gc, uint16_t total_width,
                                           uint16_t total_height, uint16_t src_x, uint16_t src_y,
                                           uint16_t src_width, uint16_t src_height, int16_t dst_x,
                                           int16_t dst_y, uint8_t depth, uint8_t format,
                                           uint8_t send_event, xcb_shm_seg_t shmseg,
                                           uint32_t offset)
{
	__typeof__(&xcb_shm_put_image) put =
		(__typeof__(put))(uintptr_t)dlsym(RTLD_NEXT, "xcb_shm_put_image");

	return put(c, drawable, gc, total_width, total_height, src_x, src_y, src_width, src_height,
	           dst_x, dst_y, depth, format, send_event, is_active("put") ? 1 : shmseg, offset);
}
