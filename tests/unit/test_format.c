/* SPDX-License-Identifier: MIT
 *
 * How the planes of each pixel format are laid out. */
#include "support.h"

struct planes {
	uint32_t stride_bytes[SHMFLIP_PLANES_MAX];
	uint64_t offset_bytes[SHMFLIP_PLANES_MAX];
	uint64_t bytes;
};

/* block_bytes: of the samples that lie together, for each plane. */
/* clang-format off */
static const struct format_case {
	const char *name; /* the fourcc's characters */
	uint32_t fourcc;
	uint32_t planes;
	uint32_t block_bytes[3];
	uint32_t block_pixels; /* of plane 0 */
	bool halves_x, halves_y;
	struct planes odd; /* 33x17 */
	struct planes hd;  /* 1920x1080 */
} formats[] = {
	{ "XR24", SHMFLIP_XRGB8888, 1, { 4 }, 1, false, false,
	  { { 192 }, { 0 }, 3264 }, { { 7680 }, { 0 }, 8294400 } },
	{ "AR24", SHMFLIP_ARGB8888, 1, { 4 }, 1, false, false,
	  { { 192 }, { 0 }, 3264 }, { { 7680 }, { 0 }, 8294400 } },
	{ "XB24", SHMFLIP_XBGR8888, 1, { 4 }, 1, false, false,
	  { { 192 }, { 0 }, 3264 }, { { 7680 }, { 0 }, 8294400 } },
	{ "AB24", SHMFLIP_ABGR8888, 1, { 4 }, 1, false, false,
	  { { 192 }, { 0 }, 3264 }, { { 7680 }, { 0 }, 8294400 } },
	{ "RG24", SHMFLIP_RGB888, 1, { 3 }, 1, false, false,
	  { { 128 }, { 0 }, 2176 }, { { 5760 }, { 0 }, 6220800 } },
	{ "BG24", SHMFLIP_BGR888, 1, { 3 }, 1, false, false,
	  { { 128 }, { 0 }, 2176 }, { { 5760 }, { 0 }, 6220800 } },
	{ "R8  ", SHMFLIP_R8, 1, { 1 }, 1, false, false,
	  { { 64 }, { 0 }, 1088 }, { { 1920 }, { 0 }, 2073600 } },
	{ "R16 ", SHMFLIP_R16, 1, { 2 }, 1, false, false,
	  { { 128 }, { 0 }, 2176 }, { { 3840 }, { 0 }, 4147200 } },
	{ "R  F", SHMFLIP_R32F, 1, { 4 }, 1, false, false,
	  { { 192 }, { 0 }, 3264 }, { { 7680 }, { 0 }, 8294400 } },
	{ "XB48", SHMFLIP_XBGR16161616, 1, { 8 }, 1, false, false,
	  { { 320 }, { 0 }, 5440 }, { { 15360 }, { 0 }, 16588800 } },
	{ "AB48", SHMFLIP_ABGR16161616, 1, { 8 }, 1, false, false,
	  { { 320 }, { 0 }, 5440 }, { { 15360 }, { 0 }, 16588800 } },
	{ "YUYV", SHMFLIP_YUYV, 1, { 4 }, 2, false, false,
	  { { 128 }, { 0 }, 2176 }, { { 3840 }, { 0 }, 4147200 } },
	{ "UYVY", SHMFLIP_UYVY, 1, { 4 }, 2, false, false,
	  { { 128 }, { 0 }, 2176 }, { { 3840 }, { 0 }, 4147200 } },
	{ "NV12", SHMFLIP_NV12, 2, { 1, 2 }, 1, true, true,
	  { { 128, 128 }, { 0, 2304 }, 3456 }, { { 1920, 1920 }, { 0, 2073600 }, 3110400 } },
	{ "NV21", SHMFLIP_NV21, 2, { 1, 2 }, 1, true, true,
	  { { 128, 128 }, { 0, 2304 }, 3456 }, { { 1920, 1920 }, { 0, 2073600 }, 3110400 } },
	{ "NV16", SHMFLIP_NV16, 2, { 1, 2 }, 1, true, false,
	  { { 128, 128 }, { 0, 2176 }, 4352 }, { { 1920, 1920 }, { 0, 2073600 }, 4147200 } },
	{ "YU12", SHMFLIP_YUV420, 3, { 1, 1, 1 }, 1, true, true,
	  { { 128, 64, 64 }, { 0, 2304, 2880 }, 3456 },
	  { { 1920, 960, 960 }, { 0, 2073600, 2592000 }, 3110400 } },
	{ "YU16", SHMFLIP_YUV422, 3, { 1, 1, 1 }, 1, true, false,
	  { { 128, 64, 64 }, { 0, 2176, 3264 }, 4352 },
	  { { 1920, 960, 960 }, { 0, 2073600, 3110400 }, 4147200 } },
	{ "YU24", SHMFLIP_YUV444, 3, { 1, 1, 1 }, 1, false, false,
	  { { 64, 64, 64 }, { 0, 1088, 2176 }, 3264 },
	  { { 1920, 1920, 1920 }, { 0, 2073600, 4147200 }, 6220800 } },
	{ "P010", SHMFLIP_P010, 2, { 2, 4 }, 1, true, true,
	  { { 128, 128 }, { 0, 2304 }, 3456 }, { { 3840, 3840 }, { 0, 4147200 }, 6220800 } },
	{ "S010", SHMFLIP_S010, 3, { 2, 2, 2 }, 1, true, true,
	  { { 128, 64, 64 }, { 0, 2304, 2880 }, 3456 },
	  { { 3840, 1920, 1920 }, { 0, 4147200, 5184000 }, 6220800 } },
	{ "S210", SHMFLIP_S210, 3, { 2, 2, 2 }, 1, true, false,
	  { { 128, 64, 64 }, { 0, 2176, 3264 }, 4352 },
	  { { 3840, 1920, 1920 }, { 0, 4147200, 6220800 }, 8294400 } },
	{ "S410", SHMFLIP_S410, 3, { 2, 2, 2 }, 1, false, false,
	  { { 128, 128, 128 }, { 0, 2176, 4352 }, 6528 },
	  { { 3840, 3840, 3840 }, { 0, 4147200, 8294400 }, 12441600 } },
};
/* clang-format on */

enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

static struct shmflip_layout lay_out(uint32_t fourcc, uint32_t width, uint32_t height)
{
	struct shmflip_layout layout;

	shmflip_init(&layout);
	assert_int_equal(shmflip_format_layout(fourcc, width, height, &layout), 0);
	assert_int_equal(layout.size, sizeof(layout));
	return layout;
}

static void codes_are_their_characters(void **state)
{
	(void)state;
	assert_int_equal(FORMATS, 23);
	for (int i = 0; i < FORMATS; i++) {
		const uint8_t *name = (const uint8_t *)formats[i].name;

		assert_int_equal(formats[i].fourcc,
		                 name[0] | name[1] << 8 | name[2] << 16 | (uint32_t)name[3] << 24);
	}
}

static void assert_layout(const struct format_case *format, uint32_t width, uint32_t height,
                          const struct planes *expected)
{
	struct shmflip_layout layout = lay_out(format->fourcc, width, height);

	assert_int_equal(layout.planes, format->planes);
	assert_int_equal(layout.bytes, expected->bytes);
	assert_memory_equal(layout.stride_bytes, expected->stride_bytes,
	                    sizeof(layout.stride_bytes));
	assert_memory_equal(layout.offset_bytes, expected->offset_bytes,
	                    sizeof(layout.offset_bytes));
}

static void layouts_are_those_of_the_table(void **state)
{
	(void)state;
	for (int i = 0; i < FORMATS; i++) {
		assert_layout(&formats[i], 33, 17, &formats[i].odd);
		assert_layout(&formats[i], 1920, 1080, &formats[i].hd);
	}
}

static uint32_t divide_up(uint32_t number, uint32_t divisor)
{
	return (number + divisor - 1) / divisor;
}

