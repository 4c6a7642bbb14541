/* SPDX-License-Identifier: MIT
 *
 * tools/y4m, y4m_rgb, pam and format: what cat writes of every pixel format and of odd sizes,
 * against the single values that pixel_source_read() finds; and what a Y4M says of them. */
#include <endian.h>
#include <errno.h>
#include <math.h>

#include "format.h"
#include "pixel_image.h"

enum { WIDTH_MAX = 9, HEIGHT_MAX = 5, PADDING = 12 };

static struct shmflip_colour colour;
static uint32_t flags;

/* Calls check for every format and size. */
static void for_all(void (*check)(const struct pixel_image *image,
                                  const struct pixel_source *source))
{
	const struct pixel_format *format;

	for (unsigned i = 0; (format = pixel_format_get(i)); i++)
		for (uint32_t width = 1; width <= WIDTH_MAX; width++)
			for (uint32_t height = 1; height <= HEIGHT_MAX; height++) {
				struct pixel_image image;
				struct pixel_source source;

				image_init(&image, format->fourcc, width, height, PADDING);
				image.frame.colour = colour;
				image.frame.flags = flags;
				image_source(&image, &source);
				check(&image, &source);
				image_finish(&image);
			}
}

static double clamp(double value, double maximum)
{
	return value < 0 ? 0 : value > maximum ? maximum : value;
}

static unsigned read_word(const uint8_t *in)
{
	return in[0] | (unsigned)in[1] << 8;
}

/* ---- Y4M ---------------------------------------------------------------------------------- */

/* Red, green and blue over black, from 0 to 1. */
static void read_rgb(const struct pixel_source *source, uint32_t x, uint32_t y, double rgb[3])
{
	double white = (double)source->white, alpha = 1;
	struct pixel_values values;

	pixel_source_read(source, x, y, &values);
	if (values.count == 4 && !source->premultiplied)
		alpha = clamp(values.value[3], white) / white;
	for (int i = 0; i < 3; i++)
		rgb[i] = clamp(values.value[i], white) / white * alpha;
}

static double yuv_of(const struct matrix *matrix, const double rgb[3], unsigned plane)
{
	double luma = matrix->red * rgb[0] + (1 - matrix->red - matrix->blue) * rgb[1] +
	              matrix->blue * rgb[2];

	if (plane == 0)
		return 16 + 219 * luma;
	if (plane == 1)
		return 128 + 224 * (rgb[2] - luma) / (2 * (1 - matrix->blue));
	return 128 + 224 * (rgb[0] - luma) / (2 * (1 - matrix->red));
}

/* Two roundings: that of blending, and that of the result. */
static void check_rgb(const struct pixel_source *source, const uint8_t *out)
{
	bool wide = source->format->bits == 16;
	double error = source->format->alpha ? 1.01 : 0.51;

	for (unsigned plane = 0; plane < 3; plane++)
		for (uint32_t y = 0; y < source->height; y++)
			for (uint32_t x = 0; x < source->width; x++, out += wide ? 2 : 1) {
				double rgb[3], expected;

				read_rgb(source, x, y, rgb);
				expected = yuv_of(source->matrix, rgb, plane) * (wide ? 256 : 1);
				assert_true(fabs((wide ? read_word(out) : *out) - expected) <=
				            error);
			}
}

static void check_samples(const struct pixel_source *source, const uint8_t *out)
{
	const struct pixel_format *format = source->format;
	unsigned bytes = format->bits > 8 ? 2 : 1, planes = format->kind == PIXEL_YUV ? 3 : 1;

	for (unsigned plane = 0; plane < planes; plane++) {
		unsigned step_x = plane && format->chroma_shift_x ? 2 : 1;
		unsigned step_y = plane && format->chroma_shift_y ? 2 : 1;

		for (uint32_t y = 0; y < source->height; y += step_y)
			for (uint32_t x = 0; x < source->width; x += step_x, out += bytes) {
				unsigned sample = bytes == 2 ? read_word(out) : *out;
				struct pixel_values values;

				pixel_source_read(source, x, y, &values);
				assert_int_equal(sample, (unsigned)values.value[plane]);
			}
	}
}

static size_t y4m_bytes(const struct pixel_source *source)
{
	const struct pixel_format *format = source->format;
	size_t pixels = (size_t)source->width * source->height, chroma = 0;

	if (format->kind != PIXEL_GRAY && format->kind != PIXEL_VALUE)
		chroma = (size_t)((source->width + format->chroma_shift_x) >>
		                  format->chroma_shift_x) *
		         ((source->height + format->chroma_shift_y) >> format->chroma_shift_y);
	return (pixels + 2 * chroma) * (format->bits > 8 ? 2 : 1);
}

