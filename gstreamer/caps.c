/* SPDX-License-Identifier: MIT */
#include "caps.h"

#include <errno.h>
#include <limits.h>

#include "colorimetry.h"

/* R32F and XBGR16161616 are missing: GStreamer 1.22 has no floats, and 16-bit RGB only with alpha.
 * A list of caps is in order of preference: what the viewer shows without a copy comes first. */
static const struct {
	uint32_t fourcc;
	GstVideoFormat format;
} formats[] = {
	{ SHMFLIP_XRGB8888, GST_VIDEO_FORMAT_BGRx },
	{ SHMFLIP_ARGB8888, GST_VIDEO_FORMAT_BGRA },
	{ SHMFLIP_XBGR8888, GST_VIDEO_FORMAT_RGBx },
	{ SHMFLIP_ABGR8888, GST_VIDEO_FORMAT_RGBA },
	{ SHMFLIP_BGR888, GST_VIDEO_FORMAT_RGB },
	{ SHMFLIP_RGB888, GST_VIDEO_FORMAT_BGR },
	{ SHMFLIP_YUV420, GST_VIDEO_FORMAT_I420 },
	{ SHMFLIP_NV12, GST_VIDEO_FORMAT_NV12 },
	{ SHMFLIP_NV21, GST_VIDEO_FORMAT_NV21 },
	{ SHMFLIP_YUYV, GST_VIDEO_FORMAT_YUY2 },
	{ SHMFLIP_UYVY, GST_VIDEO_FORMAT_UYVY },
	{ SHMFLIP_NV16, GST_VIDEO_FORMAT_NV16 },
	{ SHMFLIP_YUV422, GST_VIDEO_FORMAT_Y42B },
	{ SHMFLIP_YUV444, GST_VIDEO_FORMAT_Y444 },
	{ SHMFLIP_P010, GST_VIDEO_FORMAT_P010_10LE },
	{ SHMFLIP_S010, GST_VIDEO_FORMAT_I420_10LE },
	{ SHMFLIP_S210, GST_VIDEO_FORMAT_I422_10LE },
	{ SHMFLIP_S410, GST_VIDEO_FORMAT_Y444_10LE },
	{ SHMFLIP_ABGR16161616, GST_VIDEO_FORMAT_RGBA64_LE },
	{ SHMFLIP_R8, GST_VIDEO_FORMAT_GRAY8 },
	{ SHMFLIP_R16, GST_VIDEO_FORMAT_GRAY16_LE },
};

/* The index is EXIF's number. */
static const char *const orientations[] = {
	NULL,         "rotate-0",        "flip-rotate-0",
	"rotate-180", "flip-rotate-180", "flip-rotate-270",
	"rotate-90",  "flip-rotate-90",  "rotate-270",
};

GstVideoFormat gst_shmflip_format_to_video(uint32_t fourcc)
{
	for (guint i = 0; i < G_N_ELEMENTS(formats); i++)
		if (formats[i].fourcc == fourcc)
			return formats[i].format;
	return GST_VIDEO_FORMAT_UNKNOWN;
}

uint32_t gst_shmflip_format_from_video(GstVideoFormat format)
{
	for (guint i = 0; i < G_N_ELEMENTS(formats); i++)
		if (formats[i].format == format)
			return formats[i].fourcc;
	return 0;
}

GstCaps *gst_shmflip_caps_template(void)
{
	GstVideoFormat list[G_N_ELEMENTS(formats)];

	for (guint i = 0; i < G_N_ELEMENTS(formats); i++)
		list[i] = formats[i].format;
	return gst_video_make_raw_caps(list, G_N_ELEMENTS(list));
}

static int refuse(int error, const char *why, const char **reason)
{
	*reason = why;
	return error;
}

static int check(const GstCaps *caps, const GstVideoInfo *info, const char **reason)
{
	GstCapsFeatures *features = gst_caps_get_features(caps, 0);

	if (!gst_caps_features_is_equal(features, GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY))
		return refuse(-ENOTSUP, "frames are not in system memory: download them first",
		              reason);
	if (GST_VIDEO_INFO_IS_INTERLACED(info))
		return refuse(-ENOTSUP, "video is interlaced: use deinterlace", reason);
	if (GST_VIDEO_INFO_MULTIVIEW_MODE(info) != GST_VIDEO_MULTIVIEW_MODE_NONE &&
	    GST_VIDEO_INFO_MULTIVIEW_MODE(info) != GST_VIDEO_MULTIVIEW_MODE_MONO)
		return refuse(-ENOTSUP, "video has several views: use glviewconvert", reason);
	if (!gst_shmflip_format_from_video(GST_VIDEO_INFO_FORMAT(info)))
		return refuse(-ENOTSUP, "shmflip has no such pixel format: use videoconvert",
		              reason);
	return 0;
}

/* A GstVideoInfo has GStreamer's guesses. Only the caps tell what was said. */
static void read_colour(const GstStructure *structure, struct shmflip_colour *colour)
{
	const char *text = gst_structure_get_string(structure, "colorimetry");
	const char *site = gst_structure_get_string(structure, "chroma-site");
	GstVideoColorimetry colorimetry;

	if (text && gst_video_colorimetry_from_string(&colorimetry, text))
		*colour = gst_shmflip_colour_from_colorimetry(&colorimetry);
	if (site)
		colour->siting = gst_shmflip_siting_from_chroma_site(
			gst_video_chroma_site_from_string(site));
}

