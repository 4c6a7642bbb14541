/* SPDX-License-Identifier: MIT
 *
 * Caps and shmflip's descriptions: every format, colour and orientation, against GStreamer's own
 * tables and its EXIF writer. */
#include "support.h"

#include <gst/tag/tag.h>

#include "caps.h"
#include "colorimetry.h"

static const uint32_t fourccs[] = {
	SHMFLIP_XRGB8888, SHMFLIP_ARGB8888,     SHMFLIP_XBGR8888,     SHMFLIP_ABGR8888,
	SHMFLIP_RGB888,   SHMFLIP_BGR888,       SHMFLIP_R8,           SHMFLIP_R16,
	SHMFLIP_R32F,     SHMFLIP_XBGR16161616, SHMFLIP_ABGR16161616, SHMFLIP_YUYV,
	SHMFLIP_UYVY,     SHMFLIP_NV12,         SHMFLIP_NV21,         SHMFLIP_NV16,
	SHMFLIP_YUV420,   SHMFLIP_YUV422,       SHMFLIP_YUV444,       SHMFLIP_P010,
	SHMFLIP_S010,     SHMFLIP_S210,         SHMFLIP_S410,
};

/* An acquired frame without pixels. */
static struct shmflip_frame made_frame(uint32_t fourcc, uint32_t width, uint32_t height,
                                       const struct shmflip_stream *stream)
{
	struct shmflip_layout layout;
	struct shmflip_frame frame = { .fourcc = fourcc,
		                       .width = width,
		                       .height = height,
		                       .stream = stream,
		                       .colour = stream->colour };

	shmflip_init(&layout);
	assert_int_equal(shmflip_format_layout(fourcc, width, height, &layout), 0);
	frame.planes = layout.planes;
	for (uint32_t plane = 0; plane < layout.planes; plane++)
		frame.plane[plane] =
			(struct shmflip_plane){ (const uint8_t *)4096 + layout.offset_bytes[plane],
			                        layout.stride_bytes[plane], layout.rows[plane] };
	return frame;
}

/* What a channel makes of caps, as caps again. */
static GstCaps *there_and_back(const char *text, struct shmflip_stream *stream)
{
	GstCaps *caps = gst_caps_from_string(text);
	struct shmflip_frame frame;
	GstVideoInfo info;
	const char *reason = "";
	int error;

	shmflip_init(stream);
	error = gst_shmflip_caps_to_stream(caps, stream, &info, &reason);
	if (error)
		fail_msg("%s: %s", text, reason);
	gst_caps_unref(caps);
	frame = made_frame(stream->fourcc, stream->width, stream->height, stream);
	return gst_shmflip_caps_from_frame(&frame);
}

static void every_format_has_gstreamers_name(void **state)
{
	const struct shmflip_format_info *known;
	GstVideoFormat format;
	guint missing = 0;

	(void)state;
	for (guint i = 0; i < G_N_ELEMENTS(fourccs); i++) {
		known = shmflip_format_info(fourccs[i]);
		format = gst_shmflip_format_to_video(fourccs[i]);
		if (!known->gstreamer) {
			missing++;
			assert_int_equal(format, GST_VIDEO_FORMAT_UNKNOWN);
			continue;
		}
		assert_string_equal(gst_video_format_to_string(format), known->gstreamer);
		assert_int_equal(gst_shmflip_format_from_video(format), fourccs[i]);
	}
	assert_int_equal(missing, 2);
	assert_int_equal(gst_shmflip_format_to_video(0), GST_VIDEO_FORMAT_UNKNOWN);
	assert_int_equal(gst_shmflip_format_from_video(GST_VIDEO_FORMAT_UNKNOWN), 0);
	assert_int_equal(gst_shmflip_format_from_video(GST_VIDEO_FORMAT_AYUV), 0);
}

