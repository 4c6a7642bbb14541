/* SPDX-License-Identifier: MIT
 *
 * What a frame says of its pixels: set by the producer, and read by viewers. */
#include <math.h>

#include "fields.h"

/* ---- Lent ---- */

static void lent_frame_is_as_its_stream(void **state)
{
	struct shmflip_frame *frame = loan();

	(void)state;
	assert_int_equal(frame->fourcc, SHMFLIP_XRGB8888);
	assert_int_equal(frame->width, SIDE);
	assert_int_equal(frame->height, SIDE);
	assert_int_equal(frame->planes, 1);
	assert_int_equal(frame->plane[0].stride_bytes, SIDE * 4);
	assert_int_equal(frame->plane[0].rows, SIDE);
	assert_ptr_equal(frame->plane[0].pixels, shmflip_frame_writable(frame, 0));
	assert_null(shmflip_frame_writable(frame, 1));
	assert_null(shmflip_frame_writable(frame, UINT32_MAX));
	assert_true(frame->slot_bytes >= 2 * SQUARE_BYTES);
	assert_int_equal(frame->colour.transfer, 13);
	assert_int_equal(frame->stream->width, SIDE);
	assert_int_equal(frame->stream->size, sizeof(*frame->stream));
	shmflip_frame_release(frame);
}

/* What the slot's last frame said does not show through. */
static void lent_frame_forgets_the_last_one(void **state)
{
	struct shmflip_metadata item = { SHMFLIP_METADATA_USER, 4, "abc" };
	uint32_t bytes;

	(void)state;
	for (int i = 0; i < 8; i++) {
		struct shmflip_frame *frame = loan();

		assert_int_equal(frame->flags, 0);
		assert_int_equal(frame->orientation, 0);
		assert_int_equal(frame->captured_ns, SHMFLIP_NO_TIME);
		assert_int_equal(frame->presentation_ns, SHMFLIP_NO_TIME);
		assert_int_equal(frame->duration_ns, SHMFLIP_NO_TIME);
		assert_int_equal(frame->decode_ns, SHMFLIP_NO_TIME);
		assert_int_equal(frame->width, SIDE);
		assert_true(!frame->source || !*frame->source);
		assert_null(shmflip_frame_metadata(frame, SHMFLIP_METADATA_USER, &bytes));
		frame->flags = SHMFLIP_FRAME_CORRUPT;
		frame->orientation = 3;
		frame->captured_ns = frame->presentation_ns = frame->duration_ns = 5;
		frame->decode_ns = 5;
		frame->source = "x";
		frame->width = 3;
		assert_int_equal(shmflip_frame_layout(frame), 0);
		assert_int_equal(shmflip_frame_add_metadata(frame, &item), 0);
		if (i % 2)
			assert_int_equal(shmflip_frame_publish(frame), 0);
		shmflip_frame_release(frame);
	}
}

/* ---- Every field arrives ---- */

static void assert_same_description(const struct shmflip_frame *a, const struct shmflip_frame *b)
{
	assert_int_equal(a->sequence, b->sequence);
	assert_int_equal(a->published_ns, b->published_ns);
	assert_int_equal(a->captured_ns, b->captured_ns);
	assert_int_equal(a->presentation_ns, b->presentation_ns);
	assert_int_equal(a->duration_ns, b->duration_ns);
	assert_int_equal(a->decode_ns, b->decode_ns);
	assert_int_equal(a->fourcc, b->fourcc);
	assert_int_equal(a->width, b->width);
	assert_int_equal(a->height, b->height);
	assert_int_equal(a->flags, b->flags);
	assert_memory_equal(&a->colour, &b->colour, sizeof(a->colour));
	assert_int_equal(a->orientation, b->orientation);
	assert_true(a->value_scale == b->value_scale && a->value_offset == b->value_offset);
	assert_string_equal(a->source, b->source);
	assert_int_equal(a->planes, b->planes);
	for (uint32_t i = 0; i < SHMFLIP_PLANES_MAX; i++) {
		assert_int_equal(a->plane[i].stride_bytes, b->plane[i].stride_bytes);
		assert_int_equal(a->plane[i].rows, b->plane[i].rows);
		if (i < a->planes)
			assert_int_equal(shmflip_frame_segment(a)->offset_bytes[i],
			                 shmflip_frame_segment(b)->offset_bytes[i]);
	}
}

