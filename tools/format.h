/* SPDX-License-Identifier: MIT
 *
 * Formats of a stream of frames. They write into an out_buffer only: no file, no channel. */
#ifndef SHMFLIP_TOOLS_FORMAT_H
#define SHMFLIP_TOOLS_FORMAT_H

#include <stdbool.h>

#include "matrix.h"
#include "out_buffer.h"
#include "shmflip.h"

/* What a stream of video has beside its frames. */
struct video {
	uint32_t fps_milli;          /* frames per 1000 seconds */
	const struct matrix *matrix; /* of YUV */
};

/* Functions return 0 or -ENOMEM. pixels: see struct shmflip_frame. */
struct format {
	const char *name;
	bool is_video; /* frames have one size and, without a time of their own, one rate */
	/* Writes the stream's header. info: of the first frame. NULL: no header. */
	int (*begin)(struct out_buffer *output, const struct shmflip_frame_info *info,
	             const struct video *video);
	int (*frame)(struct out_buffer *output, const struct shmflip_frame_info *info,
	             const uint8_t *pixels, const struct video *video);
};

enum { FORMAT_Y4M, FORMAT_RAW, FORMAT_PAM, FORMAT_PNG, FORMATS, FORMAT_DEFAULT = FORMAT_Y4M };

extern const struct format formats[FORMATS];

/* YUV4MPEG2: 4:4:4, limited range. Transparent pixels are blended over black. */
int y4m_begin(struct out_buffer *output, const struct shmflip_frame_info *info,
              const struct video *video);
int y4m_frame(struct out_buffer *output, const struct shmflip_frame_info *info,
              const uint8_t *pixels, const struct video *video);

#endif