/* Both count as many bytes with values in each row, and as many rows. */
static void check_layout(uint32_t fourcc, uint32_t width, uint32_t height)
{
	struct shmflip_stream stream = { 0 };
	struct shmflip_frame frame = made_frame(fourcc, width, height, &stream);
	struct shmflip_layout layout;
	GstVideoInfo info, of_layout;
	gint components[GST_VIDEO_MAX_COMPONENTS];

	shmflip_init(&layout);
	assert_int_equal(shmflip_format_layout(fourcc, width, height, &layout), 0);
	gst_video_info_set_format(&info, gst_shmflip_format_to_video(fourcc), width, height);
	of_layout = info;
	assert_int_equal(GST_VIDEO_INFO_N_PLANES(&info), layout.planes);
	for (guint plane = 0; plane < layout.planes; plane++) {
		gst_video_format_info_component(info.finfo, plane, components);
		assert_int_equal(GST_VIDEO_INFO_COMP_HEIGHT(&info, components[0]),
		                 layout.rows[plane]);
		assert_true(layout.row_bytes[plane] <= (guint)info.stride[plane]);
		assert_true(layout.row_bytes[plane] + 3 >= (guint)info.stride[plane]);
	}
	gst_shmflip_layout_to_info(&layout, &of_layout);
	assert_int_equal(gst_shmflip_frame_to_info(&frame, &info), 0);
	assert_int_equal(info.size, layout.bytes);
	assert_int_equal(of_layout.size, layout.bytes);
	for (guint plane = 0; plane < layout.planes; plane++) {
		assert_int_equal(info.stride[plane], layout.stride_bytes[plane]);
		assert_int_equal(info.offset[plane], layout.offset_bytes[plane]);
		assert_int_equal(of_layout.stride[plane], layout.stride_bytes[plane]);
		assert_int_equal(of_layout.offset[plane], layout.offset_bytes[plane]);
	}
}

static void planes_of_every_format_and_size(void **state)
{
	(void)state;
	for (guint i = 0; i < G_N_ELEMENTS(fourccs); i++)
		for (uint32_t side = 1; side <= 9; side++)
			if (gst_shmflip_format_to_video(fourccs[i]) != GST_VIDEO_FORMAT_UNKNOWN)
				check_layout(fourccs[i], side, 10 - side);
}

static void strides_beyond_gstreamers_int(void **state)
{
	struct shmflip_stream stream = { 0 };
	struct shmflip_frame frame = made_frame(SHMFLIP_R8, 4, 4, &stream);
	GstVideoInfo info;

	(void)state;
	gst_video_info_set_format(&info, GST_VIDEO_FORMAT_GRAY8, 4, 4);
	frame.plane[0].stride_bytes = 1u << 31;
	assert_int_equal(gst_shmflip_frame_to_info(&frame, &info), -EOVERFLOW);
	frame.width = 1u << 31;
	assert_null(gst_shmflip_caps_from_frame(&frame));
}

static void every_format_as_caps(void **state)
{
	GstCaps *template = gst_shmflip_caps_template(), *caps;
	struct shmflip_stream stream, back;
	struct shmflip_frame frame;
	GstVideoInfo info;
	const char *reason;

	(void)state;
	shmflip_init(&stream);
	stream.rate_num = 30000;
	stream.rate_den = 1001;
	stream.aspect_num = 16;
	stream.aspect_den = 15;
	for (guint i = 0; i < G_N_ELEMENTS(fourccs); i++) {
		frame = made_frame(fourccs[i], 37, 21, &stream);
		caps = gst_shmflip_caps_from_frame(&frame);
		if (gst_shmflip_format_to_video(fourccs[i]) == GST_VIDEO_FORMAT_UNKNOWN) {
			assert_null(caps);
			continue;
		}
		assert_true(gst_caps_is_subset(caps, template));
		shmflip_init(&back);
		assert_int_equal(gst_shmflip_caps_to_stream(caps, &back, &info, &reason), 0);
		gst_caps_unref(caps);
		assert_int_equal(back.fourcc, fourccs[i]);
		assert_int_equal(back.width, 37);
		assert_int_equal(back.height, 21);
		assert_int_equal(back.rate_num, 30000);
		assert_int_equal(back.rate_den, 1001);
		assert_int_equal(back.aspect_num, 16);
		assert_int_equal(back.aspect_den, 15);
	}
	gst_caps_unref(template);
}

