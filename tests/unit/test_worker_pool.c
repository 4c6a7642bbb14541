/* SPDX-License-Identifier: MIT
 *
 * producer/worker_pool: frames come out in the order in which they went in, whichever thread
 * decodes them and however long that takes: good and damaged ones, from files and from a pipe.
 * Threads end at any time. Slots are plain memory here, which suits thread sanitizer. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli.h"
#include "png_maker.h"
#include "worker_pool.h"

enum { WORKERS = 4, SUBMITTED_MAX = 6, FILES = 30, SLOT_BYTES = 1 << 20, TRUNCATED = 7 };

static char directory[64];
static struct worker_pool pool;
static struct frame_source source;
static uint8_t *slots[SUBMITTED_MAX];

static uint16_t noise(uint32_t x, uint32_t y, unsigned channel)
{
	return (uint16_t)(x * y * 31 + channel);
}

/* PNG n is n pixels high, so that decode times differ. Every seventh is truncated. */
static struct bytes numbered_png(uint32_t number)
{
	struct png_spec spec = { .width = 256, .depth = 8, .colour_type = RGB, .sample = noise };
	struct bytes png;

	spec.height = number;
	png = make_png(&spec);
	if (number % TRUNCATED == 0)
		png.size -= 40;
	return png;
}

static void write_files(void)
{
	for (uint32_t number = 1; number <= FILES; number++) {
		struct bytes png = numbered_png(number);
		char name[16];
		FILE *file;

		snprintf(name, sizeof(name), "%u.png", number);
		file = fopen(name, "w");
		assert_non_null(file);
		assert_int_equal(fwrite(png.data, 1, png.size, file), png.size);
		assert_int_equal(fclose(file), 0);
		bytes_finish(&png);
	}
}

static int set_up(void **state)
{
	(void)state;
	for (int i = 0; i < SUBMITTED_MAX; i++)
		slots[i] = malloc(SLOT_BYTES);
	strcpy(directory, "/tmp/test-worker-pool-XXXXXX");
	return !mkdtemp(directory) || chdir(directory);
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	for (int i = 0; i < SUBMITTED_MAX; i++)
		free(slots[i]);
	snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	return chdir("/") || system(command) != 0;
}

static void begin(const struct options *options, unsigned workers)
{
	assert_int_equal(frame_source_init(&source, options), 0);
	if (!source.capacity.slot_bytes)
		capacity_decide(&source.capacity, SHMFLIP_XRGB8888, 256, FILES);
	worker_pool_init(&pool, options, &source);
	assert_int_equal(worker_pool_start(&pool, workers, workers ? SUBMITTED_MAX : 1), 0);
}

/* No more entries have memory than frames can be under way. */
static void check_memory(void)
{
	unsigned used = 0;

	for (size_t i = 0; i < WORKER_QUEUE_MAX; i++)
		used += pool.entries[i].task.buffer.capacity > 0;
	assert_in_range(used, 1, pool.submitted_max + pool.has_reader);
}

/* A worker that started a frame outside of this range would work on another frame in the same
 * entry. */
static void pop(void)
{
	worker_pool_pop(&pool);
	pthread_mutex_lock(&pool.lock);
	assert_in_range(pool.started, pool.popped, pool.submitted);
	assert_in_range(pool.fetched - pool.popped, 0, pool.entry_count);
	pthread_mutex_unlock(&pool.lock);
}

static void end(void)
{
	worker_pool_finish(&pool);
	frame_source_finish(&source);
}

/* Gives the next frame a slot. Every fifth frame gets none and is dropped. */
static void submit(struct frame_task *task)
{
	if (task->index % 5 == 4) {
		task->dropped = true;
	} else {
		task->pixels = slots[task->index % SUBMITTED_MAX];
		task->pixels_size = SLOT_BYTES;
	}
	worker_pool_submit(&pool);
}

static void check(const struct frame_task *task, uint64_t index)
{
	uint32_t number = (uint32_t)(index % FILES) + 1;

	assert_int_equal(task->index, index);
	if (task->dropped)
		return;
	assert_int_equal(task->fault != NULL, number % TRUNCATED == 0);
	if (task->fault)
		return;
	assert_int_equal(task->height, number);
	for (uint32_t y = 0; y < number; y++)
		for (uint32_t x = 0; x < 256; x++)
			assert_int_equal(task->pixels[1024 * y + 4 * x + 2], (uint8_t)(x * y * 31));
}