/* Every value differs from its default and from every other one. */
static void set_every_field(struct shmflip_frame *frame)
{
	frame->fourcc = SHMFLIP_NV12;
	frame->width = 33;
	frame->height = 17;
	assert_int_equal(shmflip_frame_layout(frame), 0);
	frame->captured_ns = -101;
	frame->presentation_ns = LAYOUT_TIME_END - 1;
	frame->duration_ns = 103;
	frame->decode_ns = 104;
	frame->flags = SHMFLIP_FRAME_LAST | SHMFLIP_FRAME_CORRUPT | SHMFLIP_FRAME_PREMULTIPLIED;
	frame->colour = (struct shmflip_colour){ 9, 16, 8, 1, 3, 7, 4095 };
	frame->orientation = 8;
	frame->value_scale = 0.001F;
	frame->value_offset = -273.15F;
	frame->source = "caf\xc3\xa9";
	frame->plane[0].stride_bytes = 192;
	frame->plane[1].stride_bytes = 256;
	frame->plane[1].pixels = frame->plane[0].pixels + 8192;
}

static void every_field_arrives(void **state)
{
	struct shmflip_frame *lent = loan();
	const struct shmflip_frame *frame;
	int64_t before_ns = monotonic_now_ns();

	(void)state;
	set_every_field(lent);
	memset(shmflip_frame_writable(lent, 1), 0xa5, 9 * 256);
	frame = publish_and_acquire(lent);
	assert_same_description(frame, lent);
	assert_int_equal(frame->sequence, 1);
	assert_in_range(frame->published_ns, before_ns, monotonic_now_ns());
	assert_int_equal(frame->captured_ns, -101);
	assert_int_equal(frame->orientation, 8);
	assert_int_equal(frame->colour.white, 4095);
	assert_int_equal(frame->planes, 2);
	assert_int_equal(frame->plane[0].rows, 17);
	assert_int_equal(frame->plane[1].rows, 9);
	assert_ptr_equal(frame->plane[1].pixels, frame->plane[0].pixels + 8192);
	for (int i = 0; i < 9 * 256; i++)
		assert_int_equal(frame->plane[1].pixels[i], 0xa5);
	assert_string_equal(frame->source, "caf\xc3\xa9");
	shmflip_frame_release(frame);
	shmflip_frame_release(lent);
}

static void unknown_times_and_values_arrive(void **state)
{
	struct shmflip_frame *lent = loan();
	const struct shmflip_frame *frame = publish_and_acquire(lent);

	(void)state;
	assert_same_description(frame, lent);
	assert_int_equal(frame->captured_ns, SHMFLIP_NO_TIME);
	assert_int_equal(frame->presentation_ns, SHMFLIP_NO_TIME);
	assert_int_equal(frame->duration_ns, SHMFLIP_NO_TIME);
	assert_int_equal(frame->decode_ns, SHMFLIP_NO_TIME);
	assert_true(frame->value_scale == 0);
	shmflip_frame_release(frame);
	shmflip_frame_release(lent);
}

static void values_that_are_not_finite_are_not_known(void **state)
{
	static const float none[] = { NAN, -NAN, INFINITY, -INFINITY };

	(void)state;
	for (int i = 0; i < 8; i++) {
		struct shmflip_frame *lent = loan();
		const struct shmflip_frame *frame;

		lent->value_scale = i < 4 ? none[i] : 2;
		lent->value_offset = i < 4 ? 1 : none[i - 4];
		frame = publish_and_acquire(lent);
		assert_true(frame->value_scale == 0 && frame->value_offset == 0);
		shmflip_frame_release(frame);
		shmflip_frame_release(lent);
	}
}

static void source_is_copied_and_cut(void **state)
{
	struct shmflip_frame *lent = loan();
	const struct shmflip_frame *frame;
	char text[300];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	lent->source = text;
	frame = publish_and_acquire(lent);
	text[0] = 'y';
	assert_int_equal(strlen(frame->source), SHMFLIP_SOURCE_MAX);
	assert_int_equal(frame->source[0], 'x');
	assert_string_equal(lent->source, frame->source);
	shmflip_frame_release(frame);
	shmflip_frame_release(lent);
	/* No part of a character is kept. */
	lent = loan();
	for (size_t i = 0; i + 2 < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	lent->source = text;
	frame = publish_and_acquire(lent);
	assert_int_equal(strlen(frame->source), SHMFLIP_SOURCE_MAX - 1);
	shmflip_frame_release(frame);
	shmflip_frame_release(lent);
	lent = loan();
	lent->source = NULL;
	frame = publish_and_acquire(lent);
	assert_string_equal(frame->source, "");
	shmflip_frame_release(frame);
	shmflip_frame_release(lent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(lent_frame_is_as_its_stream),
		BOTH(lent_frame_forgets_the_last_one),
		BOTH(every_field_arrives),
		BOTH(unknown_times_and_values_arrive),
		BOTH(values_that_are_not_finite_are_not_known),
		BOTH(source_is_copied_and_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
