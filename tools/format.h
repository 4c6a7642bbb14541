/* SPDX-License-Identifier: MIT
 *
 * How frames are written into a stream. Pure: no file, no channel. */
#ifndef TOOLS_FORMAT_H
#define TOOLS_FORMAT_H

#include <stdbool.h>

#include "out_buffer.h"
#include "shmflip.h"

/* Each returns 0 or -ENOMEM. Pixels are those of struct shmflip_frame. */
struct format {
	const char *name;
	bool one_size; /* the stream says once, or never, how large its frames are */
	/* Before the first frame, of which this is what is known; NULL: nothing is. fps_milli may be
	 * 0. */
	int (*begin)(struct out_buffer *output, const struct shmflip_frame_info *info,
	             uint32_t fps_milli);
	int (*frame)(struct out_buffer *output, const struct shmflip_frame_info *info,
	             const uint8_t *pixels);
};

enum { FORMAT_Y4M, FORMAT_RAW, FORMAT_PAM, FORMAT_PNG, FORMATS, FORMAT_DEFAULT = FORMAT_Y4M };

extern const struct format formats[FORMATS];

/* YUV4MPEG2: 4:4:4, BT.601, limited range; what is transparent is blended over black. */
int y4m_begin(struct out_buffer *output, const struct shmflip_frame_info *info, uint32_t fps_milli);
int y4m_frame(struct out_buffer *output, const struct shmflip_frame_info *info,
              const uint8_t *pixels);

#endif