static void check_y4m(const struct pixel_image *image, const struct pixel_source *source)
{
	bool rgb = source->format->kind == PIXEL_RGB || source->format->kind == PIXEL_RGBA16;
	struct out_buffer output = { 0 };
	struct video video = { 0 };

	if (source->format->bits == 32) {
		assert_int_equal(y4m_describe(&video, &image->frame, NULL), -ENOTSUP);
		return;
	}
	assert_int_equal(y4m_describe(&video, &image->frame, NULL), 0);
	assert_int_equal(y4m_frame(&output, source, &video), 0);
	assert_int_equal(output.used, strlen("FRAME\n") + y4m_bytes(source));
	assert_memory_equal(output.bytes, "FRAME\n", strlen("FRAME\n"));
	if (rgb)
		check_rgb(source, output.bytes + strlen("FRAME\n"));
	else
		check_samples(source, output.bytes + strlen("FRAME\n"));
	out_buffer_finish(&output);
}

static void test_y4m(void **state)
{
	(void)state;
	colour = (struct shmflip_colour){ 0 };
	for_all(check_y4m);
	/* Values above white are white. */
	colour = (struct shmflip_colour){ .white = 40000 };
	for_all(check_y4m);
	colour = (struct shmflip_colour){ .white = 1 };
	for_all(check_y4m);
	colour = (struct shmflip_colour){ 0 };
	flags = SHMFLIP_FRAME_PREMULTIPLIED;
	for_all(check_y4m);
	flags = 0;
}

/* Transparent, opaque and white pixels, exactly; and the header's matrix is the one used. */
static void test_y4m_extremes(void **state)
{
	static const uint8_t pixels[] = { 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 255, 255 };
	static const uint8_t bt709[] = { 235, 16, 63, 128, 128, 102, 128, 128, 240 };
	static const uint8_t bt601[] = { 235, 16, 81, 128, 128, 90, 128, 128, 240 };
	struct shmflip_frame frame = { .fourcc = SHMFLIP_ARGB8888, .width = 3, .height = 1 };
	struct pixel_source source;
	struct out_buffer output = { 0 };
	struct video video;

	(void)state;
	frame.planes = 1;
	frame.plane[0] = (struct shmflip_plane){ pixels, sizeof(pixels), 1 };
	assert_int_equal(pixel_source_init(&source, &frame), 0);
	assert_int_equal(y4m_describe(&video, &frame, &matrices[MATRIX_BT709]), 0);
	assert_string_equal(video.pixels, "C444 XCOLORRANGE=LIMITED XCICP=2-2-1-0");
	assert_int_equal(y4m_frame(&output, &source, &video), 0);
	assert_memory_equal(output.bytes + 6, bt709, sizeof(bt709));
	out_buffer_clear(&output);
	assert_int_equal(y4m_describe(&video, &frame, NULL), 0);
	assert_string_equal(video.pixels, "C444 XCOLORRANGE=LIMITED XCICP=2-2-6-0");
	assert_int_equal(y4m_frame(&output, &source, &video), 0);
	assert_memory_equal(output.bytes + 6, bt601, sizeof(bt601));
	out_buffer_finish(&output);
}

/* ---- What a Y4M says ------------------------------------------------------------------------ */

