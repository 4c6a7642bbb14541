/* SPDX-License-Identifier: MIT
 *
 * Frames of a channel as a stream on stdout. Video keeps the time of the channel: at a constant
 * rate, frames are repeated and passed over by their times of publication. All other streams have
 * each frame once, as it comes: pictures, and with --every or a lossless producer also video.
 *
 * A frame is converted while it is held, and written after its release: a slow reader must not make
 * the producer drop frames. */
#ifndef SHMFLIP_TOOLS_FRAME_WRITER_H
#define SHMFLIP_TOOLS_FRAME_WRITER_H

#include "format.h"
#include "options.h"
#include "timeline.h"

#define FRAME_WRITER_WRITES 4

struct frame_writer {
	const struct options *options;
	bool begun; /* the stream's header has been written */
	bool in_time;
	bool stall_was_reported;
	struct video video;
	struct png_encoder *encoder;           /* NULL: the format is another */
	int64_t published_ns;                  /* when the converted frame was published */
	int64_t taken_ns;                      /* when it was taken */
	uint64_t frames;                       /* written so far */
	int64_t write_ns[FRAME_WRITER_WRITES]; /* how long the last writes took */
	int64_t left_out_ns;                   /* the time that the reader stalled */
	struct timeline timeline;              /* in_time only */
	struct out_buffer last;                /* the frame that is repeated */
	struct out_buffer next;
};

/* Returns 0, or a negative errno after a message. */
int frame_writer_init(struct frame_writer *writer, const struct options *options);
void frame_writer_finish(struct frame_writer *writer);

/* All three return 0, or a negative errno after a message:
 *   -EINTR     the program was interrupted; no message
 *   -EPIPE     the reader closed the pipe; no message
 *   -EMSGSIZE  size, format or colour of frames changed within a stream that has one of each
 *   -ENOTSUP   the pixel format is unknown, or the stream's format cannot hold it
 *   -ENOMEM
 *   or the error of write(2) */

/* Converts a frame that was just taken. policy: its producer's. */
int frame_writer_convert(struct frame_writer *writer, const struct shmflip_frame *frame,
                         uint32_t policy);

/* Writes the converted frame, after what is missing before it. Blocks while the reader does not
 * read, and before the first frame for 0.65 s if the rate has to be measured. */
int frame_writer_write(struct frame_writer *writer);

/* Writes what is missing if no frame was published until now: at least a frame if any is, however
 * slow the reader was, which shows whether it still is. */
int frame_writer_idle(struct frame_writer *writer, int64_t now_ns);

/* Whether all frames that the user wants are written. */
bool frame_writer_is_done(const struct frame_writer *writer);

#endif
