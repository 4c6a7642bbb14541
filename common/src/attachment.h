/* SPDX-License-Identifier: MIT
 *
 * A viewer's side of one generation of a channel: the segment mapped read-only, the ring, and the
 * channel file, open for the pins. The viewer and each frame that it holds keep an attachment
 * alive. So frames outlive the viewer's move to another generation. */
#ifndef SHMFLIP_ATTACHMENT_H
#define SHMFLIP_ATTACHMENT_H

#include "directory.h"
#include "frame.h"
#include "pins.h"
#include "slots.h"

struct attachment {
	const struct layout_header *shared;
	struct layout_fixed fixed; /* a checked copy */
	struct frame_pool pool;
	int ring_id;
	pid_t producer_pid; /* 0: not seen from this pid namespace */
	int fd;
	struct pins pins;
	struct slot_reader reader;
	uint64_t taken;         /* frames that the viewer took; only its own thread counts them */
	_Atomic uint64_t users; /* VIEWER_USE - frames released. The viewer's end takes what
	                         * is left but for its frames that are out. 0: nobody uses it */
};

/* How the pixels are mapped. */
enum attachment_pixels {
	ATTACHMENT_LAZY,      /* the first read of a page maps it */
	ATTACHMENT_PREFAULT,  /* all pages at once */
	ATTACHMENT_UNTOUCHED, /* no page can be read */
};

struct attachment_options {
	uint64_t after; /* the number of a generation that is passed over; 0: none is */
	enum attachment_pixels pixels;
	bool any_format; /* false: only the formats that every viewer knows */
	bool ended;      /* also a generation whose stream has ended */
};

/* Returns 0 if there is a live generation other than after, or one that attachment_open would
 * report as invalid. A hint only.
 * -ENOENT  there is none, or it is dead */
int attachment_probe(const struct channel_paths *paths, uint64_t after);

/* Attaches to the live generation of this channel. *out must not be copied. On failure nothing is
 * left open.
 * -ENOENT  there is none
 * -EPIPE   there is one, but its producer is dead, or its stream failed
 * -ENOTSUP there is one, but its producer's locks or memory are not seen from here
 * -EPROTONOSUPPORT  its format was not asked for, or it has another version of the layout
 * -EPROTO, -EPERM, -EACCES, -ENOMEM, -EMFILE */
int attachment_open(struct attachment **out, const struct channel_paths *paths,
                    const struct attachment_options *options);

/* Whether an error of attachment_open only means that there is no producer. */
bool attachment_found_no_producer(int error);

/* Claims frames if the viewer wants every one, and only then counts as a viewer. *last is the last
 * frame that the viewer knows, or SLOTS_NEWEST; it becomes the frame before the first to take.
 * -EAGAIN  the producer has moved on; or it has ended its stream, and claims come too late */
int attachment_join(struct attachment *attachment, bool every, uint64_t *last);

/* Ends the use by its viewer. It is gone when the last frame is released, too. */
void attachment_close(struct attachment *attachment);

/* Detaches the memory and closes the file, for a caller that uses only what was copied: the stream
 * and descriptions. */
void attachment_detach(struct attachment *attachment);

/* Why the generation has ended, or LAYOUT_RUNNING. Read it before the newest frame. */
enum layout_state attachment_state(const struct attachment *attachment);

/* How the stream ended that the producer continued in another generation: a layout_end(), or 0 if
 * the producer has not said so. */
uint64_t attachment_end(const struct attachment *attachment);

/* Sets what is known of the channel. */
void attachment_channel(const struct attachment *attachment, struct shmflip_channel *channel);

/* How many frames the producer has dropped so far. */
uint64_t attachment_dropped(const struct attachment *attachment);

/* -EPROTONOSUPPORT  the format is not one that every viewer knows */
int attachment_check_format(uint32_t fourcc, const char *channel);

/* Hands out the frame, which the caller holds in this slot: reads its description. The attachment
 * lives until its release, which any thread may call.
 * -EBADMSG  as frame_read() */
int attachment_take(struct attachment *attachment, uint64_t sequence, uint32_t slot,
                    struct frame **out);

#endif
