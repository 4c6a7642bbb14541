/* SPDX-License-Identifier: MIT
 *
 * viewer/conversion, viewer/shared_buffers and viewer/picture_copy: pictures of every format become
 * pixels that presenters show, in buffers that nobody overwrites while a frame holds them. */
#include "pixel_image.h"

#include <errno.h>
#include <sys/ipc.h>
#include <sys/resource.h>
#include <sys/shm.h>

#include "conversion.h"
#include "made_frame.h"
#include "picture_copy.h"

static const struct appearance as_pictures = { .mode = APPEARANCE_FULL };

/* ---- Buffers ------------------------------------------------------------------------------- */

static const struct shared_buffer *take(struct shared_buffers *buffers, uint64_t frame,
                                        size_t bytes)
{
	const struct shared_buffer *buffer;

	assert_int_equal(shared_buffers_take(buffers, made_frame(frame), bytes, &buffer), 0);
	memset(buffer->pixels, (int)frame, bytes);
	return buffer;
}

static void assert_filled(const struct shared_buffer *buffer, uint8_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		assert_int_equal(buffer->pixels[i], value);
}

static void test_buffers_do_not_overlap(void **state)
{
	const struct shared_buffer *taken[SHARED_BUFFERS], *other;
	struct shared_buffers buffers;

	(void)state;
	shared_buffers_init(&buffers);
	for (uint64_t i = 0; i < SHARED_BUFFERS; i++)
		taken[i] = take(&buffers, i + 1, 1000);
	assert_int_equal(shared_buffers_take(&buffers, made_frame(9), 1000, &other), -EBUSY);
	for (uint64_t i = 0; i < SHARED_BUFFERS; i++) {
		assert_filled(taken[i], (uint8_t)(i + 1), 1000);
		assert_int_equal(taken[i]->segment.id, taken[0]->segment.id);
	}
	shared_buffers_finish(&buffers);
}

static void test_the_first_free_buffer_is_used_again(void **state)
{
	struct shared_buffers buffers;

	(void)state;
	shared_buffers_init(&buffers);
	const struct shared_buffer *first = take(&buffers, 1, 1000);
	const struct shared_buffer *second = take(&buffers, 2, 1000);
	const uint8_t *place = first->pixels;
	shared_buffers_release(&buffers, made_frame(1));
	/* A frame without a buffer, and none at all, release nothing. */
	shared_buffers_release(&buffers, made_frame(7));
	shared_buffers_release(&buffers, NULL);
	const struct shared_buffer *third = take(&buffers, 3, 900);
	assert_ptr_equal(third->pixels, place);
	assert_filled(second, 2, 1000);
	assert_filled(third, 3, 900);
	shared_buffers_finish(&buffers);
}

static unsigned long attached(int id)
{
	struct shmid_ds status;

	if (shmctl(id, IPC_STAT, &status) < 0)
		return 0;
	/* Marked for removal: nothing of it outlives this process. */
	assert_true(status.shm_perm.mode & SHM_DEST);
	return status.shm_nattch;
}

static void test_a_held_buffer_outlives_a_change_of_size(void **state)
{
	struct shared_buffers buffers;

	(void)state;
	shared_buffers_init(&buffers);
	const struct shared_buffer *small = take(&buffers, 1, 1000);
	int first = small->segment.id;
	const struct shared_buffer *large = take(&buffers, 2, 100000);
	int second = large->segment.id;
	assert_int_not_equal(second, first);
	assert_filled(small, 1, 1000);
	assert_int_equal(attached(first), 1);
	shared_buffers_release(&buffers, made_frame(1));
	assert_int_equal(attached(first), 0);
	assert_filled(large, 2, 100000);
	/* The memory of large frames is kept for a while, but not forever. */
	for (int i = 0; i < SHARED_BUFFERS_SMALLER_MAX; i++) {
		const struct shared_buffer *smaller = take(&buffers, 3, 10);

		assert_int_equal(smaller->segment.id, second);
		shared_buffers_release(&buffers, made_frame(3));
	}
	const struct shared_buffer *smallest = take(&buffers, 4, 10);
	int third = smallest->segment.id;
	assert_int_not_equal(third, second);
	assert_int_equal(attached(second), 1);
	shared_buffers_release(&buffers, made_frame(2));
	assert_int_equal(attached(second), 0);
	assert_int_equal(attached(third), 1);
	shared_buffers_finish(&buffers);
	assert_int_equal(attached(third), 0);
}

static void test_no_room_for_smaller_buffers(void **state)
{
	const struct shared_buffer *buffer = NULL;
	struct rlimit before, none;
	struct shared_buffers buffers;
	int error = 0;

	(void)state;
	shared_buffers_init(&buffers);
	take(&buffers, 1, 8 << 20);
	getrlimit(RLIMIT_AS, &before);
	none = (struct rlimit){ 0, before.rlim_max };
	setrlimit(RLIMIT_AS, &none);
	for (int i = 0; i <= SHARED_BUFFERS_SMALLER_MAX && !error; i++) {
		error = shared_buffers_take(&buffers, made_frame(2), 1 << 20, &buffer);
		shared_buffers_release(&buffers, made_frame(2));
	}
	setrlimit(RLIMIT_AS, &before);
	assert_int_equal(error, 0);
	shared_buffers_finish(&buffers);
}

