/* SPDX-License-Identifier: MIT
 *
 * producer/frame_cache and producer/output: frames that are shown again stay where they are, and
 * no pixel is written. Where that cannot be, they are copied or decoded anew, and none is wrong. A
 * frame on loan follows the channel to fresh memory. */
#include "support.h"

#include "frame_cache.h"
#include "output.h"

enum { FRAMES = 3, WAIT_MS = 1000 };

static char name[] = "test";
static struct options options;
static struct capacity capacity;
static struct output output;
static struct frame_cache cache;

/* Opens the channel for so many cached frames. slots 0: auto. */
static void open_output(size_t frames, uint32_t slots)
{
	struct frame_task first = { .width = SIDE, .height = SIDE };

	options = (struct options){ .channel = name,
		                    .policy = SHMFLIP_POLICY_LATEST,
		                    .slots = slots ? slots : 2,
		                    .slots_given = slots,
		                    .quiet = true };
	capacity = (struct capacity){ .width = SIDE,
		                      .height = SIDE,
		                      .slot_bytes = SQUARE_BYTES,
		                      .max_bytes = 100 * SQUARE_BYTES };
	assert_int_equal(frame_cache_init(&cache, frames, SQUARE_BYTES, &options), 0);
	assert_int_equal(output_open(&output, &options, &capacity, &first), 0);
}

static void close_output(void)
{
	frame_cache_finish(&cache);
	output_close(&output);
}

/* What a decoder does. */
static void fill(struct frame_task *task, uint32_t value)
{
	uint32_t *pixels = (uint32_t *)task->pixels;

	assert_non_null(pixels);
	for (size_t i = 0; i < SIDE * SIDE; i++)
		pixels[i] = value;
	task->picture = (struct png_decoded){
		.width = SIDE, .height = SIDE, .stride_bytes = 4 * SIDE, .format = SHMFLIP_XRGB8888
	};
}

/* Frame i has pixels of value i + 1. */
static void preload(void)
{
	for (size_t i = 0; i < cache.capacity; i++) {
		struct frame_task task = {
			.index = i, .path = name, .width = SIDE, .height = SIDE
		};

		assert_int_equal(frame_cache_reserve(&cache, &task, &output), 0);
		fill(&task, (uint32_t)i + 1);
		frame_cache_insert(&cache, &task);
		assert_null(task.frame);
	}
	frame_cache_seal(&cache);
	assert_int_equal(cache.count, cache.capacity);
}

static int publish(struct frame_task *task)
{
	task->frame->fourcc = task->picture.format;
	task->frame->width = task->picture.width;
	task->frame->height = task->picture.height;
	assert_int_equal(shmflip_frame_layout(task->frame), 0);
	return shmflip_frame_publish(task->frame);
}

/* Shows a cached frame. Returns whether its pixels were there; else decodes them. */
static bool show(size_t index)
{
	struct frame_task task = { .cached = &cache.frames[index] };
	bool ready;

	assert_int_equal(frame_cache_loan(&cache, &task, output.producer, WAIT_MS), 0);
	ready = task.ready;
	if (!ready)
		fill(&task, (uint32_t)index + 1);
	if (publish(&task)) {
		assert_int_equal(output_move(&output, &task), 0);
		assert_int_equal(publish(&task), 0);
	}
	frame_cache_keep(&cache, &task);
	return ready;
}

static const struct shmflip_frame *acquire(struct shmflip_viewer *viewer)
{
	const struct shmflip_frame *frame;

	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, WAIT_MS), 0);
	return frame;
}

/* Shows a frame, and checks that the viewer gets it. Returns whether its pixels were there. */
static bool show_to(struct shmflip_viewer *viewer, size_t index)
{
	bool ready = show(index);
	const struct shmflip_frame *frame = acquire(viewer);

	assert_int_equal(square_value(frame), index + 1);
	shmflip_frame_release(frame);
	return ready;
}

static struct shmflip_viewer *attach(void)
{
	struct shmflip_viewer *viewer;

	assert_int_equal(open_view(SHMFLIP_VIEW_NEWEST, 0, &viewer), 0);
	assert_int_equal(shmflip_viewer_attach(viewer, WAIT_MS), 0);
	return viewer;
}

static const uint8_t *pixels_of(size_t index)
{
	return cache.frames[index].frame->plane[0].pixels;
}

static void test_no_pixel_is_written(void **state)
{
	const uint8_t *pixels[FRAMES];
	struct shmflip_viewer *viewer;

	(void)state;
	open_output(FRAMES, 0);
	preload();
	viewer = attach();
	for (size_t i = 0; i < FRAMES; i++)
		pixels[i] = pixels_of(i);
	for (size_t i = 0; i < 10 * FRAMES; i++) {
		assert_true(show_to(viewer, i % FRAMES));
		assert_ptr_equal(pixels_of(i % FRAMES), pixels[i % FRAMES]);
	}
	shmflip_viewer_close(viewer);
	close_output();
}