static void every_colour_value(void **state)
{
	/* The index is GStreamer's value; H.273's code points. */
	static const uint8_t matrices[] = { 0, 0, 4, 1, 6, 7, 9 };
	static const uint8_t transfers[] = {
		0, 8, 0, 0, 4, 1, 7, 13, 5, 9, 10, 15, 0, 14, 16, 18, 6
	};
	static const uint8_t primaries[] = { 0, 1, 4, 5, 6, 7, 8, 9, 0, 10, 11, 12, 22 };
	GstVideoColorimetry said, back;
	struct shmflip_colour colour;

	(void)state;
	for (guint i = 0; i < G_N_ELEMENTS(matrices); i++) {
		said = (GstVideoColorimetry){ .range = GST_VIDEO_COLOR_RANGE_0_255, .matrix = i };
		colour = gst_shmflip_colour_from_colorimetry(&said);
		assert_int_equal(colour.matrix, matrices[i]);
		assert_true(gst_shmflip_colour_to_colorimetry(&colour, SHMFLIP_YUV444, 99, &back));
		assert_int_equal(back.matrix, matrices[i] ? i : GST_VIDEO_COLOR_MATRIX_BT601);
	}
	for (guint i = 0; i < G_N_ELEMENTS(transfers); i++) {
		said = (GstVideoColorimetry){ .transfer = i };
		colour = gst_shmflip_colour_from_colorimetry(&said);
		assert_int_equal(colour.transfer, transfers[i]);
		assert_int_equal(gst_shmflip_colour_to_colorimetry(&colour, SHMFLIP_R8, 99, &back),
		                 transfers[i] != 0);
		assert_int_equal(back.transfer, transfers[i] ? i : GST_VIDEO_TRANSFER_UNKNOWN);
	}
	for (guint i = 0; i < G_N_ELEMENTS(primaries); i++) {
		said = (GstVideoColorimetry){ .primaries = i };
		colour = gst_shmflip_colour_from_colorimetry(&said);
		assert_int_equal(colour.primaries, primaries[i]);
		gst_shmflip_colour_to_colorimetry(&colour, SHMFLIP_R8, 99, &back);
		assert_int_equal(back.primaries,
		                 primaries[i] ? i : GST_VIDEO_COLOR_PRIMARIES_UNKNOWN);
	}
	colour = (struct shmflip_colour){ .matrix = 10 };
	gst_shmflip_colour_to_colorimetry(&colour, SHMFLIP_P010, 99, &back);
	assert_int_equal(back.matrix, GST_VIDEO_COLOR_MATRIX_BT2020);
}

#define CAPS(format, height, rest)                                                                 \
	"video/x-raw,format=" format ",width=8,height=" height ",framerate=25/1" rest

