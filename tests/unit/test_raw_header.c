/* SPDX-License-Identifier: MIT
 *
 * producer/input/raw_header: the rate of a Y4M stays the fraction that its header names; how many
 * bytes a frame has. producer/input/raw_output: which format it has in the channel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "input/raw_output.h"

static struct frame_rate rate_of(const char *parameter)
{
	struct frame_rate rate = { 77, 7 };
	struct raw_layout layout;
	char line[128];

	snprintf(line, sizeof(line), "YUV4MPEG2 W640 H480%s C420\n", parameter);
	assert_null(raw_header_y4m(line, &layout, &rate));
	assert_int_equal(layout.width, 640);
	assert_int_equal(layout.height, 480);
	return rate;
}

static void test_rates(void **state)
{
	static const struct {
		const char *parameter;
		uint32_t num, den;
	} cases[] = {
		{ " F30:1", 30, 1 },
		{ " F30000:1001", 30000, 1001 },
		{ " F999999999:1000", 999999999, 1000 },
		{ " F1:2000", 1, 2000 },
		{ " F2147484:1000", 2147484, 1000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct frame_rate rate = rate_of(cases[i].parameter);

		assert_int_equal(rate.num, cases[i].num);
		assert_int_equal(rate.den, cases[i].den);
	}
}

static void test_no_rate(void **state)
{
	static const char *const parameters[] = {
		"",      " F0:0",    " F0:1",       " F30:0",          " F30",
		" Fx:1", " F1:2001", " F1000000:1", " F30:9999999999",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++)
		assert_int_equal(rate_of(parameters[i]).num, 0);
}

static void assert_bytes(const char *name, uint32_t width, uint32_t height, uint64_t bytes)
{
	struct raw_layout layout;

	assert_null(raw_layout_init(&layout, raw_format_find(name), width, height));
	assert_int_equal(raw_layout_bytes(&layout), bytes);
}

static void test_bytes_of_frames(void **state)
{
	(void)state;
	assert_bytes("bgra", 33, 17, 2244);
	assert_bytes("ya8", 33, 17, 1122);
	assert_bytes("rgba64le", 33, 17, 4488);
	assert_bytes("yuyv422", 33, 17, 1156);
	assert_bytes("nv16", 33, 17, 1139);
	assert_bytes("yuv420p10le", 33, 17, 1734);
	assert_bytes("yuv444p10le", 1 << 26, 1 << 26, UINT64_C(6) << 52);
}

/* Names that say more than the format. */
static void test_white_and_range_of_names(void **state)
{
	static const struct {
		const char *name;
		uint32_t fourcc, white, range;
	} cases[] = {
		{ "gray10le", SHMFLIP_R16, 1023, 0 },  { "gray12le", SHMFLIP_R16, 4095, 0 },
		{ "gray14le", SHMFLIP_R16, 16383, 0 }, { "Y10", SHMFLIP_R16, 1023, 0 },
		{ "Y12", SHMFLIP_R16, 4095, 0 },       { "gray16le", SHMFLIP_R16, 0, 0 },
		{ "yuvj420p", SHMFLIP_YUV420, 0, 2 },  { "yuvj422p", SHMFLIP_YUV422, 0, 2 },
		{ "yuvj444p", SHMFLIP_YUV444, 0, 2 },  { "yuv420p", SHMFLIP_YUV420, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct raw_format *format = raw_format_find(cases[i].name);
		struct raw_layout layout;

		assert_non_null(format);
		assert_string_equal(raw_format_name(format), cases[i].name);
		assert_null(raw_layout_init(&layout, format, 2, 2));
		assert_int_equal(format->fourcc, cases[i].fourcc);
		assert_int_equal(layout.colour.white, cases[i].white);
		assert_int_equal(layout.colour.range, cases[i].range);
	}
}

static void assert_y4m_fault(const char *parameters, const char *fault)
{
	struct frame_rate rate;
	struct raw_layout layout;
	char line[128];
	const char *found;

	snprintf(line, sizeof(line), "YUV4MPEG2 %s\n", parameters);
	found = raw_header_y4m(line, &layout, &rate);
	assert_non_null(found);
	if (!strstr(found, fault))
		fail_msg("%s: %s", parameters, found);
}

static void test_y4m_faults(void **state)
{
	(void)state;
	assert_y4m_fault("W16 H16junk", "without a size");
	assert_y4m_fault("W16junk H16", "without a size");
	assert_y4m_fault("W16 C420", "without a size");
	assert_y4m_fault("W16 H16 C444p16", "more than 10 bits");
	assert_y4m_fault("W16 H16 C420p12", "more than 10 bits");
	assert_y4m_fault("W16 H16 C411", "-pix_fmt yuv420p");
	assert_y4m_fault("W16 H16 Cp16x", "-pix_fmt yuv420p");
}

/* What becomes of a format by each choice. 0: refused. */
static void assert_becomes(const char *name, uint32_t by_auto, uint32_t by_file, uint32_t by_nv12)
{
	const uint32_t expected[] = { SHMFLIP_XRGB8888, by_auto, by_file, by_nv12 };
	struct raw_layout layout;

	assert_null(raw_layout_init(&layout, raw_format_find(name), 33, 17));
	for (unsigned choice = PIXELS_BGRA; choice <= PIXELS_FORMAT; choice++) {
		const struct pixels pixels = { .choice = choice, .fourcc = SHMFLIP_NV12 };
		struct raw_output output = { 0 };
		const char *fault = raw_output_choose(&layout, &pixels, &output);

		assert_int_equal(output.fourcc, expected[choice]);
		assert_int_equal(fault != NULL, expected[choice] == 0);
		assert_int_equal(output.kept, output.fourcc && output.fourcc != SHMFLIP_XRGB8888);
	}
}

static void test_outputs(void **state)
{
	(void)state;
	assert_becomes("bgra", SHMFLIP_XRGB8888, SHMFLIP_XRGB8888, 0);
	assert_becomes("argb", SHMFLIP_XRGB8888, SHMFLIP_XRGB8888, 0);
	assert_becomes("rgba", SHMFLIP_XRGB8888, SHMFLIP_ABGR8888, 0);
	assert_becomes("gray", SHMFLIP_XRGB8888, SHMFLIP_R8, 0);
	assert_becomes("gray16le", SHMFLIP_R16, SHMFLIP_R16, 0);
	assert_becomes("grayf32le", SHMFLIP_R32F, SHMFLIP_R32F, 0);
	assert_becomes("nv12", SHMFLIP_NV12, SHMFLIP_NV12, SHMFLIP_NV12);
	assert_becomes("nv21", SHMFLIP_NV21, SHMFLIP_NV21, 0);
	assert_becomes("yuv420p", SHMFLIP_YUV420, SHMFLIP_YUV420, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_no_rate),
		cmocka_unit_test(test_bytes_of_frames),
		cmocka_unit_test(test_outputs),
		cmocka_unit_test(test_white_and_range_of_names),
		cmocka_unit_test(test_y4m_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
