/* SPDX-License-Identifier: MIT
 *
 * A separate X server for a test (Xvfb), and a second client that reads what windows show. */
#ifndef SHMFLIP_TEST_X_SERVER_H
#define SHMFLIP_TEST_X_SERVER_H

#include "support.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <xcb/xcb.h>

struct x_server {
	pid_t pid;
	char display[16];
	xcb_connection_t *observer; /* the second client */
};

static inline void run_x_server(int display_fd)
{
	char number[16];
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	snprintf(number, sizeof(number), "%d", display_fd);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execlp("Xvfb", "Xvfb", "-displayfd", number, "-screen", "0", "1000x700x24", "-nolisten",
	       "tcp", "-noreset", (char *)NULL);
	_exit(77);
}

/* Starts a server, which SDL uses from now on. Returns false if Xvfb is not installed or does not
 * start. */
static inline bool start_x_server(struct x_server *server)
{
	int display_pipe[2];
	char text[8] = "";

	assert_int_equal(pipe(display_pipe), 0);
	server->pid = fork();
	assert_true(server->pid >= 0);
	if (server->pid == 0) {
		close(display_pipe[0]);
		run_x_server(display_pipe[1]);
	}
	close(display_pipe[1]);
	for (size_t got = 0; got < sizeof(text) - 1 && !strchr(text, '\n'); got++) {
		if (read(display_pipe[0], text + got, 1) <= 0)
			break;
	}
	close(display_pipe[0]);
	if (!strchr(text, '\n'))
		return false;
	snprintf(server->display, sizeof(server->display), ":%d", atoi(text));
	setenv("DISPLAY", server->display, 1);
	setenv("SDL_VIDEODRIVER", "x11", 1);
	server->observer = xcb_connect(server->display, NULL);
	return !xcb_connection_has_error(server->observer);
}

static inline void stop_x_server(struct x_server *server)
{
	xcb_disconnect(server->observer);
	kill(server->pid, SIGTERM);
	kill(server->pid, SIGCONT);
	waitpid(server->pid, NULL, 0);
}

/* The pixels of a drawable, as 0xRRGGBB, which the caller frees. NULL: there is no such
 * drawable. */
static inline uint32_t *read_drawable(const struct x_server *server, xcb_drawable_t drawable,
                                      int width, int height)
{
	xcb_get_image_reply_t *image = xcb_get_image_reply(
		server->observer,
		xcb_get_image(server->observer, XCB_IMAGE_FORMAT_Z_PIXMAP, drawable, 0, 0,
	                      (uint16_t)width, (uint16_t)height, UINT32_MAX),
		NULL);
	size_t count = (size_t)width * (size_t)height;
	uint32_t *pixels = image ? calloc(count, sizeof(*pixels)) : NULL;

	for (size_t i = 0; pixels && i < count; i++)
		pixels[i] = ((const uint32_t *)xcb_get_image_data(image))[i] & 0xffffff;
	free(image);
	return pixels;
}

#endif