static void assert_plane_is_sane(const struct format_case *format, uint32_t width, uint32_t height,
                                 const struct shmflip_layout *layout, uint32_t plane)
{
	uint32_t samples = plane && format->halves_x ? divide_up(width, 2) : width;
	uint32_t rows = plane && format->halves_y ? divide_up(height, 2) : height;
	uint32_t row_bytes =
		plane ? samples * format->block_bytes[plane]
		      : divide_up(width, format->block_pixels) * format->block_bytes[0];
	uint64_t end = layout->offset_bytes[plane] +
	               (uint64_t)layout->stride_bytes[plane] * layout->rows[plane];

	assert_int_equal(layout->rows[plane], rows);
	assert_true(layout->stride_bytes[plane] >= row_bytes);
	/* Chroma rows may be twice as long as needed, as the luma rows above them are. */
	assert_true(layout->stride_bytes[plane] < row_bytes + 128);
	assert_int_equal(layout->stride_bytes[plane] % 64, 0);
	assert_int_equal(layout->offset_bytes[plane] % 64, 0);
	if (plane + 1 < layout->planes)
		assert_true(layout->offset_bytes[plane + 1] >= end);
	else
		assert_int_equal(layout->bytes, end);
}

static void small_frames_are_laid_out(void **state)
{
	(void)state;
	for (int i = 0; i < FORMATS; i++)
		for (uint32_t width = 1; width <= 70; width++)
			for (uint32_t height = 1; height <= 5; height++) {
				struct shmflip_layout layout =
					lay_out(formats[i].fourcc, width, height);

				assert_int_equal(layout.planes, formats[i].planes);
				assert_int_equal(layout.offset_bytes[0], 0);
				for (uint32_t plane = 0; plane < layout.planes; plane++)
					assert_plane_is_sane(&formats[i], width, height, &layout,
					                     plane);
				for (uint32_t plane = layout.planes; plane < SHMFLIP_PLANES_MAX;
				     plane++)
					assert_true(!layout.stride_bytes[plane] &&
					            !layout.rows[plane] &&
					            !layout.offset_bytes[plane]);
			}
}

static void impossible_frames_are_refused(void **state)
{
	static const struct {
		uint32_t fourcc, width, height;
		int error;
	} bad[] = {
		{ SHMFLIP_XRGB8888, 0, 1, -EINVAL },
		{ SHMFLIP_XRGB8888, 1, 0, -EINVAL },
		{ 0, 1, 1, -EINVAL },
		{ 0x30387c78, 1, 1, -EINVAL },
		{ SHMFLIP_XRGB8888, UINT32_MAX, 1, -EOVERFLOW },
		{ SHMFLIP_XRGB8888, 0x40000000, 1, -EOVERFLOW },
		{ SHMFLIP_XRGB8888, 0x3ffffff0, UINT32_MAX, -EOVERFLOW },
		{ SHMFLIP_R8, UINT32_MAX, 1, -EOVERFLOW },
		{ SHMFLIP_NV12, UINT32_MAX, 1, -EOVERFLOW },
		{ SHMFLIP_NV12, 0xffffff80, UINT32_MAX, -EOVERFLOW },
		{ SHMFLIP_YUV444, 0x80000000, UINT32_MAX, -EOVERFLOW },
		{ SHMFLIP_S410, 0x7fffffe0, 0x80000000, -EOVERFLOW },
		{ SHMFLIP_ABGR16161616, 0x20000000, 1, -EOVERFLOW },
	};
	struct shmflip_layout layout, before;

	(void)state;
	memset(&layout, 7, sizeof(layout));
	layout.size = sizeof(layout);
	before = layout;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
			shmflip_format_layout(bad[i].fourcc, bad[i].width, bad[i].height, &layout),
			bad[i].error);
	assert_memory_equal(&layout, &before, sizeof(layout));
}

static void huge_frames_are_laid_out(void **state)
{
	(void)state;
	assert_int_equal(lay_out(SHMFLIP_XRGB8888, 0x7ffff00, UINT32_MAX).bytes,
	                 UINT64_C(0x1ffffc00) * UINT32_MAX);
	assert_int_equal(lay_out(SHMFLIP_R8, 0x1fffffc0, UINT32_MAX).bytes,
	                 UINT64_C(0x1fffffc0) * UINT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_their_characters),
		cmocka_unit_test(layouts_are_those_of_the_table),
		cmocka_unit_test(small_frames_are_laid_out),
		cmocka_unit_test(impossible_frames_are_refused),
		cmocka_unit_test(huge_frames_are_laid_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
