/* SPDX-License-Identifier: MIT
 *
 * Values of the fourcc codes, and byte orders: Linux' drm_fourcc.h. The other programs' names are
 * those of FFmpeg's pixdesc.c, GStreamer's video-format.h and Linux' videodev2.h, of formats with
 * the same bytes. */
#include "format.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "error.h"

#define RGB SHMFLIP_MODEL_RGB
#define YUV SHMFLIP_MODEL_YUV
#define GRAY SHMFLIP_MODEL_GRAY
#define ALPHA SHMFLIP_FORMAT_ALPHA
#define FLOAT SHMFLIP_FORMAT_FLOAT

/* clang-format off */
static const struct format formats[] = {
	{ { SHMFLIP_XRGB8888, 1, RGB, 0, 8, 0, 0, "XR24", "bgr0", "BGRx", "XR24" }, 4, 0 },
	{ { SHMFLIP_ARGB8888, 1, RGB, ALPHA, 8, 0, 0, "AR24", "bgra", "BGRA", "AR24" }, 4, 0 },
	{ { SHMFLIP_XBGR8888, 1, RGB, 0, 8, 0, 0, "XB24", "rgb0", "RGBx", "XB24" }, 4, 0 },
	{ { SHMFLIP_ABGR8888, 1, RGB, ALPHA, 8, 0, 0, "AB24", "rgba", "RGBA", "AB24" }, 4, 0 },
	{ { SHMFLIP_RGB888, 1, RGB, 0, 8, 0, 0, "RG24", "bgr24", "BGR", "BGR3" }, 3, 0 },
	{ { SHMFLIP_BGR888, 1, RGB, 0, 8, 0, 0, "BG24", "rgb24", "RGB", "RGB3" }, 3, 0 },
	{ { SHMFLIP_R8, 1, GRAY, 0, 8, 0, 0, "R8", "gray", "GRAY8", "GREY" }, 1, 0 },
	{ { SHMFLIP_R16, 1, GRAY, 0, 16, 0, 0, "R16", "gray16le", "GRAY16_LE", "Y16" }, 2, 0 },
	{ { SHMFLIP_R32F, 1, GRAY, FLOAT, 32, 0, 0, "R  F", "grayf32le", NULL, NULL }, 4, 0 },
	{ { SHMFLIP_XBGR16161616, 1, RGB, 0, 16, 0, 0, "XB48", NULL, NULL, NULL }, 8, 0 },
	{ { SHMFLIP_ABGR16161616, 1, RGB, ALPHA, 16, 0, 0, "AB48", "rgba64le", "RGBA64_LE", NULL },
	  8, 0 },
	{ { SHMFLIP_YUYV, 1, YUV, 0, 8, 1, 0, "YUYV", "yuyv422", "YUY2", "YUYV" }, 4, 0 },
	{ { SHMFLIP_UYVY, 1, YUV, 0, 8, 1, 0, "UYVY", "uyvy422", "UYVY", "UYVY" }, 4, 0 },
	{ { SHMFLIP_NV12, 2, YUV, 0, 8, 1, 1, "NV12", "nv12", "NV12", "NV12" }, 1, 2 },
	{ { SHMFLIP_NV21, 2, YUV, 0, 8, 1, 1, "NV21", "nv21", "NV21", "NV21" }, 1, 2 },
	{ { SHMFLIP_NV16, 2, YUV, 0, 8, 1, 0, "NV16", "nv16", "NV16", "NV16" }, 1, 2 },
	{ { SHMFLIP_YUV420, 3, YUV, 0, 8, 1, 1, "YU12", "yuv420p", "I420", "YU12" }, 1, 1 },
	{ { SHMFLIP_YUV422, 3, YUV, 0, 8, 1, 0, "YU16", "yuv422p", "Y42B", "422P" }, 1, 1 },
	{ { SHMFLIP_YUV444, 3, YUV, 0, 8, 0, 0, "YU24", "yuv444p", "Y444", NULL }, 1, 1 },
	{ { SHMFLIP_P010, 2, YUV, 0, 10, 1, 1, "P010", "p010le", "P010_10LE", "P010" }, 2, 4 },
	{ { SHMFLIP_S010, 3, YUV, 0, 10, 1, 1, "S010", "yuv420p10le", "I420_10LE", NULL }, 2, 2 },
	{ { SHMFLIP_S210, 3, YUV, 0, 10, 1, 0, "S210", "yuv422p10le", "I422_10LE", NULL }, 2, 2 },
	{ { SHMFLIP_S410, 3, YUV, 0, 10, 0, 0, "S410", "yuv444p10le", "Y444_10LE", NULL }, 2, 2 },
};
/* clang-format on */

/* V4L2's names of the same planes in buffers of their own, and of depth. */
static const struct {
	const char *name;
	uint32_t fourcc;
} others[] = {
	{ "Z16", SHMFLIP_R16 },     { "NM12", SHMFLIP_NV12 },   { "NM21", SHMFLIP_NV21 },
	{ "NM16", SHMFLIP_NV16 },   { "YM12", SHMFLIP_YUV420 }, { "YM16", SHMFLIP_YUV422 },
	{ "YM24", SHMFLIP_YUV444 },
};

/* Names that do not say all that a frame says. */
static const struct {
	const char *name;
	const char *instead;
} open_names[] = {
	{ "BGR4", "AR24 if there is alpha, else XR24" },
	{ "Y10", "R16, with white 1023" },
	{ "Y12", "R16, with white 4095" },
	{ "gray10le", "R16, with white 1023" },
	{ "gray12le", "R16, with white 4095" },
	{ "yuvj420p", "yuv420p, with full range" },
	{ "yuvj422p", "yuv422p, with full range" },
	{ "yuvj444p", "yuv444p, with full range" },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

const struct format *format_find(uint32_t fourcc)
{
	for (size_t i = 0; i < COUNT(formats); i++)
		if (formats[i].info.fourcc == fourcc)
			return &formats[i];
	return NULL;
}

const struct shmflip_format_info *shmflip_format_info(uint32_t fourcc)
{
	const struct format *format = format_find(fourcc);

	return format ? &format->info : NULL;
}

/* Spaces at the end do not count: "R8  " is the fourcc "R8". */
static bool is_name(const char *known, const char *name)
{
	size_t length = known ? strlen(known) : 0;

	return length && strncasecmp(known, name, length) == 0 &&
	       name[length + strspn(name + length, " ")] == '\0';
}

static bool has_name(const struct shmflip_format_info *info, const char *name)
{
	return is_name(info->name, name) || is_name(info->ffmpeg, name) ||
	       is_name(info->gstreamer, name) || is_name(info->v4l2, name);
}

static int fail_unknown(const char *name)
{
	for (size_t i = 0; i < COUNT(open_names); i++)
		if (is_name(open_names[i].name, name))
			return fail(-EINVAL, "the pixel format %s is not exact: use %s",
			            open_names[i].name, open_names[i].instead);
	return fail(-EINVAL,
	            "there is no pixel format %.32s: use a name of DRM, FFmpeg, GStreamer "
	            "or V4L2, such as XR24 or nv12",
	            name);
}

int shmflip_format_find(const char *name, uint32_t *fourcc)
{
	for (size_t i = 0; i < COUNT(formats); i++)
		if (has_name(&formats[i].info, name)) {
			*fourcc = formats[i].info.fourcc;
			return 0;
		}
	for (size_t i = 0; i < COUNT(others); i++)
		if (is_name(others[i].name, name)) {
			*fourcc = others[i].fourcc;
			return 0;
		}
	return fail_unknown(name);
}
