/* SPDX-License-Identifier: MIT
 *
 * YUV4MPEG2, as mjpegtools defines it (yuv4mpeg(5)), with ffmpeg's names for more than 8 bits. Its
 * header has no place for a matrix. So XCICP says all of the colour, with the numbers of PNG's
 * cICP: primaries, transfer, matrix, and 0 for limited or 1 for full range. */
#include <errno.h>
#include <stdio.h>

#include "format.h"
#include "h273.h"
#include "y4m_rgb.h"

/* ---- The header ----------------------------------------------------------------------------- */

/* Of 8 bits, it also says where chroma lies: left, if nobody knows. NULL: there is none. */
static const char *tag_of(const struct shmflip_format_info *info, uint8_t siting)
{
	static const char *const yuv[] = { "444", "422", "420mpeg2" };
	static const char *const yuv_10[] = { "444p10", "422p10", "420p10" };
	uint32_t halves = info->chroma_halved_x + info->chroma_halved_y;

	if (info->flags & SHMFLIP_FORMAT_FLOAT)
		return NULL;
	if (info->model == SHMFLIP_MODEL_GRAY)
		return info->bits == 8 ? "mono" : "mono16";
	if (info->model == SHMFLIP_MODEL_RGB)
		return info->bits == 8 ? "444" : "444p16";
	if (info->bits == 10)
		return yuv_10[halves];
	if (halves == 2 && siting == 2)
		return "420jpeg";
	return halves == 2 && siting == 3 ? "420paldv" : yuv[halves];
}

static uint8_t known(uint8_t code)
{
	return code ? code : CODE_UNSPECIFIED;
}

/* What is not known gets the values that all programs of ours assume. */
static struct shmflip_colour colour_of(const struct shmflip_frame *frame, uint32_t model,
                                       const struct matrix *matrix)
{
	struct shmflip_colour colour = frame->colour;
	bool full = model == SHMFLIP_MODEL_GRAY ? colour.range != RANGE_LIMITED
	                                        : colour.range == RANGE_FULL;

	if (matrix)
		colour.matrix = matrix->code;
	else if (model == SHMFLIP_MODEL_GRAY)
		colour.matrix = CODE_UNSPECIFIED;
	else if (model == SHMFLIP_MODEL_RGB || known(colour.matrix) == CODE_UNSPECIFIED)
		colour.matrix = matrix_of_rows(frame->height)->code;
	colour.range = full && model != SHMFLIP_MODEL_RGB ? RANGE_FULL : RANGE_LIMITED;
	return colour;
}

int y4m_describe(struct video *video, const struct shmflip_frame *frame,
                 const struct matrix *matrix)
{
	const struct shmflip_format_info *info = shmflip_format_info(frame->fourcc);
	const char *tag = tag_of(info, frame->colour.siting);
	struct shmflip_colour colour = colour_of(frame, info->model, matrix);
	bool full = colour.range == RANGE_FULL;

	if (!tag)
		return -ENOTSUP;
	video->matrix = matrix_of_code(colour.matrix);
	snprintf(video->pixels, sizeof(video->pixels), "C%s XCOLORRANGE=%s XCICP=%u-%u-%u-%u", tag,
	         full ? "FULL" : "LIMITED", known(colour.primaries), known(colour.transfer),
	         colour.matrix, full);
	return 0;
}

int y4m_begin(struct out_buffer *output, const struct video *video)
{
	return out_buffer_printf(output, "YUV4MPEG2 W%u H%u F%u:%u Ip A%u:%u %s\n", video->width,
	                         video->height, video->rate_num, video->rate_den, video->aspect_num,
	                         video->aspect_den, video->pixels);
}

/* ---- Frames --------------------------------------------------------------------------------- */

static bool is_rgb(const struct pixel_format *format)
{
	return format->kind == PIXEL_RGB || format->kind == PIXEL_RGBA16;
}

static unsigned planes_of(const struct pixel_format *format)
{
	return is_rgb(format) || format->kind == PIXEL_YUV ? 3 : 1;
}

/* Chroma has rounded-up halves. */
static size_t row_bytes(const struct pixel_source *source, unsigned plane)
{
	unsigned shift = plane ? source->format->chroma_shift_x : 0;

	return (((size_t)source->width + shift) >> shift) * (source->format->bits > 8 ? 2 : 1);
}

static uint32_t rows(const struct pixel_source *source, unsigned plane)
{
	unsigned shift = plane ? source->format->chroma_shift_y : 0;

	return (source->height >> shift) + (source->height & shift);
}

static void copy_planes(const struct pixel_source *source, uint8_t *out)
{
	for (unsigned plane = 0; plane < planes_of(source->format); plane++) {
		for (uint32_t y = 0; y < rows(source, plane); y++) {
			pixel_source_copy_samples(source, plane, y, out);
			out += row_bytes(source, plane);
		}
	}
}

int y4m_frame(struct out_buffer *output, const struct pixel_source *source,
              const struct video *video)
{
	size_t bytes = 0;
	uint8_t *room;

	for (unsigned plane = 0; plane < planes_of(source->format); plane++)
		bytes += row_bytes(source, plane) * rows(source, plane);
	if (out_buffer_printf(output, "FRAME\n"))
		return -ENOMEM;
	room = out_buffer_reserve(output, bytes);
	if (!room)
		return -ENOMEM;
	if (is_rgb(source->format))
		y4m_rgb(source, video->matrix, room);
	else
		copy_planes(source, room);
	return 0;
}
