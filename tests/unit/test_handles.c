/* SPDX-License-Identifier: MIT
 *
 * The public handles between real processes: frames and waits. */
#include "handles.h"

#include <sys/mman.h>
#include <sys/resource.h>

/* ---- One producer, one viewer ---- */

static void frame_arrives_with_its_description(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 0, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_frame_info info = square_info();
	struct shmflip_channel_info channel;
	struct shmflip_frame frame;
	struct shmflip_loan loan;
	int64_t before_ns = monotonic_now_ns();

	(void)state;
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
	assert_int_equal(shmflip_producer_loan(producer, &loan, 0), 0);
	assert_int_equal((uintptr_t)loan.pixels % 4096, 0);
	assert_true(loan.size_bytes >= SIDE * SIDE * 4);
	memset(loan.pixels, 0x5a, SIDE * SIDE * 4);
	info.presentation_ns = 123456789012345;
	info.decode_ns = 987654321;
	info.format = SHMFLIP_FORMAT_ARGB8888;
	info.flags = SHMFLIP_FRAME_LAST;
	strcpy(info.source, "picture.png");
	assert_int_equal(shmflip_producer_publish(producer, &loan, &info), 0);
	assert_null(loan.pixels);
	assert_int_equal(info.sequence, 1);

	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	assert_memory_equal(&frame.info, &info, offsetof(struct shmflip_frame_info, source));
	assert_string_equal(frame.info.source, "picture.png");
	assert_true(frame.info.published_ns >= before_ns &&
	            frame.info.published_ns <= monotonic_now_ns());
	for (int i = 0; i < SIDE * SIDE * 4; i++)
		assert_int_equal(frame.pixels[i], 0x5a);
	assert_int_equal(shmflip_viewer_channel(viewer, &channel), 0);
	assert_int_equal(channel.slots, 2);
	assert_int_equal(channel.policy, SHMFLIP_POLICY_LATEST);
	assert_int_equal(channel.fps_milli, 30000);
	assert_int_equal(channel.pid, getpid());
	assert_int_equal(channel.published, 1);
	shmflip_viewer_release(viewer, &frame);
	shmflip_viewer_release(viewer, &frame);
	assert_counts(viewer, 1, 0);
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
}

static void newest_frame_is_taken_and_missed_ones_are_counted(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_frame held, frame;

	(void)state;
	for (uint32_t i = 1; i <= 5; i++)
		assert_int_equal(publish_square(producer, i, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &held, 0), 0);
	assert_int_equal(held.info.sequence, 5);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
	for (uint32_t i = 6; i <= 100; i++)
		assert_int_equal(publish_square(producer, i, 0), 0);
	assert_int_equal(square_value(&held), 5);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), 0);
	assert_int_equal(square_value(&frame), 100);
	/* The viewer holds both slots other than the newest frame's. */
	assert_int_equal(publish_square(producer, 101, 0), 0);
	assert_int_equal(publish_square(producer, 102, 0), -EAGAIN);
	shmflip_viewer_release(viewer, &held);
	assert_int_equal(publish_square(producer, 102, 0), 0);
	assert_int_equal(square_value(&frame), 100);
	shmflip_viewer_release(viewer, &frame);
	assert_counts(viewer, 2, 98);
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
}

/* Counts drops after the last frame too, and those of later producers. */
static void drops_are_counted_on_both_sides(void **state)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_viewer_stats stats;
	struct shmflip_producer *producer;
	struct shmflip_frame frame;

	(void)state;
	for (uint64_t round = 1; round <= 3; round++) {
		producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
		if (round == 2)
			shmflip_producer_drop(producer);
		assert_int_equal(shmflip_viewer_wait_producer(viewer, 1000), 0);
		shmflip_producer_drop(producer);
		assert_int_equal(publish_square(producer, 1, 0), 0);
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
		shmflip_viewer_release(viewer, &frame);
		assert_int_equal(shmflip_producer_resize(producer, 1 << 20), 0);
		shmflip_producer_drop(producer);
		assert_int_equal(publish_square(producer, 2, 0), 0);
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
		shmflip_viewer_release(viewer, &frame);
		shmflip_producer_drop(producer);
		shmflip_producer_destroy(producer);
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), -ENODATA);
		shmflip_viewer_stats(viewer, &stats);
		assert_int_equal(stats.dropped, 3 * round);
	}
	shmflip_viewer_destroy(viewer);
}

