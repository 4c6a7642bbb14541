/* SPDX-License-Identifier: MIT
 *
 * The encoders. Each has a file of its own; table.def says how to add one. */
#ifndef SHMFLIP_BENCH_ENCODER_H
#define SHMFLIP_BENCH_ENCODER_H

#include "codec.h"

/* The reference first; NULL-terminated. */
extern const struct codec *const encoders[];

/* What encoders share. The context is a struct encoder_output. Returns 0 or -ENOMEM. */
int encoder_append(void *context, const void *bytes, size_t size);

unsigned encoder_channels(const struct encoder_picture *picture);

/* Writes a row of red, green, blue and, if there is one, alpha. */
void encoder_read_row(const struct encoder_picture *picture, uint32_t y, uint8_t *out);

#endif
