/* SPDX-License-Identifier: MIT
 *
 * The threads of one process share a producer, and the frames of a viewer. Thread sanitizer sees
 * what they do to each other. */
#include "handles.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { PUBLISHERS = 4, FRAMES_EACH = 2000 };

struct crew {
	struct shmflip_producer *producer;
	_Atomic unsigned publishing; /* threads that are not done */
	_Atomic unsigned failures;
	_Atomic uint64_t stale; /* loans whose stream was over before they were published */
};

/* Pixels say who wrote them, and when. */
static uint32_t value_of(uint32_t thread, uint32_t number)
{
	return thread << 24 | number;
}

struct publisher {
	struct crew *crew;
	uint32_t thread;
	pthread_t id;
};

static int publish_once(struct crew *crew, uint32_t value)
{
	struct shmflip_frame *frame;
	uint64_t sequence;
	int error = shmflip_producer_loan(crew->producer, &frame, 10000);

	if (error)
		return error;
	fill_square(frame, value);
	frame->presentation_ns = value;
	error = shmflip_frame_publish(frame);
	sequence = frame->sequence;
	/* The producer reads on what it has published. */
	if (square_value(frame) != value || (!error && sequence == 0))
		crew->failures++;
	shmflip_frame_release(frame);
	return error;
}

static void *publish_all(void *argument)
{
	const struct publisher *self = argument;
	struct crew *crew = self->crew;

	for (uint32_t number = 1; number <= FRAMES_EACH;) {
		int error = publish_once(crew, value_of(self->thread, number));

		if (error == -ESTALE)
			crew->stale++;
		else if (error)
			crew->failures++;
		if (error != -ESTALE)
			number++;
	}
	crew->publishing--;
	return NULL;
}

static void *count_viewers(void *argument)
{
	struct crew *crew = argument;
	uint32_t viewers;

	while (crew->publishing) {
		if (shmflip_producer_viewers(crew->producer, &viewers) || viewers > 1)
			crew->failures++;
		shmflip_producer_count_dropped(crew->producer);
		if (producer_counts(crew->producer).dropped == 0)
			crew->failures++;
		sched_yield();
	}
	return NULL;
}

static void *configure(void *argument)
{
	struct crew *crew = argument;

	for (uint64_t i = 0; crew->publishing && i < 8; i++) {
		if (move_on(crew->producer, SQUARE_BYTES * (1 + (i & 1))))
			crew->failures++;
		sleep_ms(20);
	}
	return NULL;
}

struct watcher {
	struct crew *crew;
	struct shmflip_viewer *viewer;
	uint64_t frames;
	uint32_t last[PUBLISHERS];
};

/* Each thread's frames come in its own order. */
static void check_frame(struct watcher *watcher, const struct shmflip_frame *frame)
{
	uint32_t value = square_value(frame), thread = value >> 24, number = value & 0xffffff;

	if (frame->sequence != ++watcher->frames || frame->presentation_ns != value ||
	    thread >= PUBLISHERS || number <= watcher->last[thread]) {
		watcher->crew->failures++;
		return;
	}
	watcher->last[thread] = number;
}

static void *watch(void *argument)
{
	struct watcher *watcher = argument;
	const struct shmflip_frame *frame;

	while (watcher->frames < (uint64_t)PUBLISHERS * FRAMES_EACH) {
		if (shmflip_viewer_acquire(watcher->viewer, &frame, 10000)) {
			watcher->crew->failures++;
			break;
		}
		check_frame(watcher, frame);
		shmflip_frame_release(frame);
	}
	return NULL;
}