static void test_the_newest_frame_is_copied(void **state)
{
	struct shmflip_viewer *viewer;
	const uint8_t *pixels;

	(void)state;
	open_output(1, 0);
	preload();
	viewer = attach();
	for (int i = 0; i < 5; i++) {
		pixels = pixels_of(0);
		assert_true(show_to(viewer, 0));
		assert_true(i == 0 || pixels_of(0) != pixels);
	}
	shmflip_viewer_close(viewer);
	close_output();
}

/* What it holds does not change, also when that are more frames than there are spare slots. */
static void test_a_viewer_that_holds_frames(void **state)
{
	const struct shmflip_frame *held[FRAMES];
	struct shmflip_viewer *viewer;
	unsigned lost = 0;

	(void)state;
	open_output(FRAMES, 0);
	preload();
	viewer = attach();
	for (size_t i = 0; i < FRAMES; i++) {
		assert_true(show(i));
		held[i] = acquire(viewer);
	}
	for (size_t i = 0; i < 10 * FRAMES; i++)
		lost += !show_to(viewer, i % FRAMES);
	assert_true(lost > 0);
	for (size_t i = 0; i < FRAMES; i++) {
		assert_int_equal(square_value(held[i]), i + 1);
		shmflip_frame_release(held[i]);
	}
	for (size_t i = 0; i < 2 * FRAMES; i++)
		show_to(viewer, i % FRAMES);
	for (size_t i = 0; i < FRAMES; i++)
		assert_true(show_to(viewer, i));
	shmflip_viewer_close(viewer);
	close_output();
}

/* Before a frame was shown, and after. */
static void test_fresh_memory(void **state)
{
	struct shmflip_viewer *viewer;

	(void)state;
	open_output(FRAMES, 0);
	preload();
	viewer = attach();
	for (int i = 0; i < 2; i++) {
		assert_int_equal(output_add_slots(&output, 1), 0);
		for (size_t j = 0; j < FRAMES; j++)
			assert_true(show_to(viewer, j));
	}
	assert_true(show_to(viewer, 0));
	assert_int_equal(output_add_slots(&output, 1), 0);
	assert_true(show_to(viewer, 1));
	shmflip_viewer_close(viewer);
	close_output();
}

static void test_too_few_slots(void **state)
{
	struct shmflip_viewer *viewer;

	(void)state;
	open_output(FRAMES, FRAMES + 1);
	assert_false(cache.in_slots);
	preload();
	viewer = attach();
	for (size_t i = 0; i < 5 * FRAMES; i++)
		assert_true(show_to(viewer, i % FRAMES));
	shmflip_viewer_close(viewer);
	close_output();
}

/* The loans of two frames are of memory that the channel has left. */
static void test_frames_on_loan_follow(void **state)
{
	struct frame_task tasks[3] = { 0 };
	struct shmflip_frame *frame;
	struct shmflip_viewer *viewer;

	(void)state;
	open_output(1, 4);
	assert_int_equal(open_view(SHMFLIP_VIEW_EVERY, 0, &viewer), 0);
	assert_int_equal(shmflip_viewer_attach(viewer, WAIT_MS), 0);
	for (unsigned i = 0; i < 3; i++) {
		if (i == 2)
			assert_int_equal(output_add_slots(&output, 2), 0);
		assert_int_equal(output_loan(&output, &frame), 0);
		frame_task_set_frame(&tasks[i], frame);
		fill(&tasks[i], i + 1);
	}
	for (unsigned i = 0; i < 3; i++) {
		int error = publish(&tasks[i]);
		const struct shmflip_frame *shown;

		assert_int_equal(error, i < 2 ? -ESTALE : 0);
		if (error) {
			assert_int_equal(output_move(&output, &tasks[i]), 0);
			assert_int_equal(publish(&tasks[i]), 0);
		}
		shown = acquire(viewer);
		assert_int_equal(shown->sequence, i + 1);
		assert_int_equal(square_value(shown), i + 1);
		shmflip_frame_release(shown);
		frame_task_finish(&tasks[i]);
	}
	shmflip_viewer_close(viewer);
	close_output();
}

static void test_slots_that_cannot_be_had(void **state)
{
	(void)state;
	open_output(1, 2);
	assert_int_equal(output_add_slots(&output, SHMFLIP_SLOTS_MAX), -ECANCELED);
	assert_int_equal(output.stream.slots, 2);
	assert_int_equal(output_add_slots(&output, 2), 0);
	assert_int_equal(output.stream.slots, 4);
	close_output();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_pixel_is_written, make_directory,
		                                remove_directory),
		cmocka_unit_test_setup_teardown(test_the_newest_frame_is_copied, make_directory,
		                                remove_directory),
		cmocka_unit_test_setup_teardown(test_a_viewer_that_holds_frames, make_directory,
		                                remove_directory),
		cmocka_unit_test_setup_teardown(test_fresh_memory, make_directory,
		                                remove_directory),
		cmocka_unit_test_setup_teardown(test_too_few_slots, make_directory,
		                                remove_directory),
		cmocka_unit_test_setup_teardown(test_frames_on_loan_follow, make_directory,
		                                remove_directory),
		cmocka_unit_test_setup_teardown(test_slots_that_cannot_be_had, make_directory,
		                                remove_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
