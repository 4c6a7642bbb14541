/* SPDX-License-Identifier: MIT
 *
 * No copy: the X server attaches the segment of the frames by itself, and draws from the slot to the
 * window, scaling and blending where that is wanted. This process only says where the pixels lie,
 * and never reads one.
 *
 * SDL has the window and its events. Requests go over a connection of our own, on which a thread
 * listens for the server's word that it has read a slot; only then is the frame given back. The
 * newest frame stays in its slot, for repainting: nobody may reuse that before there is a newer one. */
#include <SDL.h>
#include <SDL_syswm.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "present.h"
#include "x11_clip.h"
#include "x11_display.h"
#include "x11_frames.h"
#include "x11_renderer.h"
#include "x11_scaler.h"
#include "x11_segment.h"

#define PIXEL_BYTES 4
#define READ_BYTES (1 << 24) /* at a time */
#define OPAQUE 0xff000000

struct x11_presenter {
	struct presenter_host *host;
	struct x11_display display;
	struct x11_segment segment;
	struct x11_renderer renderer;
	struct x11_scaler picture;
	bool loaded; /* picture is that of the frame shown last */
	bool alpha;  /* of the frame shown last */

	struct x11_frames frames;
	pthread_t listener;
	xcb_window_t mailbox; /* for a message that ends the listener */

	/* Written by the listener, before refused. */
	uint8_t error_code;
	uint8_t error_request;
	uint16_t error_minor;
	atomic_bool refused; /* a request, without which we cannot go on */
};

/* ---- Listening to the server ---------------------------------------------------------------- */

static void wake(void *context)
{
	const struct presenter_host *host = ((struct x11_presenter *)context)->host;

	host->wake(host->context);
}

static void note_refusal(struct x11_presenter *self, const xcb_generic_error_t *error)
{
	if (atomic_load_explicit(&self->refused, memory_order_relaxed))
		return;
	self->error_code = error->error_code;
	self->error_request = error->major_code;
	self->error_minor = error->minor_code;
	/* Pairs with check_refused(). */
	atomic_store_explicit(&self->refused, true, memory_order_release);
	wake(self);
}

static void *listen_to_server(void *argument)
{
	struct x11_presenter *self = argument;
	xcb_generic_event_t *event;
	bool ended = false;

	while (!ended && (event = xcb_wait_for_event(self->display.connection))) {
		if (event->response_type == 0)
			note_refusal(self, (const xcb_generic_error_t *)event);
		ended = (event->response_type & 0x7f) == XCB_CLIENT_MESSAGE;
		x11_frames_complete(&self->frames, event->full_sequence);
		free(event);
	}
	x11_frames_abandon(&self->frames);
	return NULL;
}