static void producer_is_shared(void **state)
{
	struct crew crew = { .publishing = PUBLISHERS };
	struct watcher watcher = { .crew = &crew };
	struct publisher publishers[PUBLISHERS];
	pthread_t watching, counting, configuring;

	(void)state;
	crew.producer = create(SHMFLIP_POLICY_LOSSLESS, 6, 0);
	watcher.viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	pthread_create(&watching, NULL, watch, &watcher);
	for (uint32_t i = 0; i < PUBLISHERS; i++) {
		publishers[i] = (struct publisher){ .crew = &crew, .thread = i };
		pthread_create(&publishers[i].id, NULL, publish_all, &publishers[i]);
	}
	pthread_create(&counting, NULL, count_viewers, &crew);
	pthread_create(&configuring, NULL, configure, &crew);
	for (uint32_t i = 0; i < PUBLISHERS; i++)
		pthread_join(publishers[i].id, NULL);
	pthread_join(counting, NULL);
	pthread_join(configuring, NULL);
	pthread_join(watching, NULL);
	assert_int_equal(crew.failures, 0);
	assert_int_equal(watcher.frames, PUBLISHERS * FRAMES_EACH);
	assert_counts(watcher.viewer, PUBLISHERS * FRAMES_EACH, 0);
	assert_int_equal(producer_counts(crew.producer).published, PUBLISHERS * FRAMES_EACH);
	assert_int_equal(producer_counts(crew.producer).discarded, crew.stale);
	assert_true(producer_counts(crew.producer).generations > 2);
	shmflip_viewer_close(watcher.viewer);
	shmflip_producer_close(crew.producer);
}

/* ---- A viewer's frames in other threads ---- */

enum { HANDED_FRAMES = 2000 };

/* One thread acquires, and hands each frame to one of two others. */
struct hand {
	unsigned torn;
	unsigned taken;
	_Atomic bool done;
	_Atomic(const struct shmflip_frame *) frame;
};

static void *release_handed(void *argument)
{
	struct hand *hand = argument;
	const struct shmflip_frame *frame;

	for (;;) {
		bool done = hand->done;

		frame = atomic_exchange(&hand->frame, NULL);
		if (frame) {
			hand->torn += square_value(frame) != frame->sequence;
			hand->taken++;
			shmflip_frame_release(frame);
		} else if (done) {
			return NULL;
		} else {
			sched_yield();
		}
	}
}

static void hand_over(struct hand *hand, const struct shmflip_frame *frame)
{
	const struct shmflip_frame *none = NULL;

	while (!atomic_compare_exchange_weak(&hand->frame, &none, frame)) {
		none = NULL;
		sched_yield();
	}
}

static int publish_numbers(void *unused)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 6, 0);
	int error = shmflip_producer_wait_viewers(producer, 1, 10000);

	(void)unused;
	for (uint32_t i = 1; i <= HANDED_FRAMES && !error; i++)
		error = publish_square(producer, i, 10000);
	shmflip_producer_close(producer);
	return -error;
}

/* The viewer is closed while they still hold frames. */
static void frames_are_released_in_other_threads(void **state)
{
	pid_t child = start(publish_numbers, NULL);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_EVERY);
	struct hand hands[2] = { 0 };
	pthread_t threads[2];
	const struct shmflip_frame *frame;

	(void)state;
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, release_handed, &hands[i]);
	for (int i = 0; i < HANDED_FRAMES; i++) {
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 10000), 0);
		hand_over(&hands[i % 2], frame);
	}
	shmflip_viewer_close(viewer);
	for (int i = 0; i < 2; i++) {
		hands[i].done = true;
		pthread_join(threads[i], NULL);
		assert_int_equal(hands[i].torn, 0);
		assert_int_equal(hands[i].taken, HANDED_FRAMES / 2);
	}
	assert_exits(child, 0);
}

/* The last release, in whichever thread, frees what the closed producer left. */
static void *release_frame(void *frame)
{
	shmflip_frame_release(frame);
	return NULL;
}

