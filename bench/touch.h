/* SPDX-License-Identifier: MIT
 *
 * What both sides do to the pixels of a frame, and how the receiver proves that the frame is
 * complete.
 *
 * A frame begins and ends with a line of 64 bytes that holds its number. The body lies between
 * them. All bytes of a body are equal. If the sender writes each frame, they follow from its
 * number, so one sum proves every byte. The speed of filling and summing is bounded by memory,
 * not by arithmetic. Pure. */
#ifndef SHMFLIP_BENCH_TOUCH_H
#define SHMFLIP_BENCH_TOUCH_H

#include <stdbool.h>
#include <stdint.h>

enum touch {
	TOUCH_NONE,       /* nobody accesses the pixels: hand-over alone */
	TOUCH_READ,       /* the receiver reads all pixels */
	TOUCH_WRITE_READ, /* the sender writes all in place, the receiver reads them */
	TOUCH_COPY_READ,  /* the sender has them in its own memory and must get them into the
			   * transport's; the receiver reads them */
	TOUCH_KINDS,
};

/* The words of --touch; NULL-terminated. */
extern const char *const touch_names[];

enum { STAMP_BYTES = 64, FRAME_BYTES_MIN = 4 * STAMP_BYTES };

enum stamp_flags {
	STAMP_MEASURED = 1 << 0, /* after the warm-up */
	STAMP_LAST = 1 << 1,     /* no frame follows */
};

struct stamp {
	uint64_t sequence; /* from 1 */
	int64_t ready_ns;  /* when the frame was ready to hand over */
	uint32_t flags;
};

/* The word that fills a body: one byte eight times. Where the sender writes, it repeats after
 * 255 frames. */
uint64_t touch_word(enum touch touch, uint64_t sequence);

/* bytes: of the frame; a multiple of STAMP_BYTES, at least FRAME_BYTES_MIN. */
void touch_fill(uint8_t *pixels, uint64_t bytes, uint64_t word);
uint64_t touch_sum(const uint8_t *pixels, uint64_t bytes);

void touch_stamp(uint8_t *pixels, uint64_t bytes, const struct stamp *stamp);
void touch_read_stamp(const uint8_t *pixels, struct stamp *stamp);

/* Does the receiver's work. Returns whether the frame is complete: its end matches its
 * beginning, and its body is right. With TOUCH_NONE it checks one word of the body, at another
 * position in each frame. */
bool touch_receive(enum touch touch, const uint8_t *pixels, uint64_t bytes,
                   const struct stamp *stamp);

#endif
