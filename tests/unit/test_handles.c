/* SPDX-License-Identifier: MIT
 *
 * The public handles between real processes: frames, options and mappings. */
#include "handles.h"

#include <sys/shm.h>

#include <sys/mman.h>

/* ---- One producer, one viewer ---- */

static void frame_arrives_with_its_description(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 0, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_channel *channel;
	const struct shmflip_frame *frame;
	struct shmflip_frame *loan;
	int64_t before_ns = monotonic_now_ns();

	(void)state;
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
	assert_int_equal(shmflip_producer_loan(producer, &loan, 0), 0);
	assert_int_equal((uintptr_t)loan->plane[0].pixels % LAYOUT_PAGE, 0);
	assert_true(loan->slot_bytes >= SQUARE_BYTES);
	memset(shmflip_frame_writable(loan, 0), 0x5a, SQUARE_BYTES);
	loan->presentation_ns = 123456789012345;
	loan->decode_ns = 987654321;
	loan->fourcc = SHMFLIP_ARGB8888;
	loan->flags = SHMFLIP_FRAME_LAST;
	loan->source = "picture.png";
	assert_int_equal(shmflip_frame_publish(loan), 0);
	assert_int_equal(loan->sequence, 1);
	shmflip_frame_release(loan);

	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	assert_int_equal(frame->sequence, 1);
	assert_int_equal(frame->presentation_ns, 123456789012345);
	assert_int_equal(frame->decode_ns, 987654321);
	assert_int_equal(frame->fourcc, SHMFLIP_ARGB8888);
	assert_int_equal(frame->width, SIDE);
	assert_int_equal(frame->height, SIDE);
	assert_int_equal(frame->flags, SHMFLIP_FRAME_LAST);
	assert_string_equal(frame->source, "picture.png");
	assert_true(frame->published_ns >= before_ns && frame->published_ns <= monotonic_now_ns());
	for (int i = 0; i < SQUARE_BYTES; i++)
		assert_int_equal(frame->plane[0].pixels[i], 0x5a);
	channel = shmflip_viewer_channel(viewer);
	assert_non_null(channel);
	assert_int_equal(channel->slots, 2);
	assert_int_equal(channel->policy, SHMFLIP_POLICY_LATEST);
	assert_int_equal(channel->stream->rate_num, 30);
	assert_int_equal(channel->stream->rate_den, 1);
	assert_int_equal(channel->pid, getpid());
	assert_int_equal(channel->published, 1);
	shmflip_frame_release(frame);
	assert_counts(viewer, 1, 0);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

static void newest_frame_is_taken_and_missed_ones_are_counted(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *held, *frame;

	(void)state;
	for (uint32_t i = 1; i <= 5; i++)
		assert_int_equal(publish_square(producer, i, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &held, 0), 0);
	assert_int_equal(held->sequence, 5);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
	for (uint32_t i = 6; i <= 100; i++)
		assert_int_equal(publish_square(producer, i, 0), 0);
	assert_int_equal(square_value(held), 5);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), 0);
	assert_int_equal(square_value(frame), 100);
	/* The viewer holds both slots other than the newest frame's. */
	assert_int_equal(publish_square(producer, 101, 0), 0);
	assert_int_equal(publish_square(producer, 102, 0), -EAGAIN);
	shmflip_frame_release(held);
	assert_int_equal(publish_square(producer, 102, 0), 0);
	assert_int_equal(square_value(frame), 100);
	shmflip_frame_release(frame);
	assert_counts(viewer, 2, 98);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* Counts drops after the last frame too, and those of later producers. */
static void drops_are_counted_on_both_sides(void **state)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_producer *producer;
	const struct shmflip_frame *frame;

	(void)state;
	for (uint64_t round = 1; round <= 3; round++) {
		producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
		if (round == 2)
			shmflip_producer_count_dropped(producer);
		assert_int_equal(shmflip_viewer_attach(viewer, 1000), 0);
		shmflip_producer_count_dropped(producer);
		assert_int_equal(publish_square(producer, 1, 0), 0);
		assert_takes(viewer, 1, 1000);
		assert_int_equal(move_on(producer, 1 << 20), 0);
		shmflip_producer_count_dropped(producer);
		assert_int_equal(publish_square(producer, 2, 0), 0);
		assert_takes(viewer, 2, 1000);
		shmflip_producer_count_dropped(producer);
		shmflip_producer_close(producer);
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), -ENODATA);
		assert_int_equal(viewer_counts(viewer).dropped, 3 * round);
	}
	shmflip_viewer_close(viewer);
}

static void late_viewer_sees_the_newest_frame(void **state)
{
	static const uint32_t views[] = { SHMFLIP_VIEW_NEWEST, SHMFLIP_VIEW_EVERY };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	struct shmflip_viewer *viewer;
	const struct shmflip_frame *frame;

	(void)state;
	for (uint32_t i = 1; i <= 5; i++)
		assert_int_equal(publish_square(producer, i, 0), 0);
	for (int i = 0; i < 2; i++) {
		viewer = attach_viewer(views[i]);
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), 0);
		assert_int_equal(frame->sequence, 5);
		shmflip_frame_release(frame);
		assert_counts(viewer, 1, 0);
		shmflip_viewer_close(viewer);
	}
	shmflip_producer_close(producer);
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
		shmflip_producer_close(producer);
		for (int i = 0; i < 3; i++)
			assert_exits(viewers[i], 0);
	}
}

