/* SPDX-License-Identifier: MIT */
#include "shapes.h"

#include <stddef.h>

/* Samples are little-endian. memoryview reads native codes only. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define WORD "H"
#define FLOAT "f"
#else
#define WORD "<H"
#define FLOAT "<f"
#endif

/* Samples per pixel, in plane 0 and in the others. 1: the array has two dimensions. */
static const struct format_shape {
	uint32_t fourcc;
	const char *code;
	Py_ssize_t sample_bytes;
	Py_ssize_t first;
	Py_ssize_t others;
} table[] = {
	{ SHMFLIP_XRGB8888, "B", 1, 4, 0 },
	{ SHMFLIP_ARGB8888, "B", 1, 4, 0 },
	{ SHMFLIP_XBGR8888, "B", 1, 4, 0 },
	{ SHMFLIP_ABGR8888, "B", 1, 4, 0 },
	{ SHMFLIP_RGB888, "B", 1, 3, 0 },
	{ SHMFLIP_BGR888, "B", 1, 3, 0 },
	{ SHMFLIP_R8, "B", 1, 1, 0 },
	{ SHMFLIP_R16, WORD, 2, 1, 0 },
	{ SHMFLIP_R32F, FLOAT, 4, 1, 0 },
	{ SHMFLIP_XBGR16161616, WORD, 2, 4, 0 },
	{ SHMFLIP_ABGR16161616, WORD, 2, 4, 0 },
	{ SHMFLIP_YUYV, "B", 1, 2, 0 },
	{ SHMFLIP_UYVY, "B", 1, 2, 0 },
	{ SHMFLIP_NV12, "B", 1, 1, 2 },
	{ SHMFLIP_NV21, "B", 1, 1, 2 },
	{ SHMFLIP_NV16, "B", 1, 1, 2 },
	{ SHMFLIP_YUV420, "B", 1, 1, 1 },
	{ SHMFLIP_YUV422, "B", 1, 1, 1 },
	{ SHMFLIP_YUV444, "B", 1, 1, 1 },
	{ SHMFLIP_P010, WORD, 2, 1, 2 },
	{ SHMFLIP_S010, WORD, 2, 1, 1 },
	{ SHMFLIP_S210, WORD, 2, 1, 1 },
	{ SHMFLIP_S410, WORD, 2, 1, 1 },
};

static const struct format_shape *find(uint32_t fourcc)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].fourcc == fourcc)
			return &table[i];
	return NULL;
}

static Py_ssize_t half(Py_ssize_t size, uint32_t halved)
{
	return halved ? (size + 1) / 2 : size;
}

static void set_size(const struct shmflip_frame *frame, uint32_t plane, struct shape *shape)
{
	const struct shmflip_format_info *info = shmflip_format_info(frame->fourcc);
	int packed = info->planes == 1 && info->chroma_halved_x;

	shape->sizes[0] = half(frame->height, plane > 0 && info->chroma_halved_y);
	shape->sizes[1] = half(frame->width, plane > 0 && info->chroma_halved_x);
	if (packed)
		shape->sizes[1] += shape->sizes[1] % 2; /* two pixels share their chroma */
}

static void set_strides(const struct shmflip_frame *frame, uint32_t plane, struct shape *shape)
{
	shape->strides[0] = frame->plane[plane].stride_bytes;
	shape->strides[1] = shape->sizes[2] * shape->sample_bytes;
	shape->strides[2] = shape->sample_bytes;
	shape->dimensions = shape->sizes[2] > 1 ? 3 : 2;
	shape->bytes = shape->sizes[0] * shape_row_bytes(shape);
}

void shape_of(const struct shmflip_frame *frame, uint32_t plane, struct shape *shape)
{
	const struct format_shape *format = find(frame->fourcc);

	if (format) {
		shape->code = format->code;
		shape->sample_bytes = format->sample_bytes;
		set_size(frame, plane, shape);
		shape->sizes[2] = plane == 0 ? format->first : format->others;
	} else {
		shape->code = "B";
		shape->sample_bytes = 1;
		shape->sizes[0] = frame->plane[plane].rows;
		shape->sizes[1] = frame->plane[plane].stride_bytes;
		shape->sizes[2] = 1;
	}
	set_strides(frame, plane, shape);
}

Py_ssize_t shape_row_bytes(const struct shape *shape)
{
	return shape->sizes[1] * shape->sizes[2] * shape->sample_bytes;
}

int shape_is_contiguous(const struct shape *shape)
{
	return shape->sizes[0] <= 1 || shape->strides[0] == shape_row_bytes(shape);
}
