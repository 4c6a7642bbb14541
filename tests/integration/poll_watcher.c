/* SPDX-License-Identifier: MIT
 *
 * A viewer for tests of the descriptor. It polls without a timeout, acquires once for each wake-up,
 * and prints a line for it: what came, and how many microseconds the poll took.
 *
 *   poll-watcher CHANNEL [OPTION=VALUE...]
 *
 *   ready            it has the descriptor
 *   timer MS         the library sets its timer to this period
 *   frame US NUMBER
 *   nothing US       the wake-up was for nothing
 *   error US ERRNO DETAIL
 *
 *   tick=0       leave out the timer of a second, which would hide that an event was lost
 *   every=1      take every frame */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "shmflip.h"

#define NS_PER_S 1000000000LL

static bool without_tick;
static volatile sig_atomic_t stopped;

static void stop(int number)
{
	(void)number;
	stopped = 1;
}

/* The library finds this one before libc's. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): libc abbreviates them */
SHMFLIP_API int timerfd_settime(int fd, int flags, const struct itimerspec *set,
                                struct itimerspec *before)
{
	static const struct itimerspec never;
	const struct timespec *period = &set->it_interval;

	printf("timer %lld\n", (long long)period->tv_sec * 1000 + period->tv_nsec / 1000000);
	if (without_tick && period->tv_sec > 0)
		set = &never;
	return (int)syscall(SYS_timerfd_settime, fd, flags, set, before);
}

static bool set_option(const char *text, struct shmflip_viewer_options *options)
{
	if (strcmp(text, "tick=0") == 0)
		without_tick = true;
	else if (strcmp(text, "every=1") == 0)
		options->view = SHMFLIP_VIEW_EVERY;
	else
		return false;
	return true;
}

static long long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec * NS_PER_S + now.tv_nsec) / 1000;
}

/* Waits until the descriptor is readable. Returns for how long. */
static long long wait_us(int fd)
{
	struct pollfd polled = { .fd = fd, .events = POLLIN };
	long long before_us = now_us();

	while (poll(&polled, 1, -1) < 0 && errno == EINTR && !stopped)
		;
	return now_us() - before_us;
}

static void watch(struct shmflip_viewer *viewer, int fd)
{
	const struct shmflip_frame *frame;

	while (!stopped) {
		long long us = wait_us(fd);
		int error = shmflip_viewer_acquire(viewer, &frame, 0);

		if (error == -EAGAIN) {
			printf("nothing %lld\n", us);
		} else if (error) {
			printf("error %lld %d %s\n", us, -error, shmflip_error_detail());
		} else {
			printf("frame %lld %llu\n", us, (unsigned long long)frame->sequence);
			shmflip_frame_release(frame);
		}
	}
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = stop };
	struct shmflip_viewer_options options;
	struct shmflip_viewer *viewer;
	int fd;

	setvbuf(stdout, NULL, _IOLBF, 0);
	shmflip_init(&options);
	options.channel = argv[1];
	for (int i = 2; i < argc; i++) {
		if (!set_option(argv[i], &options)) {
			fprintf(stderr, "poll-watcher: no option %s\n", argv[i]);
			return 2;
		}
	}
	sigaction(SIGTERM, &action, NULL);
	fd = shmflip_viewer_open(&options, &viewer);
	if (!fd)
		fd = shmflip_viewer_fd(viewer);
	if (fd < 0) {
		fprintf(stderr, "poll-watcher: %s\n", shmflip_error_detail());
		return 1;
	}
	printf("ready\n");
	watch(viewer, fd);
	shmflip_viewer_close(viewer);
	return 0;
}
