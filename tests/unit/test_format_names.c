/* SPDX-License-Identifier: MIT
 *
 * What the formats are, and what other programs call them. FFmpeg, if it is installed, agrees on
 * how many bytes a frame has. */
#include "support.h"

enum { RGB = SHMFLIP_MODEL_RGB, YUV = SHMFLIP_MODEL_YUV, GRAY = SHMFLIP_MODEL_GRAY };
enum { ALPHA = SHMFLIP_FORMAT_ALPHA, FLOAT = SHMFLIP_FORMAT_FLOAT, WIDTH_MAX = 70, HEIGHT_MAX = 5 };

/* clang-format off */
static const struct format_case {
	uint32_t fourcc;
	uint32_t model, flags, bits, halved_x, halved_y;
	const char *name, *ffmpeg, *gstreamer, *v4l2;
	uint64_t bytes; /* of 33x17 pixels, without padding */
} formats[] = {
	{ SHMFLIP_XRGB8888, RGB, 0, 8, 0, 0, "XR24", "bgr0", "BGRx", "XR24", 2244 },
	{ SHMFLIP_ARGB8888, RGB, ALPHA, 8, 0, 0, "AR24", "bgra", "BGRA", "AR24", 2244 },
	{ SHMFLIP_XBGR8888, RGB, 0, 8, 0, 0, "XB24", "rgb0", "RGBx", "XB24", 2244 },
	{ SHMFLIP_ABGR8888, RGB, ALPHA, 8, 0, 0, "AB24", "rgba", "RGBA", "AB24", 2244 },
	{ SHMFLIP_RGB888, RGB, 0, 8, 0, 0, "RG24", "bgr24", "BGR", "BGR3", 1683 },
	{ SHMFLIP_BGR888, RGB, 0, 8, 0, 0, "BG24", "rgb24", "RGB", "RGB3", 1683 },
	{ SHMFLIP_R8, GRAY, 0, 8, 0, 0, "R8", "gray", "GRAY8", "GREY", 561 },
	{ SHMFLIP_R16, GRAY, 0, 16, 0, 0, "R16", "gray16le", "GRAY16_LE", "Y16", 1122 },
	{ SHMFLIP_R32F, GRAY, FLOAT, 32, 0, 0, "R  F", "grayf32le", NULL, NULL, 2244 },
	{ SHMFLIP_XBGR16161616, RGB, 0, 16, 0, 0, "XB48", NULL, NULL, NULL, 4488 },
	{ SHMFLIP_ABGR16161616, RGB, ALPHA, 16, 0, 0, "AB48", "rgba64le", "RGBA64_LE",
	  NULL, 4488 },
	{ SHMFLIP_YUYV, YUV, 0, 8, 1, 0, "YUYV", "yuyv422", "YUY2", "YUYV", 1156 },
	{ SHMFLIP_UYVY, YUV, 0, 8, 1, 0, "UYVY", "uyvy422", "UYVY", "UYVY", 1156 },
	{ SHMFLIP_NV12, YUV, 0, 8, 1, 1, "NV12", "nv12", "NV12", "NV12", 867 },
	{ SHMFLIP_NV21, YUV, 0, 8, 1, 1, "NV21", "nv21", "NV21", "NV21", 867 },
	{ SHMFLIP_NV16, YUV, 0, 8, 1, 0, "NV16", "nv16", "NV16", "NV16", 1139 },
	{ SHMFLIP_YUV420, YUV, 0, 8, 1, 1, "YU12", "yuv420p", "I420", "YU12", 867 },
	{ SHMFLIP_YUV422, YUV, 0, 8, 1, 0, "YU16", "yuv422p", "Y42B", "422P", 1139 },
	{ SHMFLIP_YUV444, YUV, 0, 8, 0, 0, "YU24", "yuv444p", "Y444", NULL, 1683 },
	{ SHMFLIP_P010, YUV, 0, 10, 1, 1, "P010", "p010le", "P010_10LE", "P010", 1734 },
	{ SHMFLIP_S010, YUV, 0, 10, 1, 1, "S010", "yuv420p10le", "I420_10LE", NULL, 1734 },
	{ SHMFLIP_S210, YUV, 0, 10, 1, 0, "S210", "yuv422p10le", "I422_10LE", NULL, 2278 },
	{ SHMFLIP_S410, YUV, 0, 10, 0, 0, "S410", "yuv444p10le", "Y444_10LE", NULL, 3366 },
};
/* clang-format on */

enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

static uint64_t tight_bytes(uint32_t fourcc, uint32_t width, uint32_t height)
{
	struct shmflip_layout layout;
	uint64_t bytes = 0;

	shmflip_init(&layout);
	assert_int_equal(shmflip_format_layout(fourcc, width, height, &layout), 0);
	for (uint32_t plane = 0; plane < SHMFLIP_PLANES_MAX; plane++) {
		assert_true(layout.row_bytes[plane] <= layout.stride_bytes[plane]);
		bytes += (uint64_t)layout.row_bytes[plane] * layout.rows[plane];
	}
	return bytes;
}

static void assert_same(const char *name, const char *expected)
{
	assert_int_equal(name != NULL, expected != NULL);
	if (expected)
		assert_string_equal(name, expected);
}

static void formats_are_described(void **state)
{
	(void)state;
	assert_int_equal(FORMATS, 23);
	for (int i = 0; i < FORMATS; i++) {
		const struct shmflip_format_info *info = shmflip_format_info(formats[i].fourcc);

		assert_non_null(info);
		assert_int_equal(info->fourcc, formats[i].fourcc);
		assert_int_equal(info->model, formats[i].model);
		assert_int_equal(info->flags, formats[i].flags);
		assert_int_equal(info->bits, formats[i].bits);
		assert_int_equal(info->chroma_halved_x, formats[i].halved_x);
		assert_int_equal(info->chroma_halved_y, formats[i].halved_y);
		assert_same(info->name, formats[i].name);
		assert_same(info->ffmpeg, formats[i].ffmpeg);
		assert_same(info->gstreamer, formats[i].gstreamer);
		assert_same(info->v4l2, formats[i].v4l2);
		assert_int_equal(tight_bytes(formats[i].fourcc, 33, 17), formats[i].bytes);
	}
	assert_null(shmflip_format_info(0));
	assert_null(shmflip_format_info(0x34325852)); /* RX24 */
}

static void assert_finds(const char *name, uint32_t fourcc)
{
	uint32_t found = 0;

	if (!name)
		return;
	assert_int_equal(shmflip_format_find(name, &found), 0);
	assert_int_equal(found, fourcc);
}

static void formats_are_found_by_every_name(void **state)
{
	(void)state;
	for (int i = 0; i < FORMATS; i++) {
		char code[5] = { 0 };

		memcpy(code, &formats[i].fourcc, 4);
		assert_finds(code, formats[i].fourcc);
		assert_finds(formats[i].name, formats[i].fourcc);
		assert_finds(formats[i].ffmpeg, formats[i].fourcc);
		assert_finds(formats[i].gstreamer, formats[i].fourcc);
		assert_finds(formats[i].v4l2, formats[i].fourcc);
	}
	assert_finds("Z16 ", SHMFLIP_R16);
	assert_finds("Y16 ", SHMFLIP_R16);
	assert_finds("NM12", SHMFLIP_NV12);
	assert_finds("NM21", SHMFLIP_NV21);
	assert_finds("NM16", SHMFLIP_NV16);
	assert_finds("YM12", SHMFLIP_YUV420);
	assert_finds("YM16", SHMFLIP_YUV422);
	assert_finds("YM24", SHMFLIP_YUV444);
}

static void case_of_letters_does_not_matter(void **state)
{
	(void)state;
	assert_finds("nV12", SHMFLIP_NV12);
	assert_finds("BGRX", SHMFLIP_XRGB8888);
	assert_finds("r8", SHMFLIP_R8);
	assert_finds("YUV420P10LE", SHMFLIP_S010);
}

/* Names that look alike, and are other bytes. */
static void byte_orders_decide(void **state)
{
	(void)state;
	assert_finds("RG24", SHMFLIP_RGB888);
	assert_finds("bgr24", SHMFLIP_RGB888);
	assert_finds("BGR", SHMFLIP_RGB888);
	assert_finds("BG24", SHMFLIP_BGR888);
	assert_finds("rgb24", SHMFLIP_BGR888);
	assert_finds("RGB3", SHMFLIP_BGR888);
	assert_finds("422P", SHMFLIP_YUV422);
}

