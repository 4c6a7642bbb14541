/* SPDX-License-Identifier: MIT
 *
 * What is done to the pixels of a frame that is handed over, and how it is seen that all of it
 * came.
 *
 * A frame begins and ends with a line of 64 bytes that its number is stamped into; what lies
 * between is its body. Every byte of a body is the same, and follows from the frame's number
 * where the sender writes each frame, so that one sum over it proves every byte. The time that
 * filling and summing take is bounded by memory, not by arithmetic. Pure. */
#ifndef BENCH_TOUCH_H
#define BENCH_TOUCH_H

#include <stdbool.h>
#include <stdint.h>

enum touch {
	TOUCH_NONE,       /* nobody looks at the pixels: handing over alone */
	TOUCH_READ,       /* the receiver reads all of them */
	TOUCH_WRITE_READ, /* the sender writes all of them in place, the receiver reads them */
	TOUCH_COPY_READ,  /* they are ready in memory of the sender's own, from where they have to
			   * get into the transport's; the receiver reads them */
	TOUCH_KINDS,
};

/* As --touch takes them; NULL-terminated. */
extern const char *const touch_names[];

enum { STAMP_BYTES = 64, FRAME_BYTES_MIN = 4 * STAMP_BYTES };

enum stamp_flags {
	STAMP_MEASURED = 1 << 0, /* counts */
	STAMP_LAST = 1 << 1,     /* no frame comes after it */
};

struct stamp {
	uint64_t sequence; /* from 1 */
	int64_t ready_ns;  /* when the frame was ready to be handed over */
	uint32_t flags;
};

/* The word that a body consists of: eight times the same byte, another one for 255 frames. */
uint64_t touch_word(enum touch touch, uint64_t sequence);

/* bytes: of the frame; a multiple of STAMP_BYTES, FRAME_BYTES_MIN at least. */
void touch_fill(uint8_t *pixels, uint64_t bytes, uint64_t word);
uint64_t touch_sum(const uint8_t *pixels, uint64_t bytes);

void touch_stamp(uint8_t *pixels, uint64_t bytes, const struct stamp *stamp);
void touch_read_stamp(const uint8_t *pixels, struct stamp *stamp);

/* Does the receiver's work, and tells whether the frame is whole: its end belongs to its
 * beginning, and the body is what it ought to be: all of it, or, where nobody reads, one word at
 * another place in each frame. */
bool touch_receive(enum touch touch, const uint8_t *pixels, uint64_t bytes,
                   const struct stamp *stamp);

#endif
