/* SPDX-License-Identifier: MIT
 *
 * The threads that encode the bands of a picture, and their memory, kept from picture to picture:
 * for each job 2.5 MB, or nine times a row that is longer than a band.
 *
 * Bands are written in order by the thread that asks for the picture, which also encodes. The
 * others are at most two bands per job ahead of it. One thread at a time may use an encoder. */
#ifndef SHMFLIP_PNG_ENCODER_H
#define SHMFLIP_PNG_ENCODER_H

#include <stddef.h>

#define PNG_JOBS_MAX 64
/* If the user chooses no number of jobs: one per processor, at most this many. */
#define PNG_JOBS_DEFAULT_MAX 4

struct png_bands;
struct png_encoder;

/* Takes the next bytes of a file. Returns 0 or a negative errno. */
typedef int png_write_function(void *context, const void *bytes, size_t size);

/* jobs: threads that encode, the caller's included; 1 to PNG_JOBS_MAX.
 *   -ENOMEM
 *   -EAGAIN  the system has no more threads */
int png_encoder_create(unsigned jobs, struct png_encoder **encoder);
void png_encoder_destroy(struct png_encoder *encoder);

/* For png_encode(). The first makes room for a picture, the second encodes its bands and calls
 * write for each. Returns 0, -ENOMEM, or the error of write. */
int png_encoder_prepare(struct png_encoder *encoder, const struct png_bands *bands);
int png_encoder_write(struct png_encoder *encoder, const struct png_bands *bands,
                      png_write_function *write, void *context);

#endif