int gst_shmflip_caps_to_stream(const GstCaps *caps, struct shmflip_stream *stream,
                               GstVideoInfo *info, const char **reason)
{
	const GstStructure *structure;
	int error;

	/* gst_video_info_from_caps() also takes encoded video, whose size nobody knows. */
	if (!gst_caps_is_fixed(caps) || !gst_video_info_from_caps(info, caps) ||
	    GST_VIDEO_INFO_FORMAT(info) == GST_VIDEO_FORMAT_ENCODED)
		return refuse(-EINVAL, "this is no raw video: decode it first", reason);
	error = check(caps, info, reason);
	if (error)
		return error;
	structure = gst_caps_get_structure(caps, 0);
	stream->fourcc = gst_shmflip_format_from_video(GST_VIDEO_INFO_FORMAT(info));
	stream->width = (uint32_t)GST_VIDEO_INFO_WIDTH(info);
	stream->height = (uint32_t)GST_VIDEO_INFO_HEIGHT(info);
	stream->rate_num = (uint32_t)GST_VIDEO_INFO_FPS_N(info);
	stream->rate_den = (uint32_t)GST_VIDEO_INFO_FPS_D(info);
	if (gst_structure_has_field(structure, "pixel-aspect-ratio")) {
		stream->aspect_num = (uint32_t)GST_VIDEO_INFO_PAR_N(info);
		stream->aspect_den = (uint32_t)GST_VIDEO_INFO_PAR_D(info);
	}
	read_colour(structure, &stream->colour);
	return 0;
}

static gboolean fits_int(uint32_t numerator, uint32_t denominator)
{
	return numerator > 0 && denominator > 0 && numerator <= INT_MAX && denominator <= INT_MAX;
}

static void write_rate(const struct shmflip_stream *stream, GstCaps *caps)
{
	uint32_t rate_den = stream->rate_den ? stream->rate_den : 1;
	gboolean has_rate = fits_int(stream->rate_num, rate_den);
	gboolean has_aspect = fits_int(stream->aspect_num, stream->aspect_den);

	gst_caps_set_simple(caps, "framerate", GST_TYPE_FRACTION,
	                    has_rate ? (int)stream->rate_num : 0, has_rate ? (int)rate_den : 1,
	                    "pixel-aspect-ratio", GST_TYPE_FRACTION,
	                    has_aspect ? (int)stream->aspect_num : 1,
	                    has_aspect ? (int)stream->aspect_den : 1, NULL);
}

static void write_colour(const struct shmflip_frame *frame, GstCaps *caps)
{
	const struct shmflip_format_info *format = shmflip_format_info(frame->fourcc);
	GstVideoColorimetry colorimetry;
	GstVideoChromaSite site = gst_shmflip_siting_to_chroma_site(frame->colour.siting);
	char *text;

	if (gst_shmflip_colour_to_colorimetry(&frame->colour, frame->fourcc, frame->height,
	                                      &colorimetry)) {
		text = gst_video_colorimetry_to_string(&colorimetry);
		gst_caps_set_simple(caps, "colorimetry", G_TYPE_STRING, text, NULL);
		g_free(text);
	}
	if (format->chroma_halved_y && site != GST_VIDEO_CHROMA_SITE_UNKNOWN) {
		text = gst_video_chroma_site_to_string(site);
		gst_caps_set_simple(caps, "chroma-site", G_TYPE_STRING, text, NULL);
		g_free(text);
	}
}

GstCaps *gst_shmflip_caps_from_frame(const struct shmflip_frame *frame)
{
	GstVideoFormat format = gst_shmflip_format_to_video(frame->fourcc);
	GstCaps *caps;

	if (format == GST_VIDEO_FORMAT_UNKNOWN || frame->width > INT_MAX || frame->height > INT_MAX)
		return NULL;
	caps = gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING,
	                           gst_video_format_to_string(format), "width", G_TYPE_INT,
	                           (int)frame->width, "height", G_TYPE_INT, (int)frame->height,
	                           "interlace-mode", G_TYPE_STRING, "progressive", NULL);
	write_rate(frame->stream, caps);
	write_colour(frame, caps);
	return caps;
}

void gst_shmflip_layout_to_info(const struct shmflip_layout *layout, GstVideoInfo *info)
{
	for (uint32_t plane = 0; plane < layout->planes; plane++) {
		info->stride[plane] = (int)layout->stride_bytes[plane];
		info->offset[plane] = layout->offset_bytes[plane];
	}
	info->size = layout->bytes;
}

int gst_shmflip_frame_to_info(const struct shmflip_frame *frame, GstVideoInfo *info)
{
	const struct shmflip_plane *plane = frame->plane;

	for (uint32_t i = 0; i < frame->planes; i++)
		if (plane[i].stride_bytes > INT_MAX)
			return -EOVERFLOW;
	/* The library has checked that planes follow each other. */
	for (uint32_t i = 0; i < frame->planes; i++) {
		info->stride[i] = (int)plane[i].stride_bytes;
		info->offset[i] = (gsize)(plane[i].pixels - plane[0].pixels);
		info->size = info->offset[i] + (gsize)plane[i].stride_bytes * plane[i].rows;
	}
	return 0;
}

uint32_t gst_shmflip_orientation_from_tags(const GstTagList *tags)
{
	const char *name;

	if (!gst_tag_list_peek_string_index(tags, GST_TAG_IMAGE_ORIENTATION, 0, &name))
		return 0;
	for (uint32_t orientation = 1; orientation < G_N_ELEMENTS(orientations); orientation++)
		if (g_str_equal(orientations[orientation], name))
			return orientation;
	return 0;
}

const char *gst_shmflip_orientation_name(uint32_t orientation)
{
	return orientation < G_N_ELEMENTS(orientations) ? orientations[orientation] : NULL;
}