static void late_viewer_sees_the_newest_frame(void **state)
{
	static const uint32_t views[] = { SHMFLIP_VIEW_NEWEST, SHMFLIP_VIEW_EVERY };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	struct shmflip_viewer *viewer;
	struct shmflip_frame frame;

	(void)state;
	for (uint32_t i = 1; i <= 5; i++)
		assert_int_equal(publish_square(producer, i, 0), 0);
	for (int i = 0; i < 2; i++) {
		viewer = attach_viewer(views[i]);
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), 0);
		assert_int_equal(frame.info.sequence, 5);
		shmflip_viewer_release(viewer, &frame);
		assert_counts(viewer, 1, 0);
		shmflip_viewer_destroy(viewer);
	}
	shmflip_producer_destroy(producer);
}

static void every_frame_arrives(void **state)
{
	enum { FRAMES = 3000 };
	struct count_job jobs[3] = { { SHMFLIP_VIEW_EVERY, FRAMES, 1 },
		                     { SHMFLIP_VIEW_EVERY, FRAMES, 1 },
		                     { SHMFLIP_VIEW_NEWEST, FRAMES, 1 } };

	(void)state;
	for (uint32_t slots = 2; slots <= 5; slots++) {
		struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, slots, 0);
		pid_t viewers[3];

		for (int i = 0; i < 3; i++) {
			jobs[i].holding = (int)slots > 3 && i < 2 ? (int)slots - 2 : 1;
			viewers[i] = start(view_until_end, &jobs[i]);
		}
		assert_int_equal(shmflip_producer_wait_viewers(producer, 3, 5000), 0);
		for (uint32_t i = 1; i <= FRAMES; i++)
			assert_int_equal(publish_square(producer, i, 5000), 0);
		shmflip_producer_destroy(producer);
		for (int i = 0; i < 3; i++)
			assert_exits(viewers[i], 0);
	}
}

static void loans_are_limited_and_checked(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_frame_info info = square_info();
	struct shmflip_loan loans[4], none = { 0 };
	struct shmflip_producer_stats stats;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(shmflip_producer_loan(producer, &loans[i], 0), 0);
	assert_int_equal(shmflip_producer_loan(producer, &loans[3], 1000), -EBUSY);
	assert_int_equal(shmflip_producer_resize(producer, 100), -EBUSY);
	assert_int_equal(shmflip_producer_publish(producer, &none, &info), -EINVAL);
	info.height = 10000;
	assert_int_equal(shmflip_producer_publish(producer, &loans[1], &info), -EMSGSIZE);
	info = square_info();
	info.format = 1;
	assert_int_equal(shmflip_producer_publish(producer, &loans[1], &info), -EINVAL);
	info = square_info();
	assert_int_equal(shmflip_producer_publish(producer, &loans[1], &info), 0);
	assert_int_equal(shmflip_producer_publish(producer, &loans[1], &info), -EINVAL);
	shmflip_producer_discard(producer, &loans[0]);
	shmflip_producer_discard(producer, &loans[0]);
	assert_int_equal(shmflip_producer_publish(producer, &loans[2], &info), 0);
	shmflip_producer_drop(producer);
	shmflip_producer_stats(producer, &stats);
	assert_int_equal(stats.published, 2);
	assert_int_equal(stats.discarded, 1);
	assert_int_equal(stats.dropped, 1);
	assert_int_equal(stats.generations, 1);
	shmflip_producer_destroy(producer);
}

static void bad_options_are_refused(void **state)
{
	static const struct shmflip_producer_options bad[] = {
		{ .channel = "a/b", .slot_bytes = 1 },
		{ .channel = "test", .slot_bytes = 0 },
		{ .channel = "test", .slot_bytes = 1, .slots = 1 },
		{ .channel = "test", .slot_bytes = 1, .slots = 65 },
		{ .channel = "test", .slot_bytes = 1, .policy = 3 },
		{ .channel = "test", .slot_bytes = 1, .mode = 0755 },
	};
	struct shmflip_viewer_options viewer_options = { .view = 3 };
	struct shmflip_producer *producer = NULL;
	struct shmflip_viewer *viewer = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(shmflip_producer_create(&bad[i], &producer), -EINVAL);
	assert_null(producer);
	assert_int_equal(shmflip_viewer_open(&viewer_options, &viewer), -EINVAL);
	viewer_options = (struct shmflip_viewer_options){ .prefault = 1, .untouched = 1 };
	assert_int_equal(shmflip_viewer_open(&viewer_options, &viewer), -EINVAL);
	viewer_options = (struct shmflip_viewer_options){ .channel = "../x" };
	assert_int_equal(shmflip_viewer_open(&viewer_options, &viewer), -EINVAL);
	assert_null(viewer);
	shmflip_producer_destroy(NULL);
	shmflip_viewer_destroy(NULL);
}