/* Signals are for the other threads. */
static int start_listener(struct x11_presenter *self)
{
	xcb_connection_t *connection = self->display.connection;
	sigset_t all, before;

	self->mailbox = xcb_generate_id(connection);
	xcb_create_window(connection, 0, self->mailbox, self->display.root, 0, 0, 1, 1, 0,
	                  XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT, 0, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int result = -pthread_create(&self->listener, NULL, listen_to_server, self);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result == 0 ? 0
	                   : x11_fail(&self->display, result, "no thread: %s", strerror(-result));
}

/* Its end comes after the answers to all requests. */
static void stop_listener(struct x11_presenter *self)
{
	const xcb_client_message_event_t message = {
		.response_type = XCB_CLIENT_MESSAGE,
		.format = 32,
		.window = self->mailbox,
		.type = XCB_ATOM_NOTICE,
	};

	xcb_send_event(self->display.connection, false, self->mailbox, 0, (const char *)&message);
	xcb_flush(self->display.connection);
	pthread_join(self->listener, NULL);
}

/* ---- Coming and going ------------------------------------------------------------------------ */

/* Hands the display's reason on. */
static int told(struct x11_presenter *self, int result)
{
	if (result < 0)
		snprintf(self->host->reason, sizeof(self->host->reason), "%s",
		         self->display.reason);
	return result;
}

static void release_frame(void *context, struct shmflip_frame *frame)
{
	const struct presenter_host *host = ((struct x11_presenter *)context)->host;

	host->release_frame(host->context, frame);
}

static void on_screen(void *context, const struct shmflip_frame_info *info)
{
	const struct presenter_host *host = ((struct x11_presenter *)context)->host;

	host->on_screen(host->context, info, monotonic_now_ns());
}

static int check_refused(struct x11_presenter *self)
{
	/* Pairs with note_refusal(). */
	if (atomic_load_explicit(&self->refused, memory_order_acquire))
		return x11_fail(&self->display, -EIO,
		                "the X server refused request %d.%d (error %d)",
		                self->error_request, self->error_minor, self->error_code);
	if (xcb_connection_has_error(self->display.connection))
		return x11_fail(&self->display, -EIO, "the X server is gone");
	return 0;
}

static int connect_to_server(struct x11_presenter *self)
{
	SDL_SysWMinfo info;

	SDL_VERSION(&info.version);
	if (!SDL_GetWindowWMInfo(self->host->window, &info) || info.subsystem != SDL_SYSWM_X11)
		return x11_fail(&self->display, -ENODEV, "the window is not an X server's");
	return x11_display_init(&self->display, DisplayString(info.info.x11.display),
	                        (xcb_window_t)info.info.x11.window);
}

static int create(struct presenter_host *host, void **state)
{
	struct x11_presenter *self = calloc(1, sizeof(*self));
	const struct x11_frames_callbacks callbacks = { release_frame, on_screen, wake, self };

	if (!self) {
		snprintf(host->reason, sizeof(host->reason), "no memory");
		return -ENOMEM;
	}
	self->host = host;
	int result = connect_to_server(self);
	if (result < 0)
		goto free_self;
	x11_renderer_init(&self->renderer, &self->display);
	x11_frames_init(&self->frames, &callbacks);
	result = start_listener(self);
	if (result < 0)
		goto finish;
	*state = self;
	return 0;

finish:
	x11_frames_finish(&self->frames);
	x11_display_finish(&self->display);
free_self:
	told(self, result);
	free(self);
	return result;
}

static void destroy(void *state)
{
	struct x11_presenter *self = state;

	if (!self)
		return;
	stop_listener(self);
	x11_frames_release_newest(&self->frames);
	x11_frames_finish(&self->frames);
	x11_display_finish(&self->display);
	free(self);
}

/* ---- Frames ---------------------------------------------------------------------------------- */

/* Has the server copy a part of the newest frame, from its slot. */
static void put(struct x11_presenter *self, xcb_drawable_t onto, xcb_gcontext_t gc,
                struct area part, int x, int y)
{
	const struct shmflip_frame *frame = x11_frames_newest(&self->frames);

	x11_frames_begin_request(&self->frames);
	xcb_void_cookie_t request = xcb_shm_put_image(
		self->display.connection, onto, gc,
		(uint16_t)(frame->info.stride_bytes / PIXEL_BYTES), (uint16_t)frame->info.height,
		(uint16_t)part.x, (uint16_t)part.y, (uint16_t)part.width, (uint16_t)part.height,
		(int16_t)x, (int16_t)y, self->alpha ? X11_DEPTH_ALPHA : X11_DEPTH,
		XCB_IMAGE_FORMAT_Z_PIXMAP, true, self->segment.server_id,
		(uint32_t)frame->segment_offset);
	x11_frames_end_request(&self->frames, request.sequence);
}

static int make_room(struct x11_presenter *self, const struct shmflip_frame *frame)
{
	struct size size = { (int)frame->info.width, (int)frame->info.height };

	return x11_scaler_fit(&self->picture, &self->display, size, self->alpha);
}

/* Has the server copy the newest frame to its own memory, unless it has. */
static int load(struct x11_presenter *self)
{
	const struct shmflip_frame *frame = x11_frames_newest(&self->frames);

	if (self->loaded)
		return 0;
	int result = make_room(self, frame);
	if (result < 0)
		return result;
	struct area all = { 0, 0, (int)frame->info.width, (int)frame->info.height };
	put(self, self->picture.raw.pixmap, self->picture.raw.gc, all, 0, 0);
	self->loaded = true;
	return 0;
}

static void put_to_window(struct x11_presenter *self, const struct scene *scene,
                          struct area visible)
{
	struct area part = { scene->source.x + visible.x - scene->target.x,
		             scene->source.y + visible.y - scene->target.y, visible.width,
		             visible.height };

	put(self, self->display.window, self->renderer.gc, part, visible.x, visible.y);
}

static int draw(struct x11_presenter *self, const struct scene *scene, bool all)
{
	struct area visible = clip_to_window(scene->target, scene->window);
	bool more = x11_renderer_begin(&self->renderer, &self->display, scene, all);
	int result = 0;

	if (!self->loaded && x11_renderer_is_direct(scene, self->alpha) && visible.width > 0 &&
	    visible.height > 0) {
		put_to_window(self, scene, visible);
	} else {
		result = load(self);
		if (result == 0)
			result = x11_renderer_draw(&self->renderer, &self->display, &self->picture,
			                           scene);
	}
	if (result == 0 && more)
		result = x11_renderer_end(&self->renderer, &self->display, scene, self->alpha);
	xcb_flush(self->display.connection);
	return result;
}

static int check_frame(struct x11_presenter *self, const struct shmflip_frame *frame)
{
	const struct shmflip_frame_info *info = &frame->info;

	if (info->width > X11_SIDE_MAX || info->height > X11_SIDE_MAX ||
	    info->stride_bytes / PIXEL_BYTES > UINT16_MAX)
		return x11_fail(&self->display, -EOVERFLOW, "a frame of %ux%u is too large for X",
		                info->width, info->height);
	if (frame->segment_offset > UINT32_MAX)
		return x11_fail(
			&self->display, -EOVERFLOW,
			"X reaches no further than 4 GiB into the frames' memory: use fewer "
			"slots");
	return 0;
}

static int show(void *state, const struct shmflip_frame *frame, const struct scene *scene)
{
	struct x11_presenter *self = state;
	int result = check_refused(self);

	if (result == 0)
		result = check_frame(self, frame);
	if (result == 0)
		result = x11_segment_attach(&self->segment, &self->display, frame);
	if (result < 0)
		return told(self, result);
	x11_frames_add(&self->frames, frame);
	self->alpha = frame->info.format == SHMFLIP_FORMAT_ARGB8888;
	self->loaded = false;
	result = draw(self, scene, false);
	if (result < 0)
		x11_frames_forget_newest(&self->frames);
	return told(self, result);
}

static bool ready(void *state)
{
	struct x11_presenter *self = state;

	return x11_frames_ready(&self->frames);
}

static int check(void *state)
{
	struct x11_presenter *self = state;

	return told(self, check_refused(self));
}

/* The frame is let go when the server is known to have its picture, not before: another presenter may have
 * to show it. */
static int release_slot(void *state)
{
	struct x11_presenter *self = state;
	int result = check_refused(self);

	if (result == 0)
		result = load(self);
	if (result < 0)
		return told(self, result);
	xcb_flush(self->display.connection);
	x11_frames_wait(&self->frames);
	result = check_refused(self);
	if (result < 0)
		return told(self, result);
	x11_frames_release_newest(&self->frames);
	x11_segment_detach(&self->segment, &self->display);
	xcb_flush(self->display.connection);
	return 0;
}

static int repaint(void *state, const struct scene *scene)
{
	struct x11_presenter *self = state;
	int result = check_refused(self);

	if (result == 0)
		result = draw(self, scene, true);
	return told(self, result);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static int read_rows(struct x11_presenter *self, struct area area, uint32_t *pixels)
{
	xcb_connection_t *connection = self->display.connection;
	size_t count = (size_t)area.width * (size_t)area.height;
	xcb_get_image_reply_t *image = xcb_get_image_reply(
		connection,
		xcb_get_image(connection, XCB_IMAGE_FORMAT_Z_PIXMAP, self->picture.raw.pixmap,
	                      (int16_t)area.x, (int16_t)area.y, (uint16_t)area.width,
	                      (uint16_t)area.height, UINT32_MAX),
		NULL);

	if (!image || (size_t)xcb_get_image_data_length(image) < count * PIXEL_BYTES) {
		free(image);
		return x11_fail(&self->display, -EIO, "the X server does not give the picture");
	}
	memcpy(pixels, xcb_get_image_data(image), count * PIXEL_BYTES);
	for (size_t i = 0; i < count && !self->alpha; i++)
		pixels[i] |= OPAQUE;
	free(image);
	return 0;
}

/* From the server, not the slot: that may be somebody else's by now, and is not ours to read. */
static int read_picture(void *state, struct area area, uint32_t *pixels)
{
	struct x11_presenter *self = state;
	int rows_at_once = READ_BYTES / (area.width * PIXEL_BYTES);
	int result = check_refused(self);

	if (result == 0)
		result = load(self);
	for (int y = 0; y < area.height && result == 0; y += rows_at_once) {
		int rows = area.height - y < rows_at_once ? area.height - y : rows_at_once;
		struct area part = { area.x, area.y + y, area.width, rows };

		result = read_rows(self, part, pixels + (size_t)y * (size_t)area.width);
	}
	return told(self, result);
}

static bool take_back(void *state, struct shmflip_frame *frame)
{
	struct x11_presenter *self = state;
	const struct shmflip_frame *newest = x11_frames_newest(&self->frames);

	if (!newest)
		return false;
	*frame = *newest;
	x11_frames_forget_newest(&self->frames);
	return true;
}

const struct presenter presenter_x11 = {
	.name = "x11",
	.needs_window = true,
	.create = create,
	.ready = ready,
	.check = check,
	.show = show,
	.release_slot = release_slot,
	.repaint = repaint,
	.read = read_picture,
	.take_back = take_back,
	.destroy = destroy,
};
