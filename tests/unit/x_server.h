/* SPDX-License-Identifier: MIT
 *
 * An X server of a test's own (Xvfb), and a client beside the one under test that looks at windows. */
#ifndef SHMFLIP_TEST_X_SERVER_H
#define SHMFLIP_TEST_X_SERVER_H

#include "support.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <xcb/xcb.h>

struct x_server {
	pid_t pid;
	char display[16];
	xcb_connection_t *eye;
};

static inline void run_x_server(int answer)
{
	char number[16];
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	snprintf(number, sizeof(number), "%d", answer);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execlp("Xvfb", "Xvfb", "-displayfd", number, "-screen", "0", "1000x700x24", "-nolisten",
	       "tcp", "-noreset", (char *)NULL);
	_exit(77);
}

/* Whether there is one, and it is SDL's from now on; not if Xvfb is not installed. */
static inline bool start_x_server(struct x_server *server)
{
	int answer[2];
	char text[8] = "";

	assert_int_equal(pipe(answer), 0);
	server->pid = fork();
	assert_true(server->pid >= 0);
	if (server->pid == 0) {
		close(answer[0]);
		run_x_server(answer[1]);
	}
	close(answer[1]);
	for (size_t got = 0; got < sizeof(text) - 1 && !strchr(text, '\n'); got++) {
		if (read(answer[0], text + got, 1) <= 0)
			break;
	}
	close(answer[0]);
	if (!strchr(text, '\n'))
		return false;
	snprintf(server->display, sizeof(server->display), ":%d", atoi(text));
	setenv("DISPLAY", server->display, 1);
	setenv("SDL_VIDEODRIVER", "x11", 1);
	server->eye = xcb_connect(server->display, NULL);
	return !xcb_connection_has_error(server->eye);
}

static inline void stop_x_server(struct x_server *server)
{
	xcb_disconnect(server->eye);
	kill(server->pid, SIGTERM);
	kill(server->pid, SIGCONT);
	waitpid(server->pid, NULL, 0);
}

/* What a drawable holds, as 0xRRGGBB; the caller frees it. NULL: the drawable is gone. */
static inline uint32_t *look_at(const struct x_server *server, xcb_drawable_t drawable, int width,
                                int height)
{
	xcb_get_image_reply_t *image = xcb_get_image_reply(
		server->eye,
		xcb_get_image(server->eye, XCB_IMAGE_FORMAT_Z_PIXMAP, drawable, 0, 0,
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
