/* SPDX-License-Identifier: MIT
 *
 * The frames of two channels, until standard input has something or ends, or until Ctrl-C. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <shmflip.h>
#include <signal.h>
#include <stdio.h>

static struct shmflip_viewer *viewers[2];

static void stop(int signal)
{
	(void)signal;
	shmflip_viewer_interrupt(viewers[0]);
	shmflip_viewer_interrupt(viewers[1]);
}

static int take(const char *channel, struct shmflip_viewer *viewer)
{
	const struct shmflip_frame *frame;
	int error = shmflip_viewer_acquire(viewer, &frame, 0);

	if (!error) {
		printf("%s: %" PRIu64 "\n", channel, frame->sequence);
		shmflip_frame_release(frame);
	} else if (error != -EAGAIN && error != -ECANCELED) {
		printf("%s\n", shmflip_error_detail());
	}
	fflush(stdout);
	return error;
}

int main(void)
{
	const char *channels[2] = { "left", "right" };
	struct sigaction action = { .sa_handler = stop };
	struct pollfd fds[3] = { [2] = { .events = POLLIN } };
	struct shmflip_viewer_options options;
	int error = 0;

	shmflip_init(&options);
	for (int i = 0; i < 2; i++) {
		options.channel = channels[i];
		if (shmflip_viewer_open(&options, &viewers[i]) < 0 ||
		    (fds[i].fd = shmflip_viewer_fd(viewers[i])) < 0)
			return puts(shmflip_error_detail()), 1;
		fds[i].events = POLLIN;
	}
	sigaction(SIGINT, &action, NULL);
	while (error != -ECANCELED && !fds[2].revents) {
		poll(fds, 3, -1); /* EINTR does no harm */
		for (int i = 0; i < 2 && error != -ECANCELED; i++)
			if (fds[i].revents)
				error = take(channels[i], viewers[i]);
	}
	signal(SIGINT, SIG_DFL);
	shmflip_viewer_close(viewers[0]);
	shmflip_viewer_close(viewers[1]);
}
