/* SPDX-License-Identifier: MIT
 *
 * The frames of two channels, until standard input has something or ends. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <shmflip.h>
#include <stdio.h>

static void take(const char *channel, struct shmflip_viewer *viewer)
{
	const struct shmflip_frame *frame;
	int error = shmflip_viewer_acquire(viewer, &frame, 0);

	if (!error) {
		printf("%s: %" PRIu64 "\n", channel, frame->sequence);
		shmflip_frame_release(frame);
	} else if (error != -EAGAIN) {
		printf("%s: %s\n", channel, shmflip_error_detail());
	}
	fflush(stdout);
}

int main(void)
{
	const char *channels[2] = { "left", "right" };
	struct pollfd fds[3] = { [2] = { .events = POLLIN } };
	struct shmflip_viewer *viewers[2];
	struct shmflip_viewer_options options;

	shmflip_init(&options);
	for (int i = 0; i < 2; i++) {
		options.channel = channels[i];
		if (shmflip_viewer_open(&options, &viewers[i]) < 0 ||
		    (fds[i].fd = shmflip_viewer_fd(viewers[i])) < 0)
			return puts(shmflip_error_detail()), 1;
		fds[i].events = POLLIN;
	}
	while (!fds[2].revents) {
		poll(fds, 3, -1); /* EINTR does no harm */
		for (int i = 0; i < 2; i++)
			if (fds[i].revents)
				take(channels[i], viewers[i]);
	}
	shmflip_viewer_close(viewers[0]);
	shmflip_viewer_close(viewers[1]);
}