static void test_tags(void **state)
{
	static const struct {
		uint32_t fourcc, rows;
		struct shmflip_colour colour;
		const char *pixels;
	} cases[] = {
		{ SHMFLIP_NV12, 16, { 0 }, "C420mpeg2 XCOLORRANGE=LIMITED XCICP=2-2-6-0" },
		{ SHMFLIP_NV21, 577, { 0 }, "C420mpeg2 XCOLORRANGE=LIMITED XCICP=2-2-1-0" },
		{ SHMFLIP_YUV420,
		  16,
		  { .siting = 1, .matrix = 5, .range = 1 },
		  "C420mpeg2 XCOLORRANGE=LIMITED XCICP=2-2-5-0" },
		{ SHMFLIP_YUV420,
		  16,
		  { .siting = 2, .matrix = 9, .range = 2, .primaries = 9, .transfer = 16 },
		  "C420jpeg XCOLORRANGE=FULL XCICP=9-16-9-1" },
		{ SHMFLIP_YUV420,
		  16,
		  { .siting = 3, .matrix = 2 },
		  "C420paldv XCOLORRANGE=LIMITED XCICP=2-2-6-0" },
		{ SHMFLIP_YUV420,
		  16,
		  { .siting = 6, .matrix = 8 },
		  "C420mpeg2 XCOLORRANGE=LIMITED XCICP=2-2-8-0" },
		{ SHMFLIP_P010, 16, { .siting = 2 }, "C420p10 XCOLORRANGE=LIMITED XCICP=2-2-6-0" },
		{ SHMFLIP_S010, 16, { 0 }, "C420p10 XCOLORRANGE=LIMITED XCICP=2-2-6-0" },
		{ SHMFLIP_S210, 16, { 0 }, "C422p10 XCOLORRANGE=LIMITED XCICP=2-2-6-0" },
		{ SHMFLIP_S410, 16, { 0 }, "C444p10 XCOLORRANGE=LIMITED XCICP=2-2-6-0" },
		{ SHMFLIP_NV16, 16, { 0 }, "C422 XCOLORRANGE=LIMITED XCICP=2-2-6-0" },
		{ SHMFLIP_YUV422, 16, { 0 }, "C422 XCOLORRANGE=LIMITED XCICP=2-2-6-0" },
		{ SHMFLIP_YUYV, 16, { 0 }, "C422 XCOLORRANGE=LIMITED XCICP=2-2-6-0" },
		{ SHMFLIP_UYVY, 16, { 0 }, "C422 XCOLORRANGE=LIMITED XCICP=2-2-6-0" },
		{ SHMFLIP_YUV444, 16, { 0 }, "C444 XCOLORRANGE=LIMITED XCICP=2-2-6-0" },
		{ SHMFLIP_R8, 16, { 0 }, "Cmono XCOLORRANGE=FULL XCICP=2-2-2-1" },
		{ SHMFLIP_R16, 16, { .range = 1 }, "Cmono16 XCOLORRANGE=LIMITED XCICP=2-2-2-0" },
		/* RGB becomes limited, whatever it was. Its matrix code says nothing of YUV. */
		{ SHMFLIP_BGR888,
		  16,
		  { .range = 2, .matrix = 9, .primaries = 1, .transfer = 13 },
		  "C444 XCOLORRANGE=LIMITED XCICP=1-13-6-0" },
		{ SHMFLIP_ABGR16161616, 1080, { 0 }, "C444p16 XCOLORRANGE=LIMITED XCICP=2-2-1-0" },
		{ SHMFLIP_YUV420,
		  16,
		  { 255, 255, 255, 2, 255, 255, 65535 },
		  "C420mpeg2 XCOLORRANGE=FULL XCICP=255-255-255-1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct shmflip_frame frame = { .fourcc = cases[i].fourcc,
			                       .width = 16,
			                       .height = cases[i].rows,
			                       .colour = cases[i].colour };
		struct video video;

		assert_int_equal(y4m_describe(&video, &frame, NULL), 0);
		assert_string_equal(video.pixels, cases[i].pixels);
	}
}

static void test_header(void **state)
{
	struct video video = { .width = 33, .height = 17, .rate_num = 30000, .rate_den = 1001 };
	struct out_buffer output = { 0 };
	const char *expected = "YUV4MPEG2 W33 H17 F30000:1001 Ip A0:0 C444\n";

	(void)state;
	strcpy(video.pixels, "C444");
	assert_int_equal(y4m_begin(&output, &video), 0);
	assert_int_equal(output.used, strlen(expected));
	assert_memory_equal(output.bytes, expected, output.used);
	out_buffer_finish(&output);
}

/* ---- Raw and PAM ---------------------------------------------------------------------------- */

static void check_raw(const struct pixel_image *image, const struct pixel_source *source)
{
	const struct shmflip_format_info *info = shmflip_format_info(source->format->fourcc);
	struct out_buffer output = { 0 };
	struct video video;
	const uint8_t *at;

	assert_int_equal(formats[FORMAT_RAW].describe(&video, &image->frame, NULL), 0);
	if (info->flags & SHMFLIP_FORMAT_ALPHA || info->model != SHMFLIP_MODEL_RGB)
		assert_string_equal(video.pixels, info->ffmpeg);
	assert_int_equal(formats[FORMAT_RAW].frame(&output, source, &video), 0);
	at = output.bytes;
	for (unsigned plane = 0; plane < source->format->planes; plane++)
		for (uint32_t y = 0; y < source->plane[plane].rows; y++) {
			uint8_t row[8 * WIDTH_MAX];

			pixel_source_copy_row(source, plane, y, row);
			assert_memory_equal(at, row, source->plane[plane].row_bytes);
			at += source->plane[plane].row_bytes;
		}
	assert_int_equal(at - output.bytes, output.used);
	out_buffer_finish(&output);
}

