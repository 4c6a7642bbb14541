/* SPDX-License-Identifier: MIT
 *
 * The public handles: access rights, and damaged files and memory. */
#include "handles.h"

#include <sys/sem.h>
#include <sys/stat.h>

static int write_to_a_frame(const struct shmflip_frame *frame)
{
	*(volatile uint8_t *)(uintptr_t)frame->plane[0].pixels = 1;
	return 0;
}

static int read_from_a_frame(const struct shmflip_frame *frame)
{
	return *(const volatile uint8_t *)frame->plane[0].pixels == 1 ? 0 : 1;
}

static int open_and_touch(uint32_t flags, int (*touch)(const struct shmflip_frame *))
{
	struct shmflip_viewer *viewer;
	const struct shmflip_frame *frame;

	signal(SIGSEGV, SIG_DFL);
	if (open_view(0, flags, &viewer) || shmflip_viewer_acquire(viewer, &frame, 5000))
		return 1;
	return touch(frame);
}

static void assert_touching_kills(uint32_t flags, int (*touch)(const struct shmflip_frame *))
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	pid_t child = fork();
	int status;

	if (child == 0) {
		close(STDERR_FILENO);
		_exit(open_and_touch(flags, touch));
	}
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	/* A signal or a sanitizer's handler ended it. It would exit with 0 or 1 after a touch. */
	assert_true(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) > 1));
	shmflip_producer_close(producer);
}

static void viewer_cannot_write_pixels(void **state)
{
	(void)state;
	assert_touching_kills(0, write_to_a_frame);
}

static void untouched_viewer_cannot_read_pixels(void **state)
{
	(void)state;
	assert_touching_kills(SHMFLIP_VIEWER_UNTOUCHED, read_from_a_frame);
}

