/* SPDX-License-Identifier: MIT
 *
 * A viewer's side of one generation of a channel: its segment mapped read-only, its ring, and its
 * channel file open for the pins. Kept alive by its viewer and by each frame that the viewer holds,
 * so that frames outlive the move to another generation. */
#ifndef SHMFLIP_ATTACHMENT_H
#define SHMFLIP_ATTACHMENT_H

#include "directory.h"
#include "layout.h"
#include "pins.h"
#include "slots.h"

struct attachment {
	const struct layout_header *shared;
	struct layout_fixed fixed; /* copied out and checked */
	int segment_id;
	int ring_id;
	int fd;
	struct pins pins;
	struct slot_reader reader;
	_Atomic unsigned users;
};

/* How the pixels are mapped. */
enum attachment_pixels {
	ATTACHMENT_LAZY,      /* a page comes in when it is first read */
	ATTACHMENT_PREFAULT,  /* all pages at once */
	ATTACHMENT_UNTOUCHED, /* not to be read */
};

/* Whether there is a live generation, another than the one given, or something in its place that
 * attachment_open would complain of: 0. -ENOENT: neither, or a dead one. A hint
 * only. */
int attachment_probe(const struct channel_paths *paths, uint64_t after);

/* Attaches to the live generation of this channel, if it is another than the one given. On failure
 * nothing is left. The caller is its one user; it may not move.
 * -ENOENT: there is none. -EPIPE: it is there, but dead. -EPROTO, -EPROTONOSUPPORT, -EPERM, -EACCES, -ENOMEM, -EMFILE. */
int attachment_open(struct attachment **out, const struct channel_paths *paths, uint64_t after,
                    enum attachment_pixels pixels);

/* Whether an error of attachment_open says that there is no producer, and nothing else is wrong. */
bool attachment_no_producer(int error);

/* Lays claim to frames if every one is wanted, and only then counts as a viewer. *last is the frame to go
 * on from, or SLOTS_NEWEST, and becomes the one before the first to take. -EAGAIN: the producer is
 * moving on, or ending. */
int attachment_join(struct attachment *attachment, bool every, uint64_t *last);

/* Counts users; the last one to drop it detaches. Any thread. */
void attachment_ref(struct attachment *attachment);
void attachment_unref(struct attachment *attachment);

/* Why the generation has ended, or LAYOUT_RUNNING. To be read before its newest frame is. */
enum layout_state attachment_state(const struct attachment *attachment);

/* What is known of the channel. */
void attachment_info(const struct attachment *attachment, struct shmflip_channel_info *info);

/* How many frames the producer has dropped so far. */
uint64_t attachment_dropped(const struct attachment *attachment);

/* Takes a frame's description out of the slot that holds it, and checks it. -EPROTO. */
int attachment_describe(const struct attachment *attachment, uint64_t frame, uint32_t slot,
                        struct shmflip_frame *out);

#endif
