/* SPDX-License-Identifier: MIT
 *
 * producer/frame_source and capacity: the frames of several passes, skipped frames and their
 * counts, and the size of slots. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli.h"
#include "frame_source.h"
#include "png_fast.h"
#include "png_header.h"
#include "png_maker.h"
#include "shmflip.h"

static char directory[64];

static uint16_t value(uint32_t x, uint32_t y, unsigned channel)
{
	return (uint16_t)(x + y + channel);
}

/* Only the header has this size: few pixels follow. */
static void write_png(const char *name, uint32_t width, uint32_t height)
{
	struct png_spec spec = { .width = 4, .height = 4, .depth = 8, .sample = value };
	struct bytes rows = make_rows(&spec), png;
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	spec.width = width;
	spec.height = height;
	png = make_beginning(&spec);
	add_rows_and_end(&png, &rows, 8192);
	assert_int_equal(fwrite(png.data, 1, png.size, file), png.size);
	assert_int_equal(fclose(file), 0);
	bytes_finish(&png);
	bytes_finish(&rows);
}

static void write_text(const char *name)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	fputs("not an image but some words\n", file);
	fclose(file);
}

static int set_up(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/test-frame-source-XXXXXX");
	return !mkdtemp(directory) || chdir(directory);
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	return chdir("/") || system(command) != 0;
}

static struct options directory_options(void)
{
	static char *sources[] = { directory };

	return (struct options){ .sources = sources, .source_count = 1 };
}

static uint64_t size_of(uint32_t width, uint32_t height)
{
	struct shmflip_layout layout;

	assert_int_equal(png_layout(width, height, &layout), 0);
	return layout.bytes;
}

/* Fetches, reads and records frames up to the next one without a fault. */
static int next_good(struct frame_source *source, struct frame_task *task)
{
	int error;

	do {
		error = frame_source_fetch(source, task);
		if (error)
			return error;
		frame_task_read(task, &source->capacity, source->options);
		if (!task->fault)
			capacity_decide(&source->capacity, SHMFLIP_XRGB8888, task->width,
			                task->height);
		error = frame_source_record(source, task);
	} while (!error && task->fault);
	return error;
}

static void assert_next(struct frame_source *source, struct frame_task *task, const char *name,
                        uint64_t index)
{
	assert_int_equal(next_good(source, task), 0);
	assert_string_equal(task->name, name);
	assert_int_equal(task->index, index);
}

static void test_frames_with_faults_are_skipped_and_counted(void **state)
{
	struct options options = directory_options();
	struct frame_source source;
	struct frame_task task = { 0 };

	(void)state;
	write_text("1.png");
	write_png("2.png", 40, 30);
	write_png("3.png", 100000, 100000);
	assert_int_equal(symlink("nowhere", "4.png"), 0);
	write_png("5.png", 50, 10);
	write_text("6.png");
	assert_int_equal(frame_source_init(&source, &options), 0);
	assert_int_equal(frame_source_total(&source), 6);
	assert_int_equal(source.capacity.slot_bytes, size_of(40, 30));
	assert_next(&source, &task, "2.png", 1);
	assert_int_equal(task.position, 2);
	assert_next(&source, &task, "5.png", 4);
	assert_false(task.last);
	assert_int_equal(next_good(&source, &task), -ENODATA);
	assert_int_equal(source.read, 6);
	assert_int_equal(source.skipped, 4);
	assert_true(frame_source_has_good(&source));
	frame_task_finish(&task);
	frame_source_finish(&source);
}

static void test_passes(void **state)
{
	struct options options = directory_options();
	struct frame_source source;
	struct frame_task task = { 0 };

	(void)state;
	options.loops = 2;
	write_png("1.png", 4, 4);
	write_png("2.png", 4, 4);
	assert_int_equal(frame_source_init(&source, &options), 0);
	for (uint64_t i = 0; i < 6; i++) {
		assert_next(&source, &task, i % 2 ? "2.png" : "1.png", i);
		assert_int_equal(task.last, i == 5);
		assert_int_equal(source.loops, i / 2);
	}
	assert_int_equal(next_good(&source, &task), -ENODATA);
	frame_task_finish(&task);
	frame_source_finish(&source);
}

