/* SPDX-License-Identifier: MIT
 *
 * Formats of a stream of frames. They write into an out_buffer only: no file, no channel. */
#ifndef SHMFLIP_TOOLS_FORMAT_H
#define SHMFLIP_TOOLS_FORMAT_H

#include <stdbool.h>

#include "matrix.h"
#include "out_buffer.h"
#include "shmflip.h"

/* What all frames of a video have in common. */
struct video {
	uint32_t width; /* 0: there was no frame yet */
	uint32_t height;
	uint32_t aspect_num; /* width : height of a pixel; 0: square */
	uint32_t aspect_den;
	uint32_t rate_num; /* frames per second; 0: not known */
	uint32_t rate_den;
	const struct matrix *matrix; /* of YUV */
};

/* Functions return 0 or -ENOMEM. Frames are XRGB8888 or ARGB8888. */
struct format {
	const char *name;
	bool is_video; /* frames have one size and, without a time of their own, one rate */
	/* Writes the stream's header. NULL: it has none. */
	int (*begin)(struct out_buffer *output, const struct video *video);
	int (*frame)(struct out_buffer *output, const struct shmflip_frame *frame,
	             const struct video *video);
};

enum { FORMAT_Y4M, FORMAT_RAW, FORMAT_PAM, FORMAT_PNG, FORMATS, FORMAT_DEFAULT = FORMAT_Y4M };

extern const struct format formats[FORMATS];

/* YUV4MPEG2: 4:4:4, limited range. Transparent pixels are blended over black. */
int y4m_begin(struct out_buffer *output, const struct video *video);
int y4m_frame(struct out_buffer *output, const struct shmflip_frame *frame,
              const struct video *video);

#endif
