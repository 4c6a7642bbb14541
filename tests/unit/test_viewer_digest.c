/* SPDX-License-Identifier: MIT
 *
 * viewer/digest: the checksum of pictures of each kind of format, and its line. */
#include "drawn_picture.h"

#include <errno.h>
#include <zlib.h>

#include "digest.h"

static uint32_t expected_crc(bool opaque)
{
	uint8_t rgba[WIDTH * HEIGHT * 4];

	for (unsigned i = 0; i < WIDTH * HEIGHT; i++) {
		rgba[4 * i] = (uint8_t)(200 + i);
		rgba[4 * i + 1] = (uint8_t)(100 + i);
		rgba[4 * i + 2] = (uint8_t)(10 + i);
		rgba[4 * i + 3] = opaque ? 255 : (uint8_t)(17 * i);
	}
	return (uint32_t)crc32(0, rgba, sizeof(rgba));
}

static void test_digest_of_rgba_without_padding(void **state)
{
	uint8_t pixels[HEIGHT * STRIDE];
	struct picture picture = draw(pixels, false);

	(void)state;
	assert_int_equal(digest_crc(&picture.source), expected_crc(false));
	picture = draw(pixels, true);
	assert_int_equal(digest_crc(&picture.source), expected_crc(true));
}

/* As the pixels lie. */
static void test_digest_of_premultiplied_alpha(void **state)
{
	uint8_t pixels[HEIGHT * STRIDE];
	struct picture picture = draw(pixels, false);

	(void)state;
	picture.source.premultiplied = true;
	assert_int_equal(digest_crc(&picture.source), expected_crc(false));
}

static void test_digest_of_rows_longer_than_its_buffer(void **state)
{
	enum { LONG_ROW = 2500 };
	static uint8_t pixels[2 * LONG_ROW * 4], rgba[2 * LONG_ROW * 4];
	const struct picture picture =
		picture_of(pixels, LONG_ROW * 4, LONG_ROW, 2, SHMFLIP_ARGB8888);

	(void)state;
	for (size_t i = 0; i < sizeof(pixels); i++)
		pixels[i] = (uint8_t)(i * 2654435761U >> 13);
	for (size_t i = 0; i < sizeof(pixels); i += 4) {
		rgba[i] = pixels[i + 2];
		rgba[i + 1] = pixels[i + 1];
		rgba[i + 2] = pixels[i];
		rgba[i + 3] = pixels[i + 3];
	}
	assert_int_equal(digest_crc(&picture.source), crc32(0, rgba, sizeof(rgba)));
}

static void test_digest_of_gray_is_not_widened(void **state)
{
	const uint8_t gray[] = { 16, 235 }, rgba[] = { 16, 16, 16, 255, 235, 235, 235, 255 };
	struct shmflip_frame frame = {
		.fourcc = SHMFLIP_R8,
		.width = 2,
		.height = 1,
		.planes = 1,
		.colour = { .range = 1 },
		.plane = { { gray, sizeof(gray), 1 } },
	};
	struct pixel_source source;

	(void)state;
	assert_int_equal(pixel_source_init(&source, &frame), 0);
	assert_int_equal(digest_crc(&source), crc32(0, rgba, sizeof(rgba)));
}

/* Of 16 bits: also the undefined word of pixels beyond the first buffer counts as white. */
static void test_digest_of_undefined_words(void **state)
{
	enum { LONG_ROW = 2500, PIXEL = 8 };
	static uint8_t pixels[2 * LONG_ROW * PIXEL];
	struct picture picture =
		picture_of(pixels, LONG_ROW * PIXEL, LONG_ROW, 2, SHMFLIP_XBGR16161616);
	uint32_t crc;

	(void)state;
	for (size_t i = 0; i < sizeof(pixels); i++)
		pixels[i] = (uint8_t)(i * 2654435761U >> 13);
	crc = digest_crc(&picture.source);
	for (size_t i = 6; i < sizeof(pixels); i += PIXEL)
		memset(pixels + i, 0xff, 2);
	assert_int_equal(crc, crc32(0, pixels, sizeof(pixels)));
}

/* Planes one after the other, without padding. */
static void test_digest_of_planes(void **state)
{
	enum { LUMA_STRIDE = 8, CHROMA_STRIDE = 12 };
	uint8_t luma[3 * LUMA_STRIDE], chroma[2 * CHROMA_STRIDE];
	const struct shmflip_frame frame = {
		.fourcc = SHMFLIP_NV12,
		.width = 5,
		.height = 3,
		.planes = 2,
		.plane = { { luma, LUMA_STRIDE, 3 }, { chroma, CHROMA_STRIDE, 2 } },
	};
	struct pixel_source source;
	uLong crc = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(luma); i++)
		luma[i] = (uint8_t)i;
	for (size_t i = 0; i < sizeof(chroma); i++)
		chroma[i] = (uint8_t)(100 + i);
	for (int y = 0; y < 3; y++)
		crc = crc32(crc, luma + y * LUMA_STRIDE, 5);
	for (int y = 0; y < 2; y++)
		crc = crc32(crc, chroma + y * CHROMA_STRIDE, 6);
	assert_int_equal(pixel_source_init(&source, &frame), 0);
	assert_int_equal(digest_crc(&source), crc);
}

static void assert_line(const char *source, const char *want_name)
{
	uint8_t pixels[HEIGHT * STRIDE];
	struct picture picture = draw(pixels, true);
	char line[256] = "", want[256];
	FILE *out = fmemopen(line, sizeof(line), "w");

	snprintf(picture.info.source, sizeof(picture.info.source), "%s", source);
	snprintf(want, sizeof(want), "42 5 3 %08x %s\n", expected_crc(true), want_name);
	assert_non_null(out);
	assert_int_equal(digest_print(out, &picture), 0);
	assert_string_equal(line, want);
	fclose(out);
}

static void test_digest_line(void **state)
{
	(void)state;
	assert_line("a name.png", "a name.png");
	assert_line("", "-");
	assert_line("two\nlines\t\x7f.png", "two?lines??.png");
}

static void test_digest_to_a_full_device(void **state)
{
	uint8_t pixels[HEIGHT * STRIDE];
	struct picture picture = draw(pixels, true);
	FILE *out = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(out);
	assert_int_equal(digest_print(out, &picture), -ENOSPC);
	fclose(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digest_of_rgba_without_padding),
		cmocka_unit_test(test_digest_of_premultiplied_alpha),
		cmocka_unit_test(test_digest_of_rows_longer_than_its_buffer),
		cmocka_unit_test(test_digest_of_gray_is_not_widened),
		cmocka_unit_test(test_digest_of_undefined_words),
		cmocka_unit_test(test_digest_of_planes),
		cmocka_unit_test(test_digest_line),
		cmocka_unit_test(test_digest_to_a_full_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