/* The last frame stays on screen while its file is rewritten. Looking without a pause would be a
 * busy loop. */
static void test_a_pass_without_a_good_frame_is_followed_by_another(void **state)
{
	struct options options = directory_options();
	struct frame_source source;
	struct frame_task task = { 0 };
	int64_t start_ns;

	(void)state;
	options.loops = LOOP_FOREVER;
	write_png("1.png", 4, 4);
	write_text("2.png");
	assert_int_equal(frame_source_init(&source, &options), 0);
	for (uint64_t i = 0; i < 5; i++)
		assert_next(&source, &task, "1.png", 2 * i);
	assert_int_equal(unlink("1.png"), 0);
	start_ns = monotonic_now_ns();
	for (uint64_t loops = source.loops + 3; source.loops < loops; usleep(1000))
		assert_int_equal(next_good(&source, &task), -EAGAIN);
	/* The first of these passes had a good frame. */
	assert_true(monotonic_now_ns() - start_ns >= 2 * NS_PER_S / 10);
	write_png("1.png", 4, 4);
	while (next_good(&source, &task) == -EAGAIN)
		usleep(1000);
	assert_string_equal(task.name, "1.png");
	frame_task_finish(&task);
	frame_source_finish(&source);
}

/* Until one frame of the pass is good, all frames under way may be faulty. Later, fetching
 * continues. */
static void test_fetching_ahead_over_the_end_of_a_pass(void **state)
{
	struct options options = directory_options();
	struct frame_task tasks[4] = { 0 };
	struct frame_source source;

	(void)state;
	options.loops = LOOP_FOREVER;
	write_png("1.png", 4, 4);
	write_png("2.png", 4, 4);
	assert_int_equal(frame_source_init(&source, &options), 0);
	assert_int_equal(frame_source_fetch(&source, &tasks[0]), 0);
	assert_int_equal(frame_source_fetch(&source, &tasks[1]), 0);
	assert_int_equal(frame_source_fetch(&source, &tasks[2]), -EAGAIN);
	tasks[0].fault = "damaged";
	assert_int_equal(frame_source_record(&source, &tasks[0]), 0);
	assert_int_equal(frame_source_fetch(&source, &tasks[2]), -EAGAIN);
	assert_int_equal(frame_source_record(&source, &tasks[1]), 0);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(frame_source_fetch(&source, &tasks[i]), 0);
		assert_int_equal(tasks[i].index, 2 + i);
	}
	for (int i = 0; i < 4; i++) {
		tasks[i].fault = "damaged";
		assert_int_equal(frame_source_record(&source, &tasks[i]), 0);
	}
	assert_int_equal(frame_source_fetch(&source, &tasks[0]), -EAGAIN);
	frame_source_finish(&source);
}

static void test_stop_on_error(void **state)
{
	struct options options = directory_options();
	struct frame_source source;
	struct frame_task task = { 0 };

	(void)state;
	options.stop_on_error = true;
	write_png("1.png", 4, 4);
	write_text("2.png");
	assert_int_equal(frame_source_init(&source, &options), 0);
	assert_next(&source, &task, "1.png", 0);
	assert_int_equal(next_good(&source, &task), -ECANCELED);
	assert_int_equal(source.skipped, 1);
	frame_task_finish(&task);
	frame_source_finish(&source);
}

static void test_a_file_that_is_deleted(void **state)
{
	struct options options = directory_options();
	struct frame_source source;
	struct frame_task task = { 0 };

	(void)state;
	write_png("1.png", 4, 4);
	write_png("2.png", 4, 4);
	write_png("3.png", 4, 4);
	assert_int_equal(frame_source_init(&source, &options), 0);
	assert_next(&source, &task, "1.png", 0);
	assert_int_equal(unlink("2.png"), 0);
	assert_next(&source, &task, "3.png", 2);
	assert_int_equal(source.skipped, 1);
	frame_task_finish(&task);
	frame_source_finish(&source);
}

