/* SPDX-License-Identifier: MIT */
#include "pixel_contender.h"

#include <string.h>

#ifdef HAVE_LIBYUV
#include <libyuv.h>
#endif
#ifdef HAVE_SWSCALE
#include <libavutil/pixfmt.h>
#include <libswscale/swscale.h>
#endif

static void finish_nothing(struct pixel_run *run)
{
	(void)run;
}

/* ---- Ours ----------------------------------------------------------------------------------- */

/* Returns false if this machine has no such variant. */
static bool prepare_ours(const struct pixel_contender *contender, struct pixel_run *run)
{
	pixel_converter_init(&run->converter, &run->picture->source, NULL);
	for (unsigned i = 0; pixel_variant_name(i); i++) {
		if (strcmp(pixel_variant_name(i), contender->name) == 0) {
			pixel_converter_use(&run->converter, i);
			return true;
		}
	}
	return false;
}

static void convert_ours(struct pixel_run *run)
{
	const struct pixel_source *source = &run->converter.source;

	pixel_convert(&run->converter, 0, 0, source->width, source->height, run->out,
	              run->stride_bytes);
}

/* ---- libyuv --------------------------------------------------------------------------------- */

#ifdef HAVE_LIBYUV
#define PLANE(i) plane[i].pixels, (int)plane[i].stride_bytes
#define WORDS(i) (const uint16_t *)(const void *)plane[i].pixels, (int)plane[i].stride_bytes / 2
#define OUT run->out, (int)run->stride_bytes
#define SIZE (int)source->width, (int)source->height

/* Returns false for a format that it does not know. */
static bool convert_by_libyuv(const struct pixel_run *run)
{
	const struct YuvConstants *bt709 = &kYuvH709Constants;
	const struct pixel_source *source = &run->picture->source;
	const struct pixel_plane *plane = source->plane;

	switch (source->format->fourcc) {
	case SHMFLIP_ABGR8888:
		return ABGRToARGB(PLANE(0), OUT, SIZE) == 0;
	case SHMFLIP_RGB888:
		return RGB24ToARGB(PLANE(0), OUT, SIZE) == 0;
	case SHMFLIP_BGR888:
		return RAWToARGB(PLANE(0), OUT, SIZE) == 0;
	case SHMFLIP_R8:
		return J400ToARGB(PLANE(0), OUT, SIZE) == 0;
	case SHMFLIP_ABGR16161616:
		return AB64ToARGB(WORDS(0), OUT, SIZE) == 0;
	case SHMFLIP_YUYV:
		return YUY2ToARGB(PLANE(0), OUT, SIZE) == 0;
	case SHMFLIP_UYVY:
		return UYVYToARGB(PLANE(0), OUT, SIZE) == 0;
	case SHMFLIP_NV12:
		return NV12ToARGBMatrix(PLANE(0), PLANE(1), OUT, bt709, SIZE) == 0;
	case SHMFLIP_NV21:
		return NV21ToARGBMatrix(PLANE(0), PLANE(1), OUT, bt709, SIZE) == 0;
	case SHMFLIP_YUV420:
		return I420ToARGBMatrix(PLANE(0), PLANE(1), PLANE(2), OUT, bt709, SIZE) == 0;
	case SHMFLIP_YUV422:
		return I422ToARGBMatrix(PLANE(0), PLANE(1), PLANE(2), OUT, bt709, SIZE) == 0;
	case SHMFLIP_YUV444:
		return I444ToARGBMatrix(PLANE(0), PLANE(1), PLANE(2), OUT, bt709, SIZE) == 0;
	case SHMFLIP_P010:
		return P010ToARGBMatrix(WORDS(0), WORDS(1), OUT, bt709, SIZE) == 0;
	case SHMFLIP_S010:
		return I010ToARGBMatrix(WORDS(0), WORDS(1), WORDS(2), OUT, bt709, SIZE) == 0;
	case SHMFLIP_S210:
		return I210ToARGBMatrix(WORDS(0), WORDS(1), WORDS(2), OUT, bt709, SIZE) == 0;
	case SHMFLIP_S410:
		return I410ToARGBMatrix(WORDS(0), WORDS(1), WORDS(2), OUT, bt709, SIZE) == 0;
	default:
		return false;
	}
}

static bool prepare_libyuv(const struct pixel_contender *contender, struct pixel_run *run)
{
	(void)contender;
	return convert_by_libyuv(run);
}

static void convert_libyuv(struct pixel_run *run)
{
	(void)convert_by_libyuv(run);
}
#endif

/* ---- swscale -------------------------------------------------------------------------------- */

