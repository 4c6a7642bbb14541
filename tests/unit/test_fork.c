/* SPDX-License-Identifier: MIT
 *
 * In a child of fork() the parent's handles are dead. */
#include "inherited.h"

#include <malloc.h>
#include <sys/sem.h>
#include <sys/shm.h>

/* ---- In the child ---- */

static int use_viewer(void)
{
	const struct shmflip_frame *frame = NULL;
	struct shmflip_counts counts;

	shmflip_init(&counts);
	REQUIRE(shmflip_viewer_attach(viewer, -1) == -ECHILD);
	REQUIRE(shmflip_viewer_wait(viewer, -1) == -ECHILD);
	REQUIRE(shmflip_viewer_acquire(viewer, &frame, -1) == -ECHILD && !frame);
	REQUIRE(shmflip_viewer_counts(viewer, &counts) == -ECHILD);
	REQUIRE(!shmflip_viewer_channel(viewer));
	return 0;
}

static int use_frames(void)
{
	struct shmflip_metadata item = { SHMFLIP_METADATA_USER, 0, NULL };
	uint32_t bytes;

	REQUIRE(shmflip_frame_layout(lent) == -ECHILD);
	REQUIRE(shmflip_frame_add_metadata(lent, &item) == -ECHILD);
	REQUIRE(!shmflip_frame_writable(lent, 0));
	REQUIRE(shmflip_frame_publish(lent) == -ECHILD);
	REQUIRE(shmflip_frame_publish(kept) == -ECHILD);
	REQUIRE(shmflip_frame_reuse(kept) == -ECHILD);
	/* The description is the child's own memory. */
	REQUIRE(acquired->sequence == 1 && acquired->width == SIDE && kept->stream->slots > 0);
	REQUIRE(!shmflip_frame_metadata(acquired, SHMFLIP_METADATA_USER, &bytes));
	REQUIRE(shmflip_frame_segment(acquired)->id >= 0);
	return 0;
}

static int use_everything(void *release_first)
{
	if (use_producer() || use_viewer() || use_frames())
		return 1;
	if (release_first)
		release_frames();
	close_handles();
	if (!release_first)
		release_frames();
	return 0;
}

static int attach_inherited(void *unused)
{
	(void)unused;
	REQUIRE(shmflip_viewer_attach(viewer, 0) == -ECHILD);
	shmflip_viewer_close(viewer);
	return 0;
}

/* Runs first: the library has opened no file yet. */
static void viewer_that_was_never_attached_is_dead_too(void **state)
{
	(void)state;
	viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	assert_exits(start(attach_inherited, NULL), 0);
	shmflip_viewer_close(viewer);
}

/* ---- What the parent finds then ---- */

static void assert_parent_is_unharmed(void)
{
	struct shmflip_counts counts = producer_counts(producer);
	const struct channel_record record = read_channel_file();
	struct shmid_ds segment;
	uint32_t viewers;

	assert_int_equal(counts.discarded, 0);
	assert_int_equal(counts.dropped, 0);
	assert_int_equal(counts.generations, 1);
	assert_int_equal(access(in_directory("test.lock"), F_OK), 0);
	assert_true(semctl(record.ring_id, 0, GETVAL) >= 0);
	assert_int_equal(shmctl(record.segment_id, IPC_STAT, &segment), 0);
	assert_int_equal(shmflip_producer_viewers(producer, &viewers), 0);
	assert_int_equal(viewers, 1);
	/* The locks hold: other producers are kept out, and the slot of the acquired frame. */
	assert_int_equal(shmflip_channel_clean(NULL, "test", NULL), -EBUSY);
	shmflip_frame_release(kept);
	assert_int_equal(publish_square(producer, 3, 0), 0);
	assert_int_equal(publish_square(producer, 4, 0), -EAGAIN);
	assert_int_equal(square_value(acquired), 1);
	assert_int_equal(square_value(lent), 2);
	assert_int_equal(shmflip_frame_publish(lent), 0);
	shmflip_frame_release(lent);
	shmflip_frame_release(acquired);
	assert_takes(viewer, 2, 1000);
	assert_int_equal(publish_square(producer, 5, 0), 0);
	assert_takes(viewer, 5, 1000);
	close_handles();
}

static void handles_are_dead_in_a_child(void **state)
{
	static bool orders[] = { false, true };

	(void)state;
	for (int i = 0; i < 2; i++) {
		open_all(3);
		assert_exits(start(use_everything, orders[i] ? &orders[i] : NULL), 0);
		assert_parent_is_unharmed();
	}
}

static int leave_everything(void *unused)
{
	(void)unused;
	return 0;
}

static void child_that_only_exits_harms_nothing(void **state)
{
	(void)state;
	open_all(3);
	assert_exits(start(leave_everything, NULL), 0);
	assert_parent_is_unharmed();
}

static int read_pixels(void *frame)
{
	signal(SIGSEGV, SIG_DFL);
	close(STDERR_FILENO);
	return *(const volatile uint8_t *)((const struct shmflip_frame *)frame)->plane[0].pixels &
	       1;
}

static void assert_touching_kills(const struct shmflip_frame *frame)
{
	pid_t child = start(read_pixels, (void *)(uintptr_t)frame);
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	/* A sanitizer's handler may exit instead. */
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) > 1);
}

/* Else a child that lives on would keep the memory, and hang on to it when it writes a core. */
static void pixels_are_not_mapped_in_a_child(void **state)
{
	(void)state;
	open_all(4);
	assert_touching_kills(lent);
	assert_touching_kills(acquired);
	release_frames();
	close_handles();
}