/* Whether the last page of a file is in the page cache. */
static bool is_in_memory(int fd, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *last = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, (off_t)(size - page));
	unsigned char resident;

	assert_true(last != MAP_FAILED);
	assert_int_equal(mincore(last, page, &resident), 0);
	assert_int_equal(munmap(last, page), 0);
	return resident & 1;
}

static void test_the_next_file_is_read_ahead(void **state)
{
	enum { SIZE = 16 << 20 };
	static const uint8_t bytes[SIZE];
	struct options options = directory_options();
	struct frame_source source;
	struct frame_task task = { 0 };
	int fd;

	(void)state;
	write_png("1.png", 4, 4);
	fd = open("2.png", O_RDWR | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, SIZE), SIZE);
	assert_int_equal(fsync(fd), 0);
	assert_int_equal(frame_source_init(&source, &options), 0);
	assert_int_equal(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
	if (is_in_memory(fd, SIZE)) {
		print_message("files in %s are always in memory\n", directory);
		close(fd);
		frame_source_finish(&source);
		skip();
	}
	assert_int_equal(frame_source_fetch(&source, &task), 0);
	assert_string_equal(task.name, "1.png");
	for (int i = 0; i < 1000 && !is_in_memory(fd, SIZE); i++)
		usleep(10000);
	assert_true(is_in_memory(fd, SIZE));
	close(fd);
	frame_task_finish(&task);
	frame_source_finish(&source);
}

/* Bytes count: a wide frame fits if it is low enough. */
static void test_max_size(void **state)
{
	struct options options = directory_options();
	struct frame_source source;
	struct frame_task task = { 0 };

	(void)state;
	options.max_width = 64;
	options.max_height = 64;
	write_png("1.png", 65, 64);
	write_png("2.png", 64, 64);
	write_png("3.png", 4096, 1);
	write_png("4.png", 4097, 1);
	write_png("5.png", 1, 256);
	write_png("6.png", 1, 257);
	assert_int_equal(frame_source_init(&source, &options), 0);
	assert_int_equal(source.capacity.slot_bytes, size_of(64, 64));
	assert_next(&source, &task, "2.png", 1);
	assert_next(&source, &task, "3.png", 2);
	assert_next(&source, &task, "5.png", 4);
	assert_int_equal(next_good(&source, &task), -ENODATA);
	frame_task_finish(&task);
	frame_source_finish(&source);
}

static void test_only_huge_frames(void **state)
{
	struct options options = directory_options();
	struct frame_source source;
	struct frame_task task = { 0 };

	(void)state;
	write_png("1.png", 16385, 16384);
	/* No more pixels than 16384x16384, but rows are padded. */
	write_png("2.png", 1, 1 << 28);
	assert_int_equal(frame_source_init(&source, &options), 0);
	assert_int_equal(source.capacity.slot_bytes, 0);
	assert_int_equal(frame_source_fetch(&source, &task), 0);
	frame_task_read(&task, &source.capacity, &options);
	assert_non_null(strstr(task.fault, "16385x16384"));
	assert_non_null(strstr(task.fault, "--max-size"));
	assert_int_equal(frame_source_record(&source, &task), 0);
	assert_int_equal(frame_source_fetch(&source, &task), 0);
	frame_task_read(&task, &source.capacity, &options);
	assert_non_null(task.fault);
	assert_non_null(strstr(task.fault, "1x268435456"));
	assert_int_equal(frame_source_record(&source, &task), 0);
	assert_int_equal(frame_source_fetch(&source, &task), -ENODATA);
	assert_false(frame_source_has_good(&source));
	frame_task_finish(&task);
	frame_source_finish(&source);
}

