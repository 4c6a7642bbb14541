/* SPDX-License-Identifier: MIT
 *
 * The pixels of a frame as they lie in memory, and what is needed to understand them. Any content
 * of the pixels is safe. No function reads a byte outside of a plane's rows, or of their padding.
 * Pure; any thread. */
#ifndef SHMFLIP_PIXEL_SOURCE_H
#define SHMFLIP_PIXEL_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "matrix.h"
#include "pixel_format.h"
#include "shmflip.h"

struct pixel_plane {
	const uint8_t *pixels;
	size_t stride_bytes;
	size_t row_bytes; /* without padding */
	uint32_t rows;
};

struct pixel_source {
	const struct pixel_format *format;
	uint32_t width;
	uint32_t height;
	struct pixel_plane plane[3];
	const struct matrix *matrix; /* of YUV: as the frame says, else by its rows */
	bool full_range;             /* of YUV and gray */
	bool premultiplied;          /* colours are multiplied by alpha, which the format has */
	float white;                 /* the largest sample, or what the frame says. Of floats: 1 */
	float value_scale;           /* as in struct shmflip_frame. 0: not known */
	float value_offset;
	struct shmflip_colour colour; /* as the frame has it */
	uint32_t orientation; /* likewise: how to show what lies there. EXIF's 1 to 8, or 0 */
	uint32_t aspect_num;  /* width : height of a pixel. 0: not known: shown as square */
	uint32_t aspect_den;
};

/* Reads only the frame's fourcc, flags, width, height, planes, colour, orientation and value_*, and
 * the pixel aspect of its stream. So a program may fill in a struct shmflip_frame for its own
 * memory, without a stream. The pixels must live as long as the source is used.
 * -ENOTSUP  the format is unknown
 * -EINVAL   a plane is missing, or has strides or rows that are too small */
int pixel_source_init(struct pixel_source *source, const struct shmflip_frame *frame);

/* Copies a plane's row without padding, as ffmpeg's rawvideo has it: planes one after the other.
 * out has room for plane[plane].row_bytes. An undefined fourth channel becomes opaque. */
void pixel_source_copy_row(const struct pixel_source *source, uint32_t plane, uint32_t y,
                           uint8_t *out);

/* Copies one row of the samples of one kind, without what lies between them: Y, U or V (0 to 2), or
 * gray (0). So every YUV format becomes planes. y counts the rows that have such samples. Those of
 * 10 bits become words with the value in the lower bits. out has room for a sample for each column
 * of the picture. Not for RGB and float. */
void pixel_source_copy_samples(const struct pixel_source *source, unsigned sample, uint32_t y,
                               uint8_t *out);

/* What lies at one pixel, as the format has it. */
struct pixel_values {
	unsigned count;    /* 1 to 4 */
	const char *names; /* a letter for each: "RGBA", "RGB", "YUV"; "V": a value or gray */
	double value[4];
	bool is_float;    /* else all are whole numbers */
	bool has_measure; /* the producer says what the value measures */
	double measure;   /* value * value_scale + value_offset */
};

/* x and y are inside of the picture. */
void pixel_source_read(const struct pixel_source *source, uint32_t x, uint32_t y,
                       struct pixel_values *values);

#endif
