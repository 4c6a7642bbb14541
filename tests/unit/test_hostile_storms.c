/* SPDX-License-Identifier: MIT
 *
 * A hostile peer: memory and files that change while viewers read them. Any result is fine except a
 * crash, a hang, or a frame that reaches beyond its slot. */
#include "handles.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/shm.h>

enum { STORM_MS = 1200, TIMEOUT_S = 60, SCRIBBLED_BYTES = 2 * sizeof(struct layout_slot) };

/* Also reads the last pixel of each row. */
static bool is_within_its_segment(const struct shmflip_frame *frame)
{
	const struct shmflip_segment *segment = shmflip_frame_segment(frame);
	const struct shmflip_plane *plane = &frame->plane[0];
	struct shmid_ds status;

	if (shmctl(segment->id, IPC_STAT, &status) < 0 || frame->planes != 1 ||
	    segment->offset_bytes[0] + (uint64_t)plane->stride_bytes * plane->rows >
	            status.shm_segsz ||
	    frame->width * 4ULL > plane->stride_bytes || plane->rows < frame->height ||
	    strlen(frame->source) > SHMFLIP_SOURCE_MAX)
		return false;
	for (uint32_t y = 0; y < frame->height; y++)
		(void)*(const volatile uint8_t *)(plane->pixels + (size_t)y * plane->stride_bytes +
		                                  frame->width * 4 - 1);
	return true;
}

/* Takes frames until one is refused, at most 50. Returns how many, or -1: one was outside the
 * segment. */
static int take_some(struct shmflip_viewer *viewer, bool *refused)
{
	int frames = 0;

	for (int i = 0; i < 50; i++) {
		const struct shmflip_frame *frame;
		int error = shmflip_viewer_acquire(viewer, &frame, 5);

		*refused = error && error != -EAGAIN;
		if (*refused)
			break;
		if (error)
			continue;
		if (!is_within_its_segment(frame))
			return -1;
		shmflip_frame_release(frame);
		frames++;
	}
	return frames;
}

/* Runs in a process of its own, and opens one viewer after another. The alarm ends endless
 * loops. */
static int view_in_the_storm(void *way)
{
	int64_t end_ns = monotonic_now_ns() + STORM_MS * INT64_C(1000000);
	int frames = 0, refusals = 0;

	alarm(TIMEOUT_S);
	while (monotonic_now_ns() < end_ns) {
		struct shmflip_viewer *viewer = open_viewer(*(const uint32_t *)way);
		bool refused;
		int taken = take_some(viewer, &refused);

		shmflip_viewer_close(viewer);
		if (taken < 0)
			return 2;
		frames += taken;
		refusals += refused;
	}
	print_message("%d frames, %d refusals\n", frames, refusals);
	return frames == 0 || refusals == 0;
}

struct storm {
	pthread_t thread;
	atomic_bool stopped;
	struct layout_header *header;
	unsigned seed;
};

/* Writes numbers of all sizes anywhere into the header and the descriptions. Now and then restores
 * the constant part of the header, and the state. */
static void *scribble(void *argument)
{
	struct storm *storm = argument;
	volatile uint8_t *bytes = (volatile uint8_t *)storm->header;
	const struct layout_fixed fixed = storm->header->fixed;

	while (!atomic_load(&storm->stopped)) {
		size_t at = rand_r(&storm->seed) % (sizeof(*storm->header) + SCRIBBLED_BYTES - 8);
		uint64_t number = (uint64_t)rand_r(&storm->seed) << (rand_r(&storm->seed) % 48);

		for (int i = 0; i < 1 << rand_r(&storm->seed) % 4; i++)
			bytes[at + (size_t)i] = (uint8_t)(number >> 8 * i);
		if (rand_r(&storm->seed) % 4 == 0) {
			storm->header->fixed = fixed;
			atomic_store(&storm->header->state, LAYOUT_RUNNING);
			sleep_ms(1);
		}
	}
	storm->header->fixed = fixed;
	return NULL;
}

static void publish_through_the_storm(struct shmflip_producer *producer)
{
	int64_t end_ns = monotonic_now_ns() + STORM_MS * INT64_C(1000000);

	for (uint32_t value = 0; monotonic_now_ns() < end_ns; value++) {
		int error = publish_square(producer, value, 1);

		assert_true(error == 0 || error == -EAGAIN);
		clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){ .tv_nsec = 200000 }, NULL);
	}
}

static void scribbled_memory_does_no_harm(void **state)
{
	static uint32_t ways[] = { SHMFLIP_VIEW_NEWEST, SHMFLIP_VIEW_EVERY };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, -1);
	struct storm storm = { .header = header_of(producer), .seed = 7 };
	pid_t viewers[2];

	(void)state;
	for (int i = 0; i < 2; i++)
		viewers[i] = start(view_in_the_storm, &ways[i]);
	assert_int_equal(pthread_create(&storm.thread, NULL, scribble, &storm), 0);
	publish_through_the_storm(producer);
	atomic_store(&storm.stopped, true);
	pthread_join(storm.thread, NULL);
	for (int i = 0; i < 2; i++)
		assert_exits(viewers[i], 0);
	shmflip_producer_close(producer);
}

/* ---- A channel file that is rewritten in place, truncated, and restored ---- */

static void *rewrite(void *argument)
{
	struct storm *storm = argument;
	const struct channel_record good = read_channel_file();
	struct channel_record bad;

	while (!atomic_load(&storm->stopped)) {
		size_t at = rand_r(&storm->seed) % sizeof(bad);

		bad = good;
		((uint8_t *)&bad)[at] = (uint8_t)rand_r(&storm->seed);
		write_channel_file(&bad, rand_r(&storm->seed) % 4 ? sizeof(bad) : at);
		sleep_ms(rand_r(&storm->seed) % 2);
		write_channel_file(&good, sizeof(good));
		sleep_ms(rand_r(&storm->seed) % 2);
	}
	return NULL;
}

static void rewritten_channel_file_does_no_harm(void **state)
{
	static uint32_t way = SHMFLIP_VIEW_NEWEST;
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct storm storm = { .seed = 7 };
	pid_t viewer;

	(void)state;
	viewer = start(view_in_the_storm, &way);
	assert_int_equal(pthread_create(&storm.thread, NULL, rewrite, &storm), 0);
	publish_through_the_storm(producer);
	atomic_store(&storm.stopped, true);
	pthread_join(storm.thread, NULL);
	assert_exits(viewer, 0);
	shmflip_producer_close(producer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(scribbled_memory_does_no_harm),
		WITH_DIRECTORY(rewritten_channel_file_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
