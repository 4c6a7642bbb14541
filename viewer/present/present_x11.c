/* SPDX-License-Identifier: MIT
 *
 * Shows frames without a copy: the X server attaches the segment of the frames, and draws from the
 * slot to the window, with scaling and blending if needed. This process only says where the pixels
 * are. It never reads one.
 *
 * SDL owns the window and handles its events. Requests go over a separate connection. A listener
 * thread releases a frame once the server says that it has read the slot. The newest frame stays in
 * its slot for repaints. The producer may not reuse that slot before it publishes a newer frame. */
#include <SDL.h>
#include <SDL_syswm.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "monotonic.h"
#include "present.h"
#include "x11_clip.h"
#include "x11_display.h"
#include "x11_frames.h"
#include "x11_limits.h"
#include "x11_renderer.h"
#include "x11_scaler.h"
#include "x11_segment.h"

#define READ_BYTES (1 << 24) /* per request */

struct x11_presenter {
	struct presenter_host *host;
	struct x11_display display;
	struct x11_segments segments;
	struct x11_renderer renderer;
	struct x11_scaler scaler;
	bool loaded; /* scaler has the pixels of the last frame shown */
	bool alpha;  /* the last frame shown has alpha */

	struct x11_frames frames;
	pthread_t listener;
	xcb_window_t message_window; /* gets the message that stops the listener */

	/* Written by the listener, before request_refused. */
	uint8_t error_code;
	uint8_t error_request;
	uint16_t error_minor;
	atomic_bool request_refused; /* the server refused a request: the presenter has failed */
};

/* ---- The listener -------------------------------------------------------------------------- */

static void wake(void *context)
{
	const struct presenter_host *host = ((struct x11_presenter *)context)->host;

	host->wake(host->context);
}

static void note_refusal(struct x11_presenter *self, const xcb_generic_error_t *error)
{
	if (atomic_load_explicit(&self->request_refused, memory_order_relaxed))
		return;
	self->error_code = error->error_code;
	self->error_request = error->major_code;
	self->error_minor = error->minor_code;
	/* Pairs with check_server(). */
	atomic_store_explicit(&self->request_refused, true, memory_order_release);
	wake(self);
}

static void *listen_to_server(void *argument)
{
	struct x11_presenter *self = argument;
	xcb_generic_event_t *event;
	bool stopped = false;

	while (!stopped && (event = xcb_wait_for_event(self->display.connection))) {
		if (event->response_type == 0)
			note_refusal(self, (const xcb_generic_error_t *)event);
		stopped = (event->response_type & 0x7f) == XCB_CLIENT_MESSAGE;
		x11_frames_complete(&self->frames, event->full_sequence);
		free(event);
	}
	x11_frames_abandon(&self->frames);
	return NULL;
}

/* The listener blocks all signals: other threads handle them. */
static int start_listener(struct x11_presenter *self)
{
	xcb_connection_t *connection = self->display.connection;
	sigset_t all, before;

	self->message_window = xcb_generate_id(connection);
	xcb_create_window(connection, 0, self->message_window, self->display.root, 0, 0, 1, 1, 0,
	                  XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT, 0, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int error = -pthread_create(&self->listener, NULL, listen_to_server, self);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error)
		presenter_fail(self->host, error, "cannot start a thread: %s", strerror(-error));
	return error;
}

/* The listener handles the answers to all requests before it gets the message. */
static void stop_listener(struct x11_presenter *self)
{
	const xcb_client_message_event_t message = {
		.response_type = XCB_CLIENT_MESSAGE,
		.format = 32,
		.window = self->message_window,
		.type = XCB_ATOM_NOTICE,
	};

	xcb_send_event(self->display.connection, false, self->message_window, 0,
	               (const char *)&message);
	xcb_flush(self->display.connection);
	pthread_join(self->listener, NULL);
}

/* ---- Create and destroy -------------------------------------------------------------------- */

static void release_frame(void *context, const struct shmflip_frame *frame)
{
	const struct presenter_host *host = ((struct x11_presenter *)context)->host;

	host->release_frame(host->context, frame);
}