/* ---- Waiting ---- */

static void waits_end_in_time(void **state)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_producer *producer;
	struct shmflip_frame frame;
	int64_t start_ns = monotonic_now_ns();

	(void)state;
	assert_int_equal(shmflip_viewer_wait_producer(viewer, 50), -EAGAIN);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 50), -EAGAIN);
	assert_int_equal(shmflip_viewer_wait(viewer, 50), -EAGAIN);
	producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	assert_int_equal(shmflip_viewer_wait(viewer, 1000), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 50), -EAGAIN);
	assert_int_equal(shmflip_viewer_wait(viewer, 50), -EAGAIN);
	assert_int_equal(shmflip_producer_wait_viewers(producer, 2, 50), -EAGAIN);
	assert_true(monotonic_now_ns() - start_ns >= 300 * INT64_C(1000000));
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
}

static void on_signal(int number)
{
	(void)number;
}

static void signals_end_waits(void **state)
{
	struct sigaction action = { .sa_handler = on_signal };
	/* Repeat it: a signal that comes just before a wait does not end the wait. */
	struct itimerspec soon = { .it_value.tv_nsec = 30000000, .it_interval.tv_nsec = 7000000 };
	const struct itimerspec never = { 0 };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_EVERY);
	struct shmflip_frame frame;
	struct shmflip_loan loan;
	timer_t timer;

	(void)state;
	sigaction(SIGALRM, &action, NULL);
	assert_int_equal(timer_create(CLOCK_MONOTONIC, NULL, &timer), 0);
	timer_settime(timer, 0, &soon, NULL);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, -1), -EINTR);
	timer_settime(timer, 0, &soon, NULL);
	assert_int_equal(shmflip_viewer_wait(viewer, -1), -EINTR);
	timer_settime(timer, 0, &soon, NULL);
	assert_int_equal(shmflip_producer_wait_viewers(producer, 2, -1), -EINTR);
	timer_settime(timer, 0, &never, NULL);
	publish_square(producer, 1, 0);
	publish_square(producer, 2, 0);
	timer_settime(timer, 0, &soon, NULL);
	assert_int_equal(shmflip_producer_loan(producer, &loan, -1), -EINTR);
	timer_settime(timer, 0, &never, NULL);
	shmflip_producer_destroy(producer);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, -1), 0);
	shmflip_viewer_release(viewer, &frame);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, -1), 0);
	shmflip_viewer_release(viewer, &frame);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, -1), -ENODATA);
	timer_settime(timer, 0, &soon, NULL);
	assert_int_equal(shmflip_viewer_wait_producer(viewer, -1), -EINTR);
	timer_delete(timer);
	shmflip_viewer_destroy(viewer);
}

static int view_slowly(void *unused)
{
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_EVERY);
	struct shmflip_frame frame;

	(void)unused;
	while (shmflip_viewer_acquire(viewer, &frame, -1) == 0) {
		sleep_ms(20);
		shmflip_viewer_release(viewer, &frame);
	}
	shmflip_viewer_destroy(viewer);
	return 0;
}

static long sleeps_so_far(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_nvcsw;
}

/* With a check after each eighth of the time, each of these frames takes some 25 sleeps. */
static void similar_waits_take_few_sleeps(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 2, 0);
	pid_t child = start(view_slowly, NULL);
	long before = 0;

	(void)state;
	assert_int_equal(shmflip_producer_wait_viewers(producer, 1, 5000), 0);
	for (uint32_t i = 0; i < 35; i++) {
		if (i == 5)
			before = sleeps_so_far();
		assert_int_equal(publish_square(producer, i, 5000), 0);
	}
	assert_in_range(sleeps_so_far() - before, 30, 30 * 15);
	shmflip_producer_destroy(producer);
	assert_exits(child, 0);
}

static int view_and_pause(void *unused)
{
	(void)unused;
	attach_viewer(SHMFLIP_VIEW_EVERY);
	pause();
	return 0;
}

