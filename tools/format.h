/* SPDX-License-Identifier: MIT
 *
 * Formats of a stream of frames. They write into an out_buffer only: no file, no channel. */
#ifndef SHMFLIP_TOOLS_FORMAT_H
#define SHMFLIP_TOOLS_FORMAT_H

#include <stdbool.h>

#include "matrix.h"
#include "out_buffer.h"
#include "pixel_source.h"
#include "shmflip.h"

/* What all frames of a video have in common. */
struct video {
	uint32_t width; /* 0: there was no frame yet */
	uint32_t height;
	uint32_t aspect_num; /* width : height of a pixel; 0: not known: shown as square */
	uint32_t aspect_den;
	uint32_t rate_num; /* frames per second; 0: not known */
	uint32_t rate_den;
	const struct matrix *matrix; /* of the YUV that RGB becomes */
	struct png_encoder *encoder; /* of PNG */
	char pixels[64];             /* what the stream calls its pixels: see describe */
};

/* Functions return 0 or -ENOMEM. */
struct format {
	const char *name;
	bool is_video; /* frames have one size and, without a time of their own, one rate */
	/* Of video: fills in pixels and matrix. Frames with the same pixels fit the same stream.
	 * matrix: what the user wants, or NULL. Returns 0, or -ENOTSUP: the format cannot hold
	 * such frames. */
	int (*describe)(struct video *video, const struct shmflip_frame *frame,
	                const struct matrix *matrix);
	/* Writes the stream's header. NULL: it has none. */
	int (*begin)(struct out_buffer *output, const struct video *video);
	int (*frame)(struct out_buffer *output, const struct pixel_source *source,
	             const struct video *video);
};

enum { FORMAT_Y4M, FORMAT_RAW, FORMAT_PAM, FORMAT_PNG, FORMATS, FORMAT_DEFAULT = FORMAT_Y4M };

extern const struct format formats[FORMATS];

/* YUV4MPEG2. YUV and gray as they are, but with a plane for each kind of sample. RGB becomes 4:4:4
 * of limited range, over black. pixels: the parameters C, XCOLORRANGE and XCICP. */
int y4m_describe(struct video *video, const struct shmflip_frame *frame,
                 const struct matrix *matrix);
int y4m_begin(struct out_buffer *output, const struct video *video);
int y4m_frame(struct out_buffer *output, const struct pixel_source *source,
              const struct video *video);

/* PAM: the samples of a PNG (png_samples.h), but gray has full range. */
int pam_frame(struct out_buffer *output, const struct pixel_source *source,
              const struct video *video);

#endif