/* What nobody said stays unknown; what was said arrives, in a form that GStreamer obeys. */
static void colour_through_caps(void **state)
{
	static const struct {
		const char *caps, *colorimetry;
		struct shmflip_colour colour;
	} cases[] = {
		{ CAPS("I420", "8", ""), NULL, { 0 } },
		{ CAPS("I420", "2160", ""), NULL, { 0 } },
		{ CAPS("RGBA", "8", ""), NULL, { 0 } },
		{ CAPS("GRAY8", "8", ""), NULL, { 0 } },
		{ CAPS("NV12", "8", ",colorimetry=bt709"), "bt709", { 1, 1, 1, 1, 0, 0, 0 } },
		{ CAPS("NV12", "8", ",colorimetry=bt601"), "bt601", { 6, 6, 6, 1, 0, 0, 0 } },
		{ CAPS("YUY2", "8", ",colorimetry=smpte240m"),
		  "smpte240m",
		  { 7, 7, 7, 1, 0, 0, 0 } },
		{ CAPS("P010_10LE", "8", ",colorimetry=bt2100-pq"),
		  "bt2100-pq",
		  { 9, 16, 9, 1, 0, 0, 0 } },
		{ CAPS("P010_10LE", "8", ",colorimetry=bt2100-hlg"),
		  "bt2100-hlg",
		  { 9, 18, 9, 1, 0, 0, 0 } },
		{ CAPS("I420_10LE", "8", ",colorimetry=bt2020-10"),
		  "bt2020-10",
		  { 9, 14, 9, 1, 0, 0, 0 } },
		{ CAPS("BGRx", "8", ",colorimetry=sRGB"), "sRGB", { 1, 13, 0, 2, 0, 0, 0 } },
		{ CAPS("I420", "8", ",colorimetry=\"1:4:0:0\""),
		  "1:4:0:0",
		  { 0, 0, 6, 2, 0, 0, 0 } },
		{ CAPS("I420", "8", ",colorimetry=\"1:0:0:0\""),
		  "1:4:0:0",
		  { 0, 0, 0, 2, 0, 0, 0 } },
		{ CAPS("I420", "720", ",colorimetry=\"1:0:0:0\""),
		  "1:3:0:0",
		  { 0, 0, 0, 2, 0, 0, 0 } },
		{ CAPS("I420", "720", ",colorimetry=\"0:4:0:0\""),
		  "2:4:0:0",
		  { 0, 0, 6, 0, 0, 0, 0 } },
		{ CAPS("GRAY16_LE", "8", ",colorimetry=\"2:0:0:0\""),
		  "2:0:0:0",
		  { 0, 0, 0, 1, 0, 0, 0 } },
		{ CAPS("I420", "8", ",chroma-site=jpeg"), NULL, { 0, 0, 0, 0, 2, 0, 0 } },
		{ CAPS("I420", "8", ",colorimetry=nonsense"), NULL, { 0 } },
	};

	(void)state;
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct shmflip_stream stream;
		GstCaps *caps = there_and_back(cases[i].caps, &stream);
		const char *text =
			gst_structure_get_string(gst_caps_get_structure(caps, 0), "colorimetry");

		if (g_strcmp0(text, cases[i].colorimetry) != 0)
			fail_msg("%s came back as %s", cases[i].caps, text);
		if (memcmp(&stream.colour, &cases[i].colour, sizeof(stream.colour)) != 0)
			fail_msg("%s was read as %d %d %d %d %d", cases[i].caps,
			         stream.colour.primaries, stream.colour.transfer,
			         stream.colour.matrix, stream.colour.range, stream.colour.siting);
		gst_caps_unref(caps);
	}
}

static void places_of_chroma(void **state)
{
	static const struct {
		const char *name;
		uint8_t siting;
	} sites[] = { { "mpeg2", 1 }, { "jpeg", 2 }, { "cosited", 3 }, { "v-cosited", 4 } };

	(void)state;
	for (guint i = 0; i < G_N_ELEMENTS(sites); i++) {
		char *text = g_strdup_printf(CAPS("NV12", "8", ",chroma-site=%s"), sites[i].name);
		struct shmflip_stream stream;
		GstCaps *caps = there_and_back(text, &stream);

		assert_int_equal(stream.colour.siting, sites[i].siting);
		assert_string_equal(
			gst_structure_get_string(gst_caps_get_structure(caps, 0), "chroma-site"),
			sites[i].name);
		gst_caps_unref(caps);
		g_free(text);
	}
	assert_int_equal(gst_shmflip_siting_from_chroma_site(GST_VIDEO_CHROMA_SITE_DV), 0);
	for (uint8_t siting = 5; siting < 9; siting++)
		assert_int_equal(gst_shmflip_siting_to_chroma_site(siting),
		                 GST_VIDEO_CHROMA_SITE_UNKNOWN);
}