/* A viewer can compare the bytes at the segment's start, although it cannot read the pixels. */
static void untouched_frames_have_a_cookie(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	const struct shmflip_segment *segment;
	const struct shmflip_frame *frame;
	struct shmflip_viewer *viewer;
	uint8_t cookies[3][LAYOUT_PAGE];
	uint32_t bytes = 0;

	(void)state;
	assert_int_equal(open_view(0, SHMFLIP_VIEWER_UNTOUCHED, &viewer), 0);
	for (uint32_t i = 0; i < 3; i++) {
		if (i == 2)
			assert_int_equal(move_on(producer, 2 * SQUARE_BYTES), 0);
		assert_int_equal(publish_square(producer, i, 1000), 0);
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
		segment = shmflip_frame_segment(frame);
		assert_in_range(segment->cookie_bytes, 16, LAYOUT_PAGE);
		assert_memory_equal(segment->cookie,
		                    frame->plane[0].pixels - segment->offset_bytes[0],
		                    segment->cookie_bytes);
		bytes = segment->cookie_bytes;
		memcpy(cookies[i], segment->cookie, bytes);
		shmflip_frame_release(frame);
	}
	assert_memory_equal(cookies[0], cookies[1], bytes);
	assert_memory_not_equal(cookies[1], cookies[2], bytes);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

static void modes_are_exact(void **state)
{
	struct shmflip_stream stream = square_stream(2);
	struct shmflip_producer_options options;
	struct shmflip_producer *producer = NULL;
	struct stat status;
	struct semid_ds ds;

	(void)state;
	umask(0077);
	chmod(directory, 0755);
	shmflip_init(&options);
	options.channel = "test";
	options.mode = 0644;
	assert_int_equal(shmflip_producer_open(&options, &stream, &producer), 0);
	assert_int_equal(stat(in_directory("test"), &status), 0);
	assert_int_equal(status.st_mode & 07777, 0644);
	assert_int_equal(stat(in_directory("test.lock"), &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(semctl(read_channel_file().ring_id, 0, IPC_STAT, &ds), 0);
	assert_int_equal(ds.sem_perm.mode & 0777, 0644);
	shmflip_producer_close(producer);
}

static void damaged_channel_files_are_reported(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	const struct channel_record good = read_channel_file();
	struct channel_record bad = good;
	char text[200];

	(void)state;
	memset(text, 'x', sizeof(text));
	write_channel_file(text, sizeof(text));
	assert_attach_fails(-EPROTO, "not written by shmflip");
	write_channel_file("", 0);
	assert_attach_fails(-EPROTO, "not written by shmflip");
	bad.mark.version = 9;
	write_channel_file(&bad, sizeof(bad));
	assert_attach_fails(-EPROTONOSUPPORT, "version 9");
	bad = good;
	bad.segment_id = -5;
	write_channel_file(&bad, sizeof(bad));
	assert_attach_fails(-EPROTO, "damaged");
	bad = good;
	bad.ring_id = -5;
	write_channel_file(&bad, sizeof(bad));
	assert_attach_fails(-EPROTO, "damaged");
	write_channel_file(&good, sizeof(good) - 1);
	assert_attach_fails(-EPROTO, "damaged");
	bad = good;
	bad.producer = bad.generation + 1;
	write_channel_file(&bad, sizeof(bad));
	assert_attach_fails(-EPROTO, "damaged");
	bad = good;
	bad.generation++;
	write_channel_file(&bad, sizeof(bad));
	assert_attach_fails(-EPROTO, "another generation");
	write_channel_file(&good, sizeof(good));
	assert_attach_fails(-EAGAIN, NULL);
	chmod(in_directory("test"), 0666);
	assert_attach_fails(-EPERM, "others may write");
	shmflip_producer_close(producer);
}

/* Writes garbage all over the header and the slots' descriptions before a viewer attaches. Any
 * result is fine except a crash, a hang, or a frame that reaches beyond its slot. */
static void garbage_in_memory_does_no_harm(void **state)
{
	enum { BYTES = sizeof(struct layout_header) + 2 * sizeof(struct layout_slot) };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	uint8_t *header = (uint8_t *)header_of(producer), saved[BYTES];
	const struct shmflip_frame *frame;
	struct shmflip_viewer *viewer;
	uint32_t sum = 0;
	unsigned seed = 1;

	(void)state;
	assert_int_equal(publish_square(producer, 0x01010101, 0), 0);
	memcpy(saved, header, BYTES);
	for (int round = 0; round < 3000; round++) {
		for (int i = rand_r(&seed) % 8; i >= 0; i--)
			header[rand_r(&seed) % BYTES] = (uint8_t)rand_r(&seed);
		viewer = open_viewer(1 + round % 2);
		if (shmflip_viewer_acquire(viewer, &frame, 0) == 0) {
			const struct shmflip_plane *plane = &frame->plane[0];

			assert_true((uint64_t)plane->stride_bytes * plane->rows <= SQUARE_BYTES);
			for (uint32_t y = 0; y < frame->height; y++)
				sum += plane->pixels[y * (size_t)plane->stride_bytes +
				                     frame->width * 4 - 1];
			shmflip_frame_release(frame);
		}
		shmflip_viewer_close(viewer);
		memcpy(header, saved, BYTES);
	}
	/* Print the sum, so that the compiler does not drop the reads. */
	print_message("sum of the bytes read: %u\n", sum);
	shmflip_producer_close(producer);
}

/* An invalid description costs that frame and no other. */
static void bad_description_counts_as_missed(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct layout_header *header = header_of(producer);
	const struct shmflip_frame *frame;

	(void)state;
	assert_int_equal(publish_square(producer, 1, 0), 0);
	newest_record(header)->geometry.height = 1 << 30;
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EBADMSG);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
	assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_takes(viewer, 2, 1000);
	assert_counts(viewer, 1, 1);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(viewer_cannot_write_pixels),
		WITH_DIRECTORY(untouched_viewer_cannot_read_pixels),
		WITH_DIRECTORY(untouched_frames_have_a_cookie),
		WITH_DIRECTORY(modes_are_exact),
		WITH_DIRECTORY(damaged_channel_files_are_reported),
		WITH_DIRECTORY(bad_description_counts_as_missed),
		WITH_DIRECTORY(garbage_in_memory_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