static void on_screen(void *context, int64_t published_ns)
{
	const struct presenter_host *host = ((struct x11_presenter *)context)->host;

	host->on_screen(host->context, published_ns, monotonic_now_ns());
}

static int check_server(struct x11_presenter *self)
{
	/* Pairs with note_refusal(). */
	if (atomic_load_explicit(&self->request_refused, memory_order_acquire))
		return presenter_fail(self->host, -EIO,
		                      "the X server refused request %d.%d (error %d)",
		                      self->error_request, self->error_minor, self->error_code);
	if (xcb_connection_has_error(self->display.connection))
		return presenter_fail(self->host, -EIO, "lost the connection to the X server");
	return 0;
}

static int connect_to_server(struct x11_presenter *self)
{
	SDL_SysWMinfo info;

	SDL_VERSION(&info.version);
	if (!SDL_GetWindowWMInfo(self->host->window, &info) || info.subsystem != SDL_SYSWM_X11)
		return presenter_fail(self->host, -ENODEV, "the window is not on an X server");
	return x11_display_init(&self->display, self->host, DisplayString(info.info.x11.display),
	                        (xcb_window_t)info.info.x11.window);
}

static int create(struct presenter_host *host, void **state)
{
	struct x11_presenter *self = calloc(1, sizeof(*self));
	const struct x11_frames_callbacks callbacks = { release_frame, on_screen, wake, self };

	if (!self)
		return presenter_fail(host, -ENOMEM, "out of memory");
	self->host = host;
	int error = connect_to_server(self);
	if (error)
		goto free_self;
	x11_renderer_init(&self->renderer, &self->display);
	x11_frames_init(&self->frames, &callbacks);
	error = start_listener(self);
	if (error)
		goto finish;
	*state = self;
	return 0;

finish:
	x11_frames_finish(&self->frames);
	x11_display_finish(&self->display);
free_self:
	free(self);
	return error;
}

static void destroy(void *state)
{
	struct x11_presenter *self = state;

	if (!self)
		return;
	/* The server has detached the segments when the listener stops. */
	x11_segments_detach(&self->segments, &self->display);
	stop_listener(self);
	x11_frames_release_newest(&self->frames);
	x11_frames_finish(&self->frames);
	x11_display_finish(&self->display);
	free(self);
}

/* ---- Frames -------------------------------------------------------------------------------- */

/* Makes the server copy a part of the newest frame, from its slot. */
static void put_image(struct x11_presenter *self, xcb_drawable_t onto, xcb_gcontext_t gc,
                      struct area part, int x, int y)
{
	const struct picture *picture = x11_frames_newest(&self->frames);

	x11_frames_begin_request(&self->frames);
	xcb_void_cookie_t request = xcb_shm_put_image(
		self->display.connection, onto, gc,
		(uint16_t)(picture->stride_bytes / X11_PIXEL_BYTES), (uint16_t)picture->info.height,
		(uint16_t)part.x, (uint16_t)part.y, (uint16_t)part.width, (uint16_t)part.height,
		(int16_t)x, (int16_t)y, self->alpha ? X11_DEPTH_ALPHA : X11_DEPTH,
		XCB_IMAGE_FORMAT_Z_PIXMAP, true, self->segments.current.server_id,
		(uint32_t)picture->segment->offset_bytes[0]);
	x11_frames_end_request(&self->frames, request.sequence);
}

/* Makes the server copy the newest frame to its own memory, if it has not. A copy of a frame, which
 * the server cannot attach, is sent. */
static int load(struct x11_presenter *self)
{
	const struct picture *picture = x11_frames_newest(&self->frames);

	if (self->loaded)
		return 0;
	struct area all = { 0, 0, (int)picture->info.width, (int)picture->info.height };
	int error = x11_scaler_prepare(&self->scaler, &self->display,
	                               (struct size){ all.width, all.height }, self->alpha);
	if (error)
		return error;
	if (!picture->segment)
		x11_image_write(&self->scaler.raw, &self->display,
		                (const uint32_t *)picture->pixels, all.width, all.height);
	else
		put_image(self, self->scaler.raw.pixmap, self->scaler.raw.gc, all, 0, 0);
	self->loaded = true;
	return 0;
}