/* Sanitizers have allocators of their own. They find leaks only in processes that exit. */
#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_OWN_MALLOC true
#endif
#endif
#ifndef HAS_OWN_MALLOC
#define HAS_OWN_MALLOC false
#endif

/* Of large blocks: the small ones may stay in caches. */
static size_t allocated_bytes(void)
{
	return mallinfo2().hblkhd;
}

static int close_and_compare(void *before)
{
	release_frames();
	close_handles();
	return allocated_bytes() == *(const size_t *)before ? 0 : 1;
}

static void child_frees_what_it_has(void **state)
{
	struct shmflip_stream stream = square_stream(SHMFLIP_SLOTS_MAX);
	size_t before = allocated_bytes();

	(void)state;
	if (HAS_OWN_MALLOC)
		skip();
	stream.frame_metadata_bytes = SHMFLIP_FRAME_METADATA_MAX;
	producer = create(SHMFLIP_POLICY_LATEST, 2, -1);
	assert_int_equal(shmflip_producer_configure(producer, &stream), 0);
	take_frames();
	assert_true(allocated_bytes() > before + (SHMFLIP_SLOTS_MAX * stream.frame_metadata_bytes));
	assert_exits(start(close_and_compare, &before), 0);
	release_frames();
	close_handles();
}

/* ---- Handles of the child's own ---- */

static int view_in_the_child(void *generations)
{
	const struct shmflip_frame *frame;
	struct shmflip_viewer *own;
	int status;

	if (*(const int *)generations > 1) {
		int fewer = *(const int *)generations - 1;
		pid_t child = start(view_in_the_child, &fewer);

		REQUIRE(waitpid(child, &status, 0) == child && WIFEXITED(status));
		return WEXITSTATUS(status);
	}
	own = attach_viewer(SHMFLIP_VIEW_NEWEST);
	REQUIRE(shmflip_viewer_acquire(own, &frame, 1000) == 0);
	REQUIRE(square_value(frame) == 1);
	/* Of two handles, one is the parent's. */
	REQUIRE(shmflip_viewer_acquire(viewer, &frame, 0) == -ECHILD);
	shmflip_frame_release(frame);
	REQUIRE(shmflip_viewer_counts(viewer, &(struct shmflip_counts){ .size = 8 }) == -ECHILD);
	shmflip_viewer_close(viewer);
	shmflip_viewer_close(own);
	return 0;
}

/* The parent's descriptors are closed in the child, which gets the same numbers. */
static int close_the_parents_handles_last(void *unused)
{
	struct shmflip_stream stream = square_stream(3);
	struct shmflip_producer_options options;
	const struct shmflip_status *status;
	const struct shmflip_frame *frame;
	struct shmflip_producer *own;
	struct shmflip_viewer *watching = open_viewer(SHMFLIP_VIEW_NEWEST);

	(void)unused;
	REQUIRE(shmflip_viewer_acquire(watching, &frame, 1000) == 0);
	shmflip_init(&options);
	options.channel = "other";
	REQUIRE(shmflip_producer_open(&options, &stream, &own) == 0);
	release_frames();
	close_handles();
	REQUIRE(publish_square(own, 1, 0) == 0);
	REQUIRE(access(in_directory("other"), F_OK) == 0);
	REQUIRE(shmflip_channel_status(NULL, "other", &status) == 0);
	REQUIRE(status->error == 0 && status->channel->generation == status->channel->producer);
	shmflip_status_free(status);
	REQUIRE(shmflip_channel_status(NULL, "test", &status) == 0);
	/* The parent's viewer, and this one. */
	REQUIRE(status->viewers == 2);
	shmflip_status_free(status);
	shmflip_frame_release(frame);
	shmflip_viewer_close(watching);
	shmflip_producer_close(own);
	return access(in_directory("other.lock"), F_OK) == 0 ? 1 : 0;
}

static int produce_in_the_child(void *unused)
{
	struct shmflip_stream stream = square_stream(2);
	struct shmflip_producer_options options;
	struct shmflip_producer *own;

	(void)unused;
	REQUIRE(open_squares(2, &own) == -EBUSY);
	shmflip_init(&options);
	options.channel = "other";
	REQUIRE(shmflip_producer_open(&options, &stream, &own) == 0);
	REQUIRE(publish_square(own, 1, 0) == 0);
	shmflip_producer_close(own);
	return 0;
}

static void closing_the_parents_handles_spares_the_childs(void **state)
{
	(void)state;
	open_all(5);
	assert_exits(start(close_the_parents_handles_last, NULL), 0);
	release_frames();
	close_handles();
}

static void child_has_handles_of_its_own(void **state)
{
	int generations[] = { 1, 2, 3 };

	(void)state;
	open_all(5);
	for (int i = 0; i < 3; i++)
		assert_exits(start(view_in_the_child, &generations[i]), 0);
	assert_exits(start(produce_in_the_child, NULL), 0);
	release_frames();
	assert_int_equal(publish_square(producer, 5, 0), 0);
	assert_takes(viewer, 5, 1000);
	close_handles();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(viewer_that_was_never_attached_is_dead_too),
		WITH_DIRECTORY(handles_are_dead_in_a_child),
		WITH_DIRECTORY(child_that_only_exits_harms_nothing),
		WITH_DIRECTORY(pixels_are_not_mapped_in_a_child),
		WITH_DIRECTORY(child_frees_what_it_has),
		WITH_DIRECTORY(closing_the_parents_handles_spares_the_childs),
		WITH_DIRECTORY(child_has_handles_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