static void viewers_are_counted_by_the_kernel(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 2, 0);
	struct shmflip_viewer *own[2] = { attach_viewer(SHMFLIP_VIEW_EVERY),
		                          attach_viewer(SHMFLIP_VIEW_NEWEST) };
	pid_t others[20];
	unsigned viewers = 99;

	(void)state;
	for (int i = 0; i < 20; i++)
		others[i] = start(view_and_pause, NULL);
	assert_int_equal(shmflip_producer_wait_viewers(producer, 22, 5000), 0);
	assert_int_equal(shmflip_producer_viewers(producer, &viewers), 0);
	assert_int_equal(viewers, 22);
	for (int i = 0; i < 20; i++)
		kill_and_reap(others[i]);
	assert_int_equal(shmflip_producer_viewers(producer, &viewers), 0);
	assert_int_equal(viewers, 2);
	for (int i = 0; i < 2; i++)
		shmflip_viewer_destroy(own[i]);
	assert_int_equal(shmflip_producer_viewers(producer, &viewers), 0);
	assert_int_equal(viewers, 0);
	shmflip_producer_destroy(producer);
}

/* ---- Mappings ---- */

/* Whether a read of this address needs no page fault: bit 63 in /proc/self/pagemap. */
static bool is_mapped(const void *address)
{
	uint64_t page = (uintptr_t)address / LAYOUT_PAGE, entry = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	assert_int_equal(pread(fd, &entry, sizeof(entry), (off_t)(page * sizeof(entry))),
	                 sizeof(entry));
	close(fd);
	return entry >> 63;
}

static bool kernel_can_prefault(void)
{
#ifdef MADV_POPULATE_READ
	return madvise(NULL, 0, MADV_POPULATE_READ) == 0;
#else
	return false;
#endif
}

/* The kernel also maps some pages around one that is read, so the slots are large. */
static void prefault_maps_all_pixels(void **state)
{
	const struct shmflip_producer_options options = { .channel = "test",
		                                          .slots = 2,
		                                          .slot_bytes = 1 << 20 };
	const struct shmflip_viewer_options viewer_options = { .channel = "test", .prefault = 1 };
	struct shmflip_producer *producer;
	struct shmflip_viewer *viewer;
	struct shmflip_frame frame;

	(void)state;
	if (!kernel_can_prefault())
		skip();
	assert_int_equal(shmflip_producer_create(&options, &producer), 0);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(shmflip_viewer_open(&viewer_options, &viewer), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	for (uint64_t offset = 0; offset < options.slot_bytes; offset += LAYOUT_PAGE)
		assert_true(is_mapped(frame.pixels + offset));
	shmflip_viewer_release(viewer, &frame);
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
}

/* Whether the kernel leaves this address out of a core: "dd" in the flags of its mapping. */
static bool is_left_out_of_cores(const void *address)
{
	unsigned long long start, end;
	bool inside = false, left_out = false;
	char line[512];
	FILE *file = fopen("/proc/self/smaps", "re");

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%llx-%llx ", &start, &end) == 2)
			inside = (uintptr_t)address >= start && (uintptr_t)address < end;
		else if (inside && strncmp(line, "VmFlags:", 8) == 0)
			left_out = strstr(line, " dd") != NULL;
	}
	fclose(file);
	return left_out;
}

/* The kernel writes a core before it undoes the semaphores. Gigabytes of pixels in it would let
 * viewers wait for seconds until they learn of a crash. */
static void pixels_are_left_out_of_cores(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_frame frame;
	struct shmflip_loan loan;

	(void)state;
	assert_int_equal(shmflip_producer_loan(producer, &loan, 0), 0);
	assert_true(is_left_out_of_cores(loan.pixels));
	shmflip_producer_discard(producer, &loan);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	assert_true(is_left_out_of_cores(frame.pixels));
	assert_false(is_left_out_of_cores(frame.pixels - frame.segment_offset));
	shmflip_viewer_release(viewer, &frame);
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(frame_arrives_with_its_description),
		WITH_DIRECTORY(newest_frame_is_taken_and_missed_ones_are_counted),
		WITH_DIRECTORY(drops_are_counted_on_both_sides),
		WITH_DIRECTORY(late_viewer_sees_the_newest_frame),
		WITH_DIRECTORY(every_frame_arrives),
		WITH_DIRECTORY(loans_are_limited_and_checked),
		WITH_DIRECTORY(bad_options_are_refused),
		WITH_DIRECTORY(waits_end_in_time),
		WITH_DIRECTORY(signals_end_waits),
		WITH_DIRECTORY(similar_waits_take_few_sleeps),
		WITH_DIRECTORY(viewers_are_counted_by_the_kernel),
		WITH_DIRECTORY(prefault_maps_all_pixels),
		WITH_DIRECTORY(pixels_are_left_out_of_cores),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