static void test_raw(void **state)
{
	(void)state;
	colour = (struct shmflip_colour){ 0 };
	for_all(check_raw);
	flags = SHMFLIP_FRAME_PREMULTIPLIED;
	for_all(check_raw);
	flags = 0;
}

/* Samples of one pixel. A PAM has 0 to MAXVAL, and no limited range. */
static void check_pam_pixel(const struct pixel_source *source, uint32_t x, uint32_t y,
                            const uint8_t *out)
{
	bool wide = source->format->bits != 8;
	double white = (double)source->white, maximum = wide ? 65535 : 255, low = 0, high = white;
	struct pixel_values values;

	pixel_source_read(source, x, y, &values);
	if (!source->full_range && values.count == 1 && !values.is_float) {
		low = white * (wide ? 16 * 256 / 65535.0 : 16 / 255.0);
		high = white * (wide ? 235 * 256 / 65535.0 : 235 / 255.0);
	}
	for (unsigned i = 0; i < values.count; i++) {
		double expected = (values.value[i] - low) * maximum / (high - low);
		unsigned found = wide ? (unsigned)out[2 * i] << 8 | out[2 * i + 1] : out[i];

		/* Noise as floats may also be NaN: below and above, all is black or white. */
		expected = expected > 0 ? clamp(expected, maximum) : 0;
		assert_true(fabs(found - expected) <= 1.2);
	}
}

static void check_pam(const struct pixel_image *image, const struct pixel_source *source)
{
	const struct pixel_format *format = source->format;
	bool same = format->kind != PIXEL_YUV;
	unsigned gray = format->kind == PIXEL_GRAY || format->kind == PIXEL_VALUE;
	unsigned depth = gray ? 1 : format->alpha ? 4 : 3, bytes = same && format->bits > 8 ? 2 : 1;
	struct out_buffer output = { 0 };
	struct video video = { 0 };
	char header[160];
	const uint8_t *at;

	(void)image;
	snprintf(header, sizeof(header),
	         "P7\nWIDTH %u\nHEIGHT %u\nDEPTH %u\nMAXVAL %u\nTUPLTYPE %s\nENDHDR\n",
	         source->width, source->height, depth, bytes == 1 ? 255U : 65535U,
	         depth == 1   ? "GRAYSCALE"
	         : depth == 3 ? "RGB"
	                      : "RGB_ALPHA");
	assert_int_equal(pam_frame(&output, source, &video), 0);
	assert_int_equal(output.used,
	                 strlen(header) + (size_t)bytes * depth * source->width * source->height);
	assert_memory_equal(output.bytes, header, strlen(header));
	at = output.bytes + strlen(header);
	for (uint32_t y = 0; y < source->height && same; y++)
		for (uint32_t x = 0; x < source->width; x++, at += bytes * depth)
			check_pam_pixel(source, x, y, at);
	out_buffer_finish(&output);
}

static void test_pam(void **state)
{
	(void)state;
	colour = (struct shmflip_colour){ 0 };
	for_all(check_pam);
	colour = (struct shmflip_colour){ .white = 4095 };
	for_all(check_pam);
	colour = (struct shmflip_colour){ .range = 1 };
	for_all(check_pam);
}

/* YUV becomes RGB by the frame's matrix. */
static void test_pam_of_yuv(void **state)
{
	static const uint8_t luma[] = { 63 }, chroma[] = { 102, 240 };
	struct shmflip_frame frame = { .fourcc = SHMFLIP_NV12, .width = 1, .height = 1 };
	struct pixel_source source;
	struct out_buffer output = { 0 };

	(void)state;
	frame.planes = 2;
	frame.plane[0] = (struct shmflip_plane){ luma, 64, 1 };
	frame.plane[1] = (struct shmflip_plane){ chroma, 64, 1 };
	frame.colour.matrix = 1;
	assert_int_equal(pixel_source_init(&source, &frame), 0);
	assert_int_equal(pam_frame(&output, &source, NULL), 0);
	assert_true(output.bytes[output.used - 3] >= 254);
	assert_true(output.bytes[output.used - 2] <= 1);
	assert_true(output.bytes[output.used - 1] <= 1);
	out_buffer_finish(&output);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_y4m),        cmocka_unit_test(test_y4m_extremes),
		cmocka_unit_test(test_tags),       cmocka_unit_test(test_header),
		cmocka_unit_test(test_raw),        cmocka_unit_test(test_pam),
		cmocka_unit_test(test_pam_of_yuv),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