static void producers_frames_are_released_in_other_threads(void **state)
{
	enum { OUT = 7 };
	struct shmflip_frame *frames[OUT];
	pthread_t threads[OUT];

	(void)state;
	for (int round = 0; round < 50; round++) {
		struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, OUT + 1, 0);

		for (int i = 0; i < OUT; i++)
			assert_int_equal(shmflip_producer_loan(producer, &frames[i], 0), 0);
		if (round % 2)
			assert_int_equal(move_on(producer, 2 * SQUARE_BYTES), 0);
		for (int i = 0; i < OUT; i++)
			pthread_create(&threads[i], NULL, release_frame, frames[i]);
		shmflip_producer_close(producer);
		for (int i = 0; i < OUT; i++)
			pthread_join(threads[i], NULL);
	}
}

/* ---- Waiting ---- */

enum { WAIT_MS = 20000 };

struct waiting {
	struct shmflip_producer *producer;
	struct shmflip_frame *frame;
	_Atomic bool started;
	int error;
};

static void *wait_for_a_slot(void *argument)
{
	struct waiting *waiting = argument;

	waiting->started = true;
	waiting->error = shmflip_producer_loan(waiting->producer, &waiting->frame, WAIT_MS);
	return NULL;
}

/* A viewer holds the only free slot, until another thread releases its frame. Meanwhile this thread
 * goes on with the producer. */
static void release_ends_another_threads_wait(void **state)
{
	struct waiting waiting = { 0 };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 3, -1);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_NEWEST);
	const struct shmflip_frame *held;
	struct shmflip_frame *lent;
	int64_t start_ns = monotonic_now_ns();
	pthread_t thread;
	uint32_t viewers;

	(void)state;
	waiting.producer = producer;
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &held, 1000), 0);
	assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_int_equal(shmflip_producer_loan(producer, &lent, 0), 0);
	pthread_create(&thread, NULL, wait_for_a_slot, &waiting);
	while (!waiting.started)
		sched_yield();
	sleep_ms(100);
	assert_int_equal(shmflip_producer_viewers(producer, &viewers), 0);
	assert_int_equal(viewers, 1);
	assert_int_equal(shmflip_producer_loan(producer, &(struct shmflip_frame *){ NULL }, 0),
	                 -EAGAIN);
	shmflip_frame_release(held);
	pthread_join(thread, NULL);
	assert_int_equal(waiting.error, 0);
	assert_true(monotonic_now_ns() - start_ns < WAIT_MS / 2 * INT64_C(1000000));
	assert_int_equal(shmflip_frame_publish(lent), 0);
	shmflip_frame_release(lent);
	shmflip_frame_release(waiting.frame);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* The waiter gets a slot of its own producer's: one that another thread discards. */
static void discarded_loan_ends_another_threads_wait(void **state)
{
	struct waiting waiting = { 0 };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, -1);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_NEWEST);
	const struct shmflip_frame *held[2];
	struct shmflip_frame *lent;
	pthread_t thread;

	(void)state;
	waiting.producer = producer;
	for (uint32_t i = 0; i < 2; i++) {
		assert_int_equal(publish_square(producer, i, 0), 0);
		assert_int_equal(shmflip_viewer_acquire(viewer, &held[i], 1000), 0);
	}
	assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_int_equal(shmflip_producer_loan(producer, &lent, 0), 0);
	pthread_create(&thread, NULL, wait_for_a_slot, &waiting);
	while (!waiting.started)
		sched_yield();
	sleep_ms(50);
	shmflip_frame_release(lent);
	pthread_join(thread, NULL);
	assert_int_equal(waiting.error, 0);
	shmflip_frame_release(waiting.frame);
	for (int i = 0; i < 2; i++)
		shmflip_frame_release(held[i]);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(producer_is_shared),
		WITH_DIRECTORY(frames_are_released_in_other_threads),
		WITH_DIRECTORY(producers_frames_are_released_in_other_threads),
		WITH_DIRECTORY(release_ends_another_threads_wait),
		WITH_DIRECTORY(discarded_loan_ends_another_threads_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
