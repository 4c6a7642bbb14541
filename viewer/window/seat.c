/* SPDX-License-Identifier: MIT */
#include "seat.h"

#include <SDL.h>
#include <stdlib.h>

bool seat_has_compositor(void)
{
	return getenv("WAYLAND_DISPLAY") || getenv("WAYLAND_SOCKET");
}

#if defined(WITH_WAYLAND) && defined(SDL_VIDEO_DRIVER_WAYLAND)

#include <stdint.h>
#include <string.h>
#include <wayland-client.h>

static void note_global(void *has_seat, struct wl_registry *registry, uint32_t name,
                        const char *interface, uint32_t version)
{
	(void)registry;
	(void)name;
	(void)version;
	if (strcmp(interface, wl_seat_interface.name) == 0)
		*(bool *)has_seat = true;
}

static void ignore_removal(void *has_seat, struct wl_registry *registry, uint32_t name)
{
	(void)has_seat;
	(void)registry;
	(void)name;
}

/* The socket that WAYLAND_SOCKET names serves one connection, which is SDL's. */
static struct wl_display *connect_display(void)
{
	return getenv("WAYLAND_SOCKET") ? NULL : wl_display_connect(NULL);
}

bool seat_is_missing(void)
{
	static const struct wl_registry_listener listener = { note_global, ignore_removal };
	struct wl_display *display = connect_display();
	bool has_seat = false;

	if (!display)
		return false;
	struct wl_registry *registry = wl_display_get_registry(display);
	wl_registry_add_listener(registry, &listener, &has_seat);
	bool answered = wl_display_roundtrip(display) >= 0;
	wl_registry_destroy(registry);
	wl_display_disconnect(display);
	return answered && !has_seat;
}

#else

bool seat_is_missing(void)
{
	return false;
}

#endif