/* However different they are. */
static void test_sizes_by_turns_take_no_new_memory(void **state)
{
	struct shared_buffers buffers;
	int first;

	(void)state;
	shared_buffers_init(&buffers);
	first = take(&buffers, 1, 100000)->segment.id;
	shared_buffers_release(&buffers, made_frame(1));
	for (uint64_t i = 2; i < 4 * SHARED_BUFFERS_SMALLER_MAX; i++) {
		assert_int_equal(take(&buffers, i, i % 2 ? 100000 : 10)->segment.id, first);
		shared_buffers_release(&buffers, made_frame(i));
	}
	shared_buffers_finish(&buffers);
}

static void test_the_server_can_find_a_buffer(void **state)
{
	struct shared_buffers buffers, others;
	uint8_t *base;

	(void)state;
	shared_buffers_init(&buffers);
	shared_buffers_init(&others);
	take(&buffers, 1, 5000);
	const struct shared_buffer *buffer = take(&buffers, 2, 5000);
	const struct shared_buffer *other = take(&others, 3, 5000);
	base = shmat(buffer->segment.id, NULL, SHM_RDONLY);
	assert_true(base != (void *)-1);
	assert_memory_equal(base, buffer->segment.cookie, buffer->segment.cookie_bytes);
	assert_memory_equal(base + buffer->segment.offset_bytes[0], buffer->pixels, 5000);
	assert_memory_not_equal(other->segment.cookie, buffer->segment.cookie,
	                        buffer->segment.cookie_bytes);
	shmdt(base);
	shared_buffers_finish(&buffers);
	shared_buffers_finish(&others);
}

/* ---- Conversion ---------------------------------------------------------------------------- */

static const uint32_t sizes[][2] = { { 1, 1 }, { 2, 3 }, { 33, 17 }, { 64, 5 }, { 7, 32 } };

static struct picture picture_in(const struct pixel_image *image, struct shmflip_frame *frame)
{
	const struct pixel_format *format = pixel_format_find(image->frame.fourcc);
	const struct picture_info info = { .width = image->frame.width,
		                           .height = image->frame.height,
		                           .fourcc = image->frame.fourcc,
		                           .opaque = !format->alpha };
	struct pixel_source source;
	struct picture picture;

	*frame = image->frame;
	frame->source = "";
	/* The library knows no segment of a frame that it did not hand out. */
	if (format->order == ORDER_BGRA) {
		image_source(image, &source);
		picture = picture_of_source(&info, &source);
		picture.frame = frame;
		return picture;
	}
	assert_int_equal(picture_of_frame(&picture, frame, true), 0);
	assert_int_equal(picture.info.fourcc, info.fourcc);
	assert_int_equal(picture.info.opaque, info.opaque);
	assert_int_equal(picture.info.width, info.width);
	assert_int_equal(picture.info.height, info.height);
	assert_null(picture.segment);
	return picture;
}

static void assert_converted(const struct picture *picture)
{
	uint32_t width = picture->source.width, height = picture->source.height;
	size_t row_bytes = (size_t)4 * width;
	uint8_t *expected = malloc(row_bytes * height);
	struct pixel_converter converter;

	assert_non_null(expected);
	pixel_converter_init(&converter, &picture->source, NULL);
	pixel_convert(&converter, 0, 0, width, height, expected, row_bytes);
	for (uint32_t y = 0; y < height; y++)
		assert_memory_equal(picture->pixels + y * picture->stride_bytes,
		                    expected + y * row_bytes, row_bytes);
	free(expected);
}

static void assert_conversion(struct conversion *conversion, const struct pixel_image *image)
{
	struct shmflip_frame frame;
	struct picture picture = picture_in(image, &frame);

	assert_int_equal(conversion_apply(conversion, &picture), 0);
	assert_ptr_equal(picture.frame, &frame);
	if (picture.source.format->order == ORDER_BGRA) {
		assert_ptr_equal(picture.pixels, image->frame.plane[0].pixels);
		assert_null(conversion->buffers.memory);
		return;
	}
	assert_memory_equal(picture.segment->cookie,
	                    picture.pixels - picture.segment->offset_bytes[0],
	                    picture.segment->cookie_bytes);
	assert_converted(&picture);
	conversion_release(conversion, &frame);
}

/* The plain ones come first, before a buffer is needed. */
static void test_every_format(void **state)
{
	const struct pixel_format *format;
	struct conversion conversion;

	(void)state;
	conversion_init(&conversion, &as_pictures);
	for (unsigned i = 0; (format = pixel_format_get(i)); i++) {
		for (size_t j = 0; j < sizeof(sizes) / sizeof(sizes[0]); j++) {
			struct pixel_image image;

			image_init(&image, format->fourcc, sizes[j][0], sizes[j][1], 16);
			assert_conversion(&conversion, &image);
			image_finish(&image);
		}
	}
	conversion_finish(&conversion);
}