static void rates_and_aspects(void **state)
{
	struct shmflip_stream stream;
	GstCaps *caps =
		there_and_back("video/x-raw,format=RGB,width=8,height=8,framerate=0/1", &stream);
	const GstStructure *structure = gst_caps_get_structure(caps, 0);
	int num, den;

	(void)state;
	assert_int_equal(stream.rate_num, 0);
	assert_int_equal(stream.aspect_num, 0);
	assert_true(gst_structure_get_fraction(structure, "framerate", &num, &den));
	assert_int_equal(num, 0);
	assert_true(gst_structure_get_fraction(structure, "pixel-aspect-ratio", &num, &den));
	assert_int_equal(num, 1);
	assert_int_equal(den, 1);
	gst_caps_unref(caps);
}

static void refused_caps(void **state)
{
	static const struct {
		const char *caps, *word;
		int error;
	} cases[] = {
		{ "video/x-raw,format=I420", "raw video", -EINVAL },
		{ CAPS("{I420,NV12}", "8", ""), "raw video", -EINVAL },
		{ "video/x-h264,width=8,height=8,framerate=1/1", "decode", -EINVAL },
		{ "audio/x-raw", "raw video", -EINVAL },
		{ CAPS("I420", "8", ",interlace-mode=interleaved"), "deinterlace", -ENOTSUP },
		{ CAPS("I420", "8", ",interlace-mode=mixed"), "deinterlace", -ENOTSUP },
		{ CAPS("I420", "8", ",multiview-mode=side-by-side"), "views", -ENOTSUP },
		{ CAPS("AYUV", "8", ""), "videoconvert", -ENOTSUP },
		{ "video/x-raw(memory:DMABuf),format=I420,width=8,height=8,framerate=1/1", "memory",
		  -ENOTSUP },
	};

	(void)state;
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		GstCaps *caps = gst_caps_from_string(cases[i].caps);
		struct shmflip_stream stream;
		const char *reason = NULL;
		GstVideoInfo info;

		shmflip_init(&stream);
		assert_int_equal(gst_shmflip_caps_to_stream(caps, &stream, &info, &reason),
		                 cases[i].error);
		assert_non_null(strstr(reason, cases[i].word));
		assert_null(strchr(reason, '\n'));
		gst_caps_unref(caps);
	}
}

/* GStreamer's EXIF writer knows the numbers of the names. */
static void orientations(void **state)
{
	(void)state;
	for (uint32_t number = 1; number <= 8; number++) {
		const char *name = gst_shmflip_orientation_name(number);
		GstTagList *tags = gst_tag_list_new(GST_TAG_IMAGE_ORIENTATION, name, NULL), *read;
		guint8 exif[] = { 'I', 'I', 42, 0, 8, 0,      0, 0, 1, 0, 0x12, 1, 3,
			          0,   1,   0,  0, 0, number, 0, 0, 0, 0, 0,    0, 0 };
		GstBuffer *buffer = gst_buffer_new_memdup(exif, sizeof(exif));

		assert_int_equal(gst_shmflip_orientation_from_tags(tags), number);
		read = gst_tag_list_from_exif_buffer_with_tiff_header(buffer);
		assert_non_null(read);
		assert_int_equal(gst_shmflip_orientation_from_tags(read), number);
		gst_tag_list_unref(read);
		gst_tag_list_unref(tags);
		gst_buffer_unref(buffer);
	}
	assert_null(gst_shmflip_orientation_name(0));
	assert_null(gst_shmflip_orientation_name(9));
}

static void tags_without_orientation(void **state)
{
	GstTagList *tags = gst_tag_list_new_empty();

	(void)state;
	assert_int_equal(gst_shmflip_orientation_from_tags(tags), 0);
	gst_tag_list_unref(tags);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format_has_gstreamers_name),
		cmocka_unit_test(planes_of_every_format_and_size),
		cmocka_unit_test(strides_beyond_gstreamers_int),
		cmocka_unit_test(every_format_as_caps),
		cmocka_unit_test(every_colour_value),
		cmocka_unit_test(colour_through_caps),
		cmocka_unit_test(places_of_chroma),
		cmocka_unit_test(rates_and_aspects),
		cmocka_unit_test(refused_caps),
		cmocka_unit_test(orientations),
		cmocka_unit_test(tags_without_orientation),
	};

	gst_init(&argc, &argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
