/* SPDX-License-Identifier: MIT
 *
 * A picture is encoded in bands of rows. Each becomes one IDAT chunk with a block of deflate of its
 * own, so that threads can encode bands at the same time. The bands of a picture do not depend on
 * how many threads there are, and neither do its bytes.
 *
 * Any thread. */
#ifndef SHMFLIP_PNG_BAND_H
#define SHMFLIP_PNG_BAND_H

#include "png_samples.h"

/* How a picture is divided. */
struct png_bands {
	const struct png_samples *samples;
	uint32_t height;
	size_t row_bytes; /* without the byte that names the filter */
	uint32_t rows;    /* of each band but the last */
	uint32_t count;
};

/* What a thread needs to encode bands. Zero-initialise. */
struct png_band_room {
	uint8_t *rows[2]; /* the current one, and the one above */
	uint8_t *filtered;
	struct png_deflate_room *deflate;
	size_t row_bytes; /* what there is room for */
	size_t raw_bytes;
};

/* An encoded band. Zero-initialise. */
struct png_band {
	uint8_t *chunk; /* complete, but for a last band's checksum: see png_band_end() */
	size_t chunk_bytes;
	size_t room_bytes;
	size_t raw_bytes;
	uint32_t adler32; /* of the raw bytes */
};

/* samples must live as long as bands is used. */
void png_bands_init(struct png_bands *bands, const struct png_samples *samples, uint32_t height);

/* Both make room for bands of these. -ENOMEM: what there was may be freed. */
int png_band_room_grow(struct png_band_room *room, const struct png_bands *bands);
int png_band_grow(struct png_band *band, const struct png_bands *bands);
void png_band_room_finish(struct png_band_room *room);
void png_band_finish(struct png_band *band);

/* Encodes band number of the picture. */
void png_band_encode(const struct png_bands *bands, uint32_t number, struct png_band_room *room,
                     struct png_band *band);

/* Appends the checksum over the raw bytes of all bands to the chunk of the last. */
void png_band_end(struct png_band *band, uint32_t adler32);

#endif