/* The publish loop makes larger slots for larger frames, unless --max-size is given. */
static void test_a_stream_is_sized_by_its_first_frame(void **state)
{
	static char dash[] = "-";
	char *sources[] = { dash };
	struct options options = { .sources = sources, .source_count = 1 };
	int kept = dup(STDIN_FILENO);
	struct frame_source source;
	struct frame_task task = { 0 };

	(void)state;
	write_png("1", 30, 30);
	write_png("2", 31, 30);
	write_png("3", 33, 30);
	write_png("4", 64, 30);
	assert_int_equal(system("cat 1 2 3 4 1 > all"), 0);
	assert_non_null(freopen("all", "r", stdin));
	assert_int_equal(frame_source_init(&source, &options), 0);
	assert_int_equal(frame_source_total(&source), 0);
	assert_next(&source, &task, "stdin:1", 0);
	assert_int_equal(source.capacity.slot_bytes, size_of(30, 30));
	assert_next(&source, &task, "stdin:2", 1);
	assert_true(capacity_holds(&source.capacity, SHMFLIP_XRGB8888, task.width, task.height));
	assert_next(&source, &task, "stdin:3", 2);
	assert_false(capacity_holds(&source.capacity, SHMFLIP_XRGB8888, task.width, task.height));
	source.capacity =
		capacity_larger(&source.capacity, SHMFLIP_XRGB8888, task.width, task.height);
	assert_true(capacity_holds(&source.capacity, SHMFLIP_XRGB8888, task.width, task.height));
	assert_int_equal(source.capacity.slot_bytes, size_of(30, 30) * 3 / 2);
	source.capacity.max_bytes = source.capacity.slot_bytes;
	assert_next(&source, &task, "stdin:5", 4);
	assert_false(task.last);
	assert_int_equal(next_good(&source, &task), -ENODATA);
	frame_task_finish(&task);
	frame_source_finish(&source);
	assert_int_equal(dup2(kept, STDIN_FILENO), STDIN_FILENO);
	close(kept);
}

static void test_a_fifo_that_is_gone(void **state)
{
	static char missing[] = "missing";
	char *sources[] = { missing };
	struct options options = { .sources = sources, .source_count = 1 };
	struct frame_stream stream;

	(void)state;
	assert_int_equal(frame_stream_init(&stream, &options), -ENOENT);
	frame_stream_finish(&stream);
}

/* Wherever the first frame is cut off, the next two are intact. */
static void test_a_truncated_frame_costs_no_other(void **state)
{
	static char dash[] = "-";
	char *sources[] = { dash };
	struct options options = { .sources = sources, .source_count = 1 };
	struct png_spec spec = { .width = 16, .height = 16, .depth = 8, .sample = value };
	struct bytes png = make_png(&spec);
	int kept = dup(STDIN_FILENO);

	(void)state;
	assert_true(png.size > 3 * PNG_HEADER_BYTES);
	for (size_t size = 1; size < png.size; size++) {
		uint8_t slot[16 * 64] = { 0 };
		unsigned good = 0;
		struct frame_source source;
		struct frame_task task = { 0 };
		struct png_fast *fast = png_fast_create(0, 0);
		FILE *file = fopen("all", "w");

		fwrite(png.data, 1, size, file);
		fwrite(png.data, 1, png.size, file);
		fwrite(png.data, 1, png.size, file);
		fclose(file);
		assert_non_null(freopen("all", "r", stdin));
		assert_int_equal(frame_source_init(&source, &options), 0);
		capacity_decide(&source.capacity, SHMFLIP_XRGB8888, 16, 16);
		while (frame_source_fetch(&source, &task) == 0) {
			task.pixels = slot;
			task.pixels_size = sizeof(slot);
			frame_task_decode(&task, &source.capacity, &options, fast);
			assert_int_equal(frame_source_record(&source, &task), 0);
			good += !task.fault;
		}
		assert_int_equal(good, 2);
		assert_int_equal(source.skipped, 1);
		assert_int_equal(source.read, 3);
		png_fast_destroy(fast);
		frame_task_finish(&task);
		frame_source_finish(&source);
	}
	bytes_finish(&png);
	assert_int_equal(dup2(kept, STDIN_FILENO), STDIN_FILENO);
	close(kept);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_frames_with_faults_are_skipped_and_counted,
		                                set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_passes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_pass_without_a_good_frame_is_followed_by_another, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fetching_ahead_over_the_end_of_a_pass, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_stop_on_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_file_that_is_deleted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_next_file_is_read_ahead, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_max_size, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_only_huge_frames, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_stream_is_sized_by_its_first_frame, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_a_fifo_that_is_gone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_truncated_frame_costs_no_other, set_up,
		                                tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