static void put_on_window(struct x11_presenter *self, const struct scene *scene,
                          struct area visible)
{
	struct area part = { scene->source.x + visible.x - scene->target.x,
		             scene->source.y + visible.y - scene->target.y, visible.width,
		             visible.height };

	put_image(self, self->display.window, self->renderer.gc, part, visible.x, visible.y);
}

static int draw(struct x11_presenter *self, const struct scene *scene, bool all)
{
	struct area visible = clip_to_window(scene->target, scene->window);
	bool other_layers = x11_renderer_begin(&self->renderer, &self->display, scene, all);
	int error = 0;

	if (!self->loaded && x11_renderer_is_direct(scene, self->alpha) && visible.width > 0 &&
	    visible.height > 0) {
		put_on_window(self, scene, visible);
	} else {
		error = load(self);
		if (!error)
			error = x11_renderer_draw(&self->renderer, &self->display, &self->scaler,
			                          scene);
	}
	if (!error && other_layers)
		error = x11_renderer_end(&self->renderer, &self->display, scene, self->alpha);
	xcb_flush(self->display.connection);
	return error;
}

static int show(void *state, const struct picture *picture, const struct scene *scene)
{
	struct x11_presenter *self = state;
	int error = check_server(self);

	if (!error)
		error = x11_limits_accept(self->host, picture);
	if (!error && picture->segment)
		error = x11_segments_attach(&self->segments, &self->display, picture->segment);
	if (error)
		return error;
	x11_frames_add(&self->frames, picture);
	self->alpha = !picture->info.opaque;
	self->loaded = false;
	if (!picture->segment)
		error = load(self);
	if (!error)
		error = draw(self, scene, scene->damaged);
	if (error)
		x11_frames_forget_newest(&self->frames);
	return error;
}

static bool ready(void *state)
{
	struct x11_presenter *self = state;

	return x11_frames_ready(&self->frames);
}

static int check(void *state)
{
	struct x11_presenter *self = state;

	return check_server(self);
}

/* Releases the frame only after the server has copied it. If the server cannot, the next presenter
 * needs the frame. */
static int release_slot(void *state)
{
	struct x11_presenter *self = state;
	int error = check_server(self);

	if (!error)
		error = load(self);
	if (error)
		return error;
	xcb_flush(self->display.connection);
	x11_frames_wait(&self->frames);
	error = check_server(self);
	if (error)
		return error;
	x11_frames_release_newest(&self->frames);
	x11_segments_detach(&self->segments, &self->display);
	xcb_flush(self->display.connection);
	return 0;
}

static int repaint(void *state, const struct scene *scene)
{
	struct x11_presenter *self = state;
	int error = check_server(self);

	if (!error)
		error = draw(self, scene, true);
	return error;
}

/* ---- Reading ------------------------------------------------------------------------------- */

/* Reads from the server, not from the slot. The slot may hold another frame by now, and this
 * process reads no slot. */
static int read_picture(void *state, struct area area, uint32_t *pixels)
{
	struct x11_presenter *self = state;
	int rows_per_request = READ_BYTES / (area.width * X11_PIXEL_BYTES);
	int error = check_server(self);

	if (!error)
		error = load(self);
	for (int y = 0; y < area.height && !error; y += rows_per_request) {
		int rows = area.height - y < rows_per_request ? area.height - y : rows_per_request;
		struct area part = { area.x, area.y + y, area.width, rows };

		error = x11_image_read(&self->scaler.raw, &self->display, part,
		                       pixels + (size_t)y * (size_t)area.width);
	}
	return error;
}

static bool take_back(void *state, struct picture *picture)
{
	struct x11_presenter *self = state;
	const struct picture *newest = x11_frames_newest(&self->frames);

	if (!newest)
		return false;
	*picture = *newest;
	x11_frames_forget_newest(&self->frames);
	return true;
}

const struct presenter presenter_x11 = {
	.name = "x11",
	.needs_window = true,
	.accept = x11_limits_accept,
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