/* Processes all frames. Returns the error that ended the pool. */
static int run(uint64_t *popped)
{
	int error = 0;

	for (*popped = 0; !error;) {
		struct frame_task *task = worker_pool_oldest(&pool);

		if (task) {
			check(task, (*popped)++);
			frame_source_record(&source, task);
			pop();
			continue;
		}
		task = worker_pool_next(&pool);
		if (task) {
			submit(task);
			continue;
		}
		error = worker_pool_fetch(&pool);
		if (error == -EAGAIN) {
			worker_pool_wait(&pool, monotonic_now_ns() + 1000000000);
			error = 0;
		}
	}
	return error;
}

static void test_files_in_order(void **state)
{
	char *sources[] = { directory };
	struct options options = { .sources = sources, .source_count = 1, .loops = 2 };
	uint64_t popped;

	(void)state;
	write_files();
	for (unsigned workers = 0; workers <= WORKERS; workers++) {
		begin(&options, workers);
		assert_int_equal(run(&popped), -ENODATA);
		assert_int_equal(popped, 3 * FILES);
		check_memory();
		end();
	}
}

/* As in the producer: frames with a fault are skipped before there are workers. */
static void test_frames_before_workers(void **state)
{
	char *sources[] = { directory };
	struct options options = { .sources = sources, .source_count = 1 };
	uint64_t popped = 0;

	(void)state;
	write_files();
	begin(&options, 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(worker_pool_fetch(&pool), 0);
		if (i < 2) {
			worker_pool_submit(&pool);
			pop();
		}
	}
	assert_int_equal(worker_pool_start(&pool, WORKERS, SUBMITTED_MAX), 0);
	while (popped < FILES - 2) {
		struct frame_task *task = worker_pool_oldest(&pool);

		if (task) {
			check(task, 2 + popped++);
			pop();
		} else if ((task = worker_pool_next(&pool))) {
			submit(task);
		} else if (worker_pool_fetch(&pool) == -EAGAIN) {
			worker_pool_wait(&pool, monotonic_now_ns() + 1000000000);
		}
	}
	end();
}

static void test_stream_in_order(void **state)
{
	static char dash[] = "-";
	char *sources[] = { dash };
	struct options options = { .sources = sources, .source_count = 1 };
	int kept = dup(STDIN_FILENO);
	uint64_t popped;

	(void)state;
	write_files();
	assert_int_equal(system("for i in $(seq 30); do cat $i.png; done > all"), 0);
	for (unsigned workers = 0; workers <= WORKERS; workers++) {
		assert_non_null(freopen("all", "r", stdin));
		begin(&options, workers);
		assert_int_equal(run(&popped), -ENODATA);
		assert_int_equal(popped, FILES);
		check_memory();
		end();
	}
	assert_int_equal(dup2(kept, STDIN_FILENO), STDIN_FILENO);
	close(kept);
}

/* With frames in every state, and a pipe with no more data. */
static void test_finish_at_any_time(void **state)
{
	static char dash[] = "-";
	char *sources[] = { dash };
	struct options options = { .sources = sources, .source_count = 1 };
	struct bytes png = numbered_png(FILES);
	int kept = dup(STDIN_FILENO);

	(void)state;
	for (int frames = 0; frames < 4; frames++) {
		int ends[2], submitted = 0;

		assert_int_equal(pipe(ends), 0);
		assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
		for (int i = 0; i < frames; i++)
			assert_int_equal(write(ends[1], png.data, png.size), png.size);
		begin(&options, 2);
		while (submitted < frames) {
			struct frame_task *task = worker_pool_next(&pool);

			if (task) {
				submit(task);
				submitted++;
			} else {
				worker_pool_wait(&pool, monotonic_now_ns() + 1000000000);
			}
		}
		end();
		close(ends[0]);
		close(ends[1]);
	}
	bytes_finish(&png);
	assert_int_equal(dup2(kept, STDIN_FILENO), STDIN_FILENO);
	close(kept);
}

static void test_wait_ends_at_its_time(void **state)
{
	char *sources[] = { directory };
	struct options options = { .sources = sources, .source_count = 1 };
	int64_t until_ns = monotonic_now_ns() + 20000000;

	(void)state;
	write_files();
	begin(&options, 2);
	worker_pool_wait(&pool, until_ns);
	assert_true(monotonic_now_ns() >= until_ns);
	end();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_files_in_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_frames_before_workers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stream_in_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_finish_at_any_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_wait_ends_at_its_time, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