static void loans_are_limited_and_counted(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_frame *loans[4], *none;
	struct shmflip_counts counts;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(shmflip_producer_loan(producer, &loans[i], 0), 0);
	assert_int_equal(shmflip_producer_loan(producer, &none, -1), -ENOBUFS);
	assert_int_equal(shmflip_frame_publish(loans[1]), 0);
	assert_int_equal(shmflip_frame_publish(loans[2]), 0);
	/* One of these two is the newest frame. */
	assert_int_equal(shmflip_producer_loan(producer, &loans[3], 0), 0);
	assert_int_equal(shmflip_producer_loan(producer, &none, -1), -ENOBUFS);
	for (int i = 0; i < 4; i++)
		shmflip_frame_release(loans[i]);
	shmflip_producer_count_dropped(producer);
	counts = producer_counts(producer);
	assert_int_equal(counts.published, 2);
	assert_int_equal(counts.discarded, 2);
	assert_int_equal(counts.dropped, 1);
	assert_int_equal(counts.generations, 1);
	shmflip_producer_close(producer);
}

/* Only what was copied: a listing of many channels needs no descriptor and no mapping for each. */
static void status_keeps_no_memory(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	const struct shmflip_status *status;
	struct shmid_ds segment;

	(void)state;
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(shmflip_channel_status(NULL, "test", &status), 0);
	shmflip_producer_close(producer);
	assert_int_equal(shmctl(status->segment_id, IPC_STAT, &segment), -1);
	assert_int_equal(status->newest->sequence, 1);
	assert_int_equal(status->newest->width, SIDE);
	assert_int_equal(status->channel->stream->width, SIDE);
	assert_int_equal(shmflip_frame_segment(status->newest)->id, status->segment_id);
	shmflip_status_free(status);
}

struct bad_options {
	const char *channel;
	uint32_t slots, side, policy;
	mode_t mode;
	uint32_t group_set;
};

static void bad_options_are_refused(void **state)
{
	static const struct bad_options bad[] = {
		{ "a/b", 2, 1, 0, 0, 0 },     { "test", 2, 0, 0, 0, 0 },
		{ "test", 1, 1, 0, 0, 0 },    { "test", 65, 1, 0, 0, 0 },
		{ "test", 2, 1, 3, 0, 0 },    { "test", 2, 1, 0, 0755, 0 },
		{ "test", 2, 1, 0, 0664, 0 }, { "test", 2, 1, 0, 0604, 0 },
		{ "test", 2, 1, 0, 0400, 0 }, { "test", 2, 1, 0, 0, 2 },
	};
	struct shmflip_producer *producer = NULL;
	struct shmflip_viewer *viewer = NULL;
	struct shmflip_viewer_options viewer_options;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct shmflip_stream stream = square_stream(bad[i].slots);
		struct shmflip_producer_options options;

		shmflip_init(&options);
		options.channel = bad[i].channel;
		options.policy = bad[i].policy;
		options.mode = bad[i].mode;
		options.group_set = bad[i].group_set;
		stream.width = stream.height = bad[i].side;
		assert_int_equal(shmflip_producer_open(&options, &stream, &producer), -EINVAL);
	}
	assert_null(producer);
	assert_int_equal(open_view(3, 0, &viewer), -EINVAL);
	assert_int_equal(open_view(0, 1 << 3, &viewer), -EINVAL);
	assert_int_equal(open_view(0, SHMFLIP_VIEWER_PREFAULT | SHMFLIP_VIEWER_UNTOUCHED, &viewer),
	                 -EINVAL);
	shmflip_init(&viewer_options);
	viewer_options.channel = "../x";
	assert_int_equal(shmflip_viewer_open(&viewer_options, &viewer), -EINVAL);
	assert_null(viewer);
	shmflip_producer_close(NULL);
	shmflip_viewer_close(NULL);
	shmflip_frame_release(NULL);
	shmflip_status_free(NULL);
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
	enum { SLOT_BYTES = 1 << 20 };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	const struct shmflip_frame *frame;
	struct shmflip_viewer *viewer;

	(void)state;
	if (!kernel_can_prefault()) {
		shmflip_producer_close(producer);
		skip();
	}
	assert_int_equal(move_on(producer, SLOT_BYTES), 0);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(open_view(0, SHMFLIP_VIEWER_PREFAULT, &viewer), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	for (uint64_t offset = 0; offset < SLOT_BYTES; offset += LAYOUT_PAGE)
		assert_true(is_mapped(frame->plane[0].pixels + offset));
	shmflip_frame_release(frame);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
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
	const struct shmflip_frame *frame;
	struct shmflip_frame *loan;

	(void)state;
	assert_int_equal(shmflip_producer_loan(producer, &loan, 0), 0);
	assert_true(is_left_out_of_cores(loan->plane[0].pixels));
	shmflip_frame_release(loan);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	assert_true(is_left_out_of_cores(frame->plane[0].pixels));
	assert_false(is_left_out_of_cores(frame->plane[0].pixels -
	                                  shmflip_frame_segment(frame)->offset_bytes[0]));
	shmflip_frame_release(frame);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(frame_arrives_with_its_description),
		WITH_DIRECTORY(newest_frame_is_taken_and_missed_ones_are_counted),
		WITH_DIRECTORY(drops_are_counted_on_both_sides),
		WITH_DIRECTORY(late_viewer_sees_the_newest_frame),
		WITH_DIRECTORY(every_frame_arrives),
		WITH_DIRECTORY(loans_are_limited_and_counted),
		WITH_DIRECTORY(status_keeps_no_memory),
		WITH_DIRECTORY(bad_options_are_refused),
		WITH_DIRECTORY(prefault_maps_all_pixels),
		WITH_DIRECTORY(pixels_are_left_out_of_cores),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