/* As many frames as a presenter holds at once keep their pixels, while others come and go. */
static void test_held_pictures_stay(void **state)
{
	enum { HELD = SHARED_BUFFERS - 1 };

	struct shmflip_frame frames[HELD + 1];
	struct picture pictures[HELD + 1];
	struct pixel_image images[HELD + 1];
	struct conversion conversion;

	(void)state;
	conversion_init(&conversion, &as_pictures);
	for (int i = 0; i < HELD + 1; i++) {
		image_init(&images[i], SHMFLIP_NV12, 33, 17, 0);
		pictures[i] = picture_in(&images[i], &frames[i]);
	}
	for (int i = 0; i < HELD; i++)
		assert_int_equal(conversion_apply(&conversion, &pictures[i]), 0);
	for (int i = 0; i < 10; i++) {
		struct picture passing = pictures[HELD];

		assert_int_equal(conversion_apply(&conversion, &passing), 0);
		conversion_release(&conversion, &frames[HELD]);
	}
	for (int i = 0; i < HELD; i++)
		assert_converted(&pictures[i]);
	for (int i = 0; i < HELD + 1; i++)
		image_finish(&images[i]);
	conversion_finish(&conversion);
}

static void test_one_pixel(void **state)
{
	struct pixel_source source;
	struct pixel_image image;

	(void)state;
	image_init(&image, SHMFLIP_BGR888, 3, 2, 0);
	image_source(&image, &source);
	memcpy(image_at(&image, 0, 1, 6), "\x12\x34\x56", 3);
	assert_int_equal(conversion_of_pixel(&source, 2, 1), 0xff123456);
	image_finish(&image);
}

static void test_what_is_no_picture(void **state)
{
	struct shmflip_frame frame;
	struct pixel_image image;
	struct picture picture;

	(void)state;
	image_init(&image, SHMFLIP_NV12, 33, 17, 0);
	frame = image.frame;
	frame.source = "";
	frame.fourcc = 0x36314752; /* DRM's RG16 */
	assert_int_equal(picture_of_frame(&picture, &frame, true), -ENOTSUP);
	frame.fourcc = SHMFLIP_YUV420;
	assert_int_equal(picture_of_frame(&picture, &frame, true), -EINVAL);
	image_finish(&image);
}

/* ---- Copies -------------------------------------------------------------------------------- */

static void assert_copy(const struct picture_copy *copy, const struct pixel_source *source)
{
	uint8_t row[4096];
	size_t bytes = 0;

	for (unsigned i = 0; i < source->format->planes; i++) {
		const struct pixel_plane *plane = &source->plane[i];

		assert_true(plane->row_bytes <= sizeof(row));
		for (uint32_t y = 0; y < plane->rows; y++, bytes += plane->row_bytes) {
			pixel_source_copy_row(source, i, y, row);
			assert_memory_equal(copy->bytes + bytes, row, plane->row_bytes);
			assert_ptr_equal(copy->source.plane[i].pixels +
			                         y * copy->source.plane[i].stride_bytes,
			                 copy->bytes + bytes);
		}
	}
	assert_int_equal(bytes, picture_copy_bytes(source));
}

static void test_copies_of_every_format(void **state)
{
	const struct pixel_format *format;
	struct conversion conversion;

	(void)state;
	conversion_init(&conversion, &as_pictures);
	for (unsigned i = 0; (format = pixel_format_get(i)); i++) {
		struct shmflip_frame frame;
		struct picture_copy copy;
		struct pixel_image image;
		uint32_t pixels[33 * 17];

		image_init(&image, format->fourcc, 33, 17, 12);
		const struct picture picture = picture_in(&image, &frame);
		assert_int_equal(picture_copy_init(&copy, &picture.info, &picture.source), 0);
		assert_copy(&copy, &picture.source);
		/* The copy does not need the frame. */
		image_finish(&image);
		struct picture again = picture_of_source(&copy.info, &copy.source);
		assert_int_equal(!again.pixels, format->order != ORDER_BGRA);
		assert_null(again.frame);
		if (!again.pixels) {
			conversion_write(&conversion, &again, pixels);
			again.pixels = (const uint8_t *)pixels;
		}
		if (format->order != ORDER_BGRA)
			assert_converted(&again);
		picture_copy_finish(&copy);
		assert_null(copy.bytes);
	}
	conversion_finish(&conversion);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buffers_do_not_overlap),
		cmocka_unit_test(test_the_first_free_buffer_is_used_again),
		cmocka_unit_test(test_a_held_buffer_outlives_a_change_of_size),
		cmocka_unit_test(test_no_room_for_smaller_buffers),
		cmocka_unit_test(test_sizes_by_turns_take_no_new_memory),
		cmocka_unit_test(test_the_server_can_find_a_buffer),
		cmocka_unit_test(test_every_format),
		cmocka_unit_test(test_held_pictures_stay),
		cmocka_unit_test(test_one_pixel),
		cmocka_unit_test(test_what_is_no_picture),
		cmocka_unit_test(test_copies_of_every_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
