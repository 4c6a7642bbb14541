/* SPDX-License-Identifier: MIT */
#include "colorimetry.h"

enum { UNSPECIFIED = 2, BT2020_CONSTANT_LUMINANCE = 10, ROWS_OF_BT601 = 576 };
enum { RANGE_LIMITED = 1, RANGE_FULL = 2 };

/* The index is shmflip's siting. */
static const GstVideoChromaSite sites[] = {
	GST_VIDEO_CHROMA_SITE_UNKNOWN, GST_VIDEO_CHROMA_SITE_MPEG2,     GST_VIDEO_CHROMA_SITE_JPEG,
	GST_VIDEO_CHROMA_SITE_COSITED, GST_VIDEO_CHROMA_SITE_V_COSITED,
};

/* GStreamer says unspecified where it has no code, and also where it does not know. */
static uint8_t code(guint iso)
{
	return iso == UNSPECIFIED ? 0 : (uint8_t)iso;
}

struct shmflip_colour gst_shmflip_colour_from_colorimetry(const GstVideoColorimetry *colorimetry)
{
	struct shmflip_colour colour = {
		.primaries = code(gst_video_color_primaries_to_iso(colorimetry->primaries)),
		.transfer = code(gst_video_transfer_function_to_iso(colorimetry->transfer)),
		.matrix = code(gst_video_color_matrix_to_iso(colorimetry->matrix)),
	};

	if (colorimetry->range == GST_VIDEO_COLOR_RANGE_16_235)
		colour.range = RANGE_LIMITED;
	else if (colorimetry->range == GST_VIDEO_COLOR_RANGE_0_255)
		colour.range = RANGE_FULL;
	return colour;
}

static GstVideoColorMatrix matrix_of(uint8_t matrix)
{
	/* 0 is RGB's in H.273, and shmflip's word for unknown. */
	if (matrix == 0)
		return GST_VIDEO_COLOR_MATRIX_UNKNOWN;
	/* As the viewer does: GStreamer has one BT.2020. */
	if (matrix == BT2020_CONSTANT_LUMINANCE)
		return GST_VIDEO_COLOR_MATRIX_BT2020;
	return gst_video_color_matrix_from_iso(matrix);
}

static GstVideoColorRange range_of(uint8_t range)
{
	if (range == 0)
		return GST_VIDEO_COLOR_RANGE_UNKNOWN;
	return range == RANGE_LIMITED ? GST_VIDEO_COLOR_RANGE_16_235 : GST_VIDEO_COLOR_RANGE_0_255;
}

static gboolean is_unknown(const GstVideoColorimetry *colorimetry)
{
	return colorimetry->range == GST_VIDEO_COLOR_RANGE_UNKNOWN &&
	       colorimetry->matrix == GST_VIDEO_COLOR_MATRIX_UNKNOWN &&
	       colorimetry->transfer == GST_VIDEO_TRANSFER_UNKNOWN &&
	       colorimetry->primaries == GST_VIDEO_COLOR_PRIMARIES_UNKNOWN;
}

static void complete(GstVideoColorimetry *colorimetry, uint32_t model, uint32_t height)
{
	gboolean yuv = model == SHMFLIP_MODEL_YUV;

	if (model == SHMFLIP_MODEL_RGB)
		colorimetry->matrix = GST_VIDEO_COLOR_MATRIX_RGB;
	else if (yuv && colorimetry->matrix == GST_VIDEO_COLOR_MATRIX_UNKNOWN)
		colorimetry->matrix = height <= ROWS_OF_BT601 ? GST_VIDEO_COLOR_MATRIX_BT601
		                                              : GST_VIDEO_COLOR_MATRIX_BT709;
	if (colorimetry->range == GST_VIDEO_COLOR_RANGE_UNKNOWN)
		colorimetry->range =
			yuv ? GST_VIDEO_COLOR_RANGE_16_235 : GST_VIDEO_COLOR_RANGE_0_255;
}

gboolean gst_shmflip_colour_to_colorimetry(const struct shmflip_colour *colour, uint32_t fourcc,
                                           uint32_t height, GstVideoColorimetry *colorimetry)
{
	const struct shmflip_format_info *info = shmflip_format_info(fourcc);

	colorimetry->primaries = gst_video_color_primaries_from_iso(colour->primaries);
	colorimetry->transfer = gst_video_transfer_function_from_iso(colour->transfer);
	colorimetry->matrix = matrix_of(colour->matrix);
	colorimetry->range = range_of(colour->range);
	if (!info || is_unknown(colorimetry))
		return FALSE;
	complete(colorimetry, info->model, height);
	return TRUE;
}

uint8_t gst_shmflip_siting_from_chroma_site(GstVideoChromaSite site)
{
	for (guint siting = 1; siting < G_N_ELEMENTS(sites); siting++)
		if (sites[siting] == site)
			return (uint8_t)siting;
	return 0;
}

GstVideoChromaSite gst_shmflip_siting_to_chroma_site(uint8_t siting)
{
	return siting < G_N_ELEMENTS(sites) ? sites[siting] : GST_VIDEO_CHROMA_SITE_UNKNOWN;
}