static void assert_not_found(const char *name, const char *detail)
{
	uint32_t fourcc = 77;

	assert_int_equal(shmflip_format_find(name, &fourcc), -EINVAL);
	assert_int_equal(fourcc, 77);
	assert_non_null(strstr(shmflip_error_detail(), detail));
}

static void other_names_are_refused(void **state)
{
	static const char *const names[] = { "",      " ",   "nv1",  "nv12x", "NV 12",
		                             " NV12", "R F", "RGB4", "argb",  "ARGB64",
		                             "P016",  "yuv", "R8\t", "YV12" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_not_found(names[i], "no pixel format");
	assert_not_found("BGR4", "AR24");
	assert_not_found("Y10 ", "1023");
	assert_not_found("Y12", "4095");
	assert_not_found("gray10le", "1023");
	assert_not_found("gray12le", "4095");
	assert_not_found("yuvj420p", "yuv420p, with full range");
	assert_not_found("yuvj422p", "yuv422p, with full range");
	assert_not_found("yuvj444p", "yuv444p, with full range");
}

/* ---- FFmpeg ------------------------------------------------------------------------------- */

/* FFmpeg 5.1 writes no nv16. */
static bool is_written(const struct format_case *format)
{
	return format->ffmpeg && format->fourcc != SHMFLIP_NV16;
}

/* Pictures of all small sizes, one after the other. */
static void write_pictures(const char *path)
{
	static const uint8_t pixels[3 * WIDTH_MAX * HEIGHT_MAX];
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	for (uint32_t width = 1; width <= WIDTH_MAX; width++)
		for (uint32_t height = 1; height <= HEIGHT_MAX; height++) {
			fprintf(file, "P6 %u %u 255\n", width, height);
			fwrite(pixels, 3, (size_t)width * height, file);
		}
	assert_int_equal(fclose(file), 0);
}

/* Makes a command of one stream for each format. Each line of its output then has the number of the
 * stream, and the size of a frame. */
static void make_command(char *command, size_t size, const char *path)
{
	int used = snprintf(command, size,
	                    "ffmpeg -v error -nostdin -f image2pipe -c:v ppm -i %s -autoscale 0 "
	                    "-c:v rawvideo",
	                    path);

	for (int i = 0, stream = 0; i < FORMATS; i++)
		if (is_written(&formats[i]))
			used += snprintf(command + used, size - (size_t)used,
			                 " -map 0 -pix_fmt:v:%d %s", stream++, formats[i].ffmpeg);
	used += snprintf(command + used, size - (size_t)used, " -f framecrc -");
	assert_true((size_t)used < size);
}

/* The format of a stream of FFmpeg's. */
static const struct format_case *format_of_stream(unsigned stream)
{
	for (int i = 0; i < FORMATS; i++)
		if (is_written(&formats[i]) && stream-- == 0)
			return &formats[i];
	fail_msg("a stream that was not asked for");
	return NULL;
}

static void frames_have_as_many_bytes_as_ffmpegs(void **state)
{
	static unsigned next[FORMATS]; /* frame of each stream */
	const char *path = in_directory("pictures");
	unsigned stream, bytes, frames = 0;
	char command[2048], line[256];
	FILE *output;

	(void)state;
	if (system("ffmpeg -version >/dev/null 2>&1"))
		skip();
	write_pictures(path);
	make_command(command, sizeof(command), path);
	output = popen(command, "r");
	assert_non_null(output);
	while (fgets(line, sizeof(line), output)) {
		if (sscanf(line, "%u, %*d, %*d, %*d, %u,", &stream, &bytes) != 2)
			continue;
		assert_int_equal(bytes, tight_bytes(format_of_stream(stream)->fourcc,
		                                    next[stream] / HEIGHT_MAX + 1,
		                                    next[stream] % HEIGHT_MAX + 1));
		next[stream]++;
		frames++;
	}
	assert_int_equal(pclose(output), 0);
	assert_int_equal(frames, (FORMATS - 2) * WIDTH_MAX * HEIGHT_MAX);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_are_described),
		cmocka_unit_test(formats_are_found_by_every_name),
		cmocka_unit_test(case_of_letters_does_not_matter),
		cmocka_unit_test(byte_orders_decide),
		cmocka_unit_test(other_names_are_refused),
		cmocka_unit_test_setup_teardown(frames_have_as_many_bytes_as_ffmpegs,
		                                make_directory, remove_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