#ifdef HAVE_SWSCALE
static enum AVPixelFormat swscale_format(uint32_t fourcc)
{
	static const struct {
		uint32_t fourcc;
		enum AVPixelFormat format;
	} formats[] = {
		{ SHMFLIP_XBGR8888, AV_PIX_FMT_RGB0 },
		{ SHMFLIP_ABGR8888, AV_PIX_FMT_RGBA },
		{ SHMFLIP_RGB888, AV_PIX_FMT_BGR24 },
		{ SHMFLIP_BGR888, AV_PIX_FMT_RGB24 },
		{ SHMFLIP_R8, AV_PIX_FMT_GRAY8 },
		{ SHMFLIP_R16, AV_PIX_FMT_GRAY16LE },
		{ SHMFLIP_R32F, AV_PIX_FMT_GRAYF32LE },
		{ SHMFLIP_YUYV, AV_PIX_FMT_YUYV422 },
		{ SHMFLIP_UYVY, AV_PIX_FMT_UYVY422 },
		{ SHMFLIP_NV12, AV_PIX_FMT_NV12 },
		{ SHMFLIP_NV21, AV_PIX_FMT_NV21 },
		{ SHMFLIP_NV16, AV_PIX_FMT_NV16 },
		{ SHMFLIP_YUV420, AV_PIX_FMT_YUV420P },
		{ SHMFLIP_YUV422, AV_PIX_FMT_YUV422P },
		{ SHMFLIP_YUV444, AV_PIX_FMT_YUV444P },
		{ SHMFLIP_P010, AV_PIX_FMT_P010LE },
		{ SHMFLIP_S010, AV_PIX_FMT_YUV420P10LE },
		{ SHMFLIP_S210, AV_PIX_FMT_YUV422P10LE },
		{ SHMFLIP_S410, AV_PIX_FMT_YUV444P10LE },
		{ SHMFLIP_ABGR16161616, AV_PIX_FMT_RGBA64LE },
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (formats[i].fourcc == fourcc)
			return formats[i].format;
	}
	return AV_PIX_FMT_NONE;
}

static bool prepare_swscale(const struct pixel_contender *contender, struct pixel_run *run)
{
	const struct pixel_source *source = &run->picture->source;
	enum AVPixelFormat format = swscale_format(source->format->fourcc);
	int width = (int)source->width, height = (int)source->height;
	const int *matrix =
		sws_getCoefficients(source->matrix->code == 1 ? SWS_CS_ITU709 : SWS_CS_ITU601);

	run->scaler =
		format == AV_PIX_FMT_NONE
			? NULL
			: sws_getContext(width, height, format, width, height, AV_PIX_FMT_BGRA,
	                                 contender->number, NULL, NULL, NULL);
	if (!run->scaler)
		return false;
	sws_setColorspaceDetails(run->scaler, matrix, source->full_range, matrix, 1, 0, 1 << 16,
	                         1 << 16);
	return true;
}

static void convert_swscale(struct pixel_run *run)
{
	const struct pixel_source *source = &run->picture->source;
	const uint8_t *planes[4] = { NULL };
	int strides[4] = { 0 };

	for (unsigned i = 0; i < source->format->planes; i++) {
		planes[i] = source->plane[i].pixels;
		strides[i] = (int)source->plane[i].stride_bytes;
	}
	sws_scale(run->scaler, planes, strides, 0, (int)source->height, (uint8_t *[]){ run->out },
	          (int[]){ (int)run->stride_bytes });
}

static void finish_swscale(struct pixel_run *run)
{
	sws_freeContext(run->scaler);
}
#endif

const struct pixel_contender *pixel_contender_get(unsigned index)
{
	static const struct pixel_contender contenders[] = {
		{ "AVX2", prepare_ours, convert_ours, finish_nothing, 0 },
		{ "SSE2", prepare_ours, convert_ours, finish_nothing, 0 },
		{ "NEON", prepare_ours, convert_ours, finish_nothing, 0 },
		{ "plain C", prepare_ours, convert_ours, finish_nothing, 0 },
#ifdef HAVE_LIBYUV
		{ "libyuv", prepare_libyuv, convert_libyuv, finish_nothing, 0 },
#endif
#ifdef HAVE_SWSCALE
		{ "swscale", prepare_swscale, convert_swscale, finish_swscale, SWS_POINT },
		{ "accurate", prepare_swscale, convert_swscale, finish_swscale,
		  SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP },
#endif
	};

	return index < sizeof(contenders) / sizeof(contenders[0]) ? &contenders[index] : NULL;
}
