/* SPDX-License-Identifier: MIT */
#include "png_fast.h"

#include <stdlib.h>
#include <string.h>

#include "png_chunks.h"
#include "png_expand.h"
#include "png_fast_format.h"
#include "png_header.h"
#include "png_inflate.h"
#include "png_unfilter.h"
#include "shmflip.h"

struct png_fast {
	struct png_inflater *inflater;
	const struct png_unfilter *unfilter;
	struct png_chunks chunks;
	struct png_expander expander;
	uint8_t *zeros;
	size_t zeros_bytes;
	uint8_t *raw; /* for pictures whose inflated data cannot lie behind the pixels */
	size_t raw_bytes;
};

/* A picture while it is decoded. */
struct picture {
	const struct png_fast_format *format;
	size_t row_bytes; /* of a raw row */
	uint8_t *raw;
	size_t raw_bytes;
	uint8_t *pixels;
	const uint8_t *above; /* the last row of pixels */
	bool opaque;          /* so far */
};

/* A band is unfiltered while it is in the cache. */
enum { BAND_BYTES = 128 * 1024 };

/* Samples of 16 bits inflate to twice the size of the pixels, which 32-bit addresses may not reach.
 * Half is left for what is added to it. */
#define RAW_BYTES_MAX (SIZE_MAX / 2)

struct png_fast *png_fast_create(unsigned inflater, unsigned unfilter)
{
	struct png_fast *fast = calloc(1, sizeof(*fast));

	if (!fast)
		return NULL;
	fast->unfilter = png_unfilter_get(unfilter);
	fast->inflater = png_inflater_create(inflater);
	if (!fast->unfilter || !fast->inflater) {
		png_fast_destroy(fast);
		return NULL;
	}
	fast->chunks.inflater = fast->inflater;
	return fast;
}

void png_fast_destroy(struct png_fast *fast)
{
	if (!fast)
		return;
	png_inflater_destroy(fast->inflater);
	free(fast->chunks.joined);
	png_expander_finish(&fast->expander);
	free(fast->zeros);
	free(fast->raw);
	free(fast);
}

/* The pixels are followed by space for the rows that are done together, for the filter bytes of
 * the raw rows, for what the inflater refers back to, and for what it writes beyond its end. */
uint64_t png_fast_buffer_size(uint32_t fourcc, uint32_t width, uint32_t height)
{
	struct shmflip_layout layout;

	shmflip_init(&layout);
	if (shmflip_format_layout(fourcc, width, height, &layout))
		return UINT64_MAX;
	return layout.bytes + (uint64_t)PNG_ROWS_AT_ONCE * layout.stride_bytes[0] + height +
	       PNG_INFLATE_HISTORY + PNG_INFLATE_ROOM;
}

/* Grows memory of zeros. */
static bool reserve(uint8_t **memory, size_t *capacity, size_t bytes)
{
	uint8_t *larger;

	if (bytes <= *capacity)
		return true;
	larger = calloc(1, bytes);
	if (!larger)
		return false;
	free(*memory);
	*memory = larger;
	*capacity = bytes;
	return true;
}

/* Not interlaced, and of 8 bits per sample that become our 32-bit pixels. */
static bool is_for_unfilter(const struct png_fast_format *format)
{
	return !format->interlaced && format->depth == 8 && format->colour_count == 0 &&
	       format->fourcc == SHMFLIP_XRGB8888;
}

/* Pixels must not catch up with the raw rows. Those of interlaced pictures are all over it, and
 * samples of 16 bits that become 8 take more memory than the pixels. */
static bool fits_behind_pixels(const struct picture *picture, uint64_t needed, uint64_t pixels_size)
{
	const struct png_fast_format *format = picture->format;

	return !format->interlaced && picture->row_bytes <= format->stride_bytes + 1u &&
	       needed <= pixels_size;
}

static bool place_raw(struct png_fast *fast, struct picture *picture, uint64_t pixels_size)
{
	const struct png_fast_format *format = picture->format;
	uint64_t needed = png_fast_buffer_size(format->fourcc, format->width, format->height);

	if (fits_behind_pixels(picture, needed, pixels_size)) {
		picture->raw = picture->pixels + (needed - PNG_INFLATE_ROOM - picture->raw_bytes);
		return true;
	}
	if (!reserve(&fast->raw, &fast->raw_bytes, picture->raw_bytes + PNG_INFLATE_ROOM))
		return false;
	picture->raw = fast->raw;
	return true;
}

static uint64_t all_raw_bytes(const struct png_fast_format *format)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < (format->interlaced ? PNG_PASSES : 1); i++) {
		struct png_pass pass;

		png_pass_init(&pass, format, i);
		bytes += png_pass_row_bytes(&pass, format) * pass.height;
	}
	return bytes;
}

/* The bytes of a zlib stream of all rows stored uncompressed: libpng warns of a longer IDAT. */
static size_t idat_bytes_max(size_t raw_bytes)
{
	return raw_bytes + raw_bytes / 32768 * 5 + 11;
}

/* The rows above are predicted from all but their alpha, if the file has none. */
static void apply_key(const struct png_fast_format *format, uint8_t *pixels, bool *opaque)
{
	uint8_t blue = (uint8_t)format->key[2], green = (uint8_t)format->key[1];
	uint8_t red = (uint8_t)format->key[0], all = 255;

	for (uint32_t x = 0; x < format->width; x++, pixels += 4) {
		if (pixels[0] == blue && pixels[1] == green && pixels[2] == red)
			all = pixels[3] = 0;
	}
	*opaque = *opaque && all == 255;
}

static bool unfilter_rows(struct png_fast *fast, struct picture *picture, uint32_t y,
                          uint32_t count)
{
	const struct png_fast_format *format = picture->format;
	uint8_t *pixels = picture->pixels + (size_t)y * format->stride_bytes;
	struct png_rows rows = { .raw = picture->raw + y * picture->row_bytes,
		                 .pixels = pixels,
		                 .above = picture->above,
		                 .stride_bytes = format->stride_bytes,
		                 .width = format->width,
		                 .height = count,
		                 .channels = format->channels,
		                 .opaque = picture->opaque };

	if (!fast->unfilter->unfilter(&rows))
		return false;
	picture->opaque = rows.opaque;
	picture->above = pixels + (count - 1) * (size_t)format->stride_bytes;
	for (uint32_t i = 0; i < count && format->has_key; i++)
		apply_key(format, pixels + i * (size_t)format->stride_bytes, &picture->opaque);
	return true;
}

static bool convert_rows(struct png_fast *fast, struct picture *picture, uint32_t y, uint32_t count)
{
	if (is_for_unfilter(picture->format))
		return unfilter_rows(fast, picture, y, count);
	return png_expand_rows(&fast->expander, picture->raw + y * picture->row_bytes, count,
	                       picture->pixels);
}

/* Rows are done by fours, but at the end. */
static bool decode_bands(struct png_fast *fast, struct picture *picture)
{
	uint32_t height = picture->format->height, count;
	size_t band_rows = BAND_BYTES / picture->row_bytes + PNG_ROWS_AT_ONCE, ready;

	for (uint32_t y = 0; y < height; y += count) {
		size_t end = y + band_rows;

		if (end > height)
			end = height;
		if (!png_inflate_until(fast->inflater, end * picture->row_bytes, &ready))
			return false;
		count = (uint32_t)(ready / picture->row_bytes) - y;
		if (count > PNG_ROWS_AT_ONCE && ready < picture->raw_bytes)
			count -= count % PNG_ROWS_AT_ONCE;
		if (!convert_rows(fast, picture, y, count))
			return false;
	}
	return png_inflate_until(fast->inflater, picture->raw_bytes, &ready);
}

static bool decode_passes(struct png_fast *fast, struct picture *picture)
{
	const struct png_fast_format *format = picture->format;
	const uint8_t *raw = picture->raw;
	size_t ready;

	if (!png_inflate_until(fast->inflater, picture->raw_bytes, &ready))
		return false;
	for (unsigned i = 0; i < PNG_PASSES; i++) {
		struct png_pass pass;

		png_pass_init(&pass, format, i);
		png_expander_begin_pass(&fast->expander, &pass);
		if (pass.width &&
		    !png_expand_rows(&fast->expander, raw, pass.height, picture->pixels))
			return false;
		raw += png_pass_row_bytes(&pass, format) * pass.height;
	}
	return true;
}

static bool begin(struct png_fast *fast, struct picture *picture)
{
	const struct png_fast_format *format = picture->format;
	struct png_pass pass;

	if (is_for_unfilter(format)) {
		if (!reserve(&fast->zeros, &fast->zeros_bytes, format->stride_bytes))
			return false;
		picture->above = fast->zeros;
		return true;
	}
	if (!png_expander_begin(&fast->expander, format, fast->unfilter->look_up))
		return false;
	png_pass_init(&pass, format, 0);
	png_expander_begin_pass(&fast->expander, &pass);
	return true;
}

static bool decode(struct png_fast *fast, struct picture *picture)
{
	bool done = picture->format->interlaced ? decode_passes(fast, picture)
	                                        : decode_bands(fast, picture);

	if (done && !is_for_unfilter(picture->format))
		done = png_expander_end(&fast->expander, &picture->opaque);
	return done;
}

/* NOLINTBEGIN(readability-non-const-parameter): pixels are written through picture */
bool png_fast_decode(struct png_fast *fast, const struct png_fast_format *format,
                     const struct png_chunk *idat, uint8_t *pixels, uint64_t pixels_size,
                     bool *opaque)
/* NOLINTEND(readability-non-const-parameter) */
{
	struct png_chunks *chunks = &fast->chunks;
	uint64_t raw_bytes = all_raw_bytes(format);
	struct picture picture = { .format = format,
		                   .row_bytes = (size_t)(raw_bytes / format->height),
		                   .raw_bytes = (size_t)raw_bytes,
		                   .pixels = pixels,
		                   .opaque = true };

	if (raw_bytes > RAW_BYTES_MAX || !place_raw(fast, &picture, pixels_size) ||
	    !begin(fast, &picture) ||
	    !png_chunks_gather(chunks, idat, idat_bytes_max(picture.raw_bytes)) ||
	    !png_fast_format_ends(&chunks->rest))
		return false;
	png_inflate_begin(fast->inflater, chunks->data, chunks->bytes, picture.raw,
	                  picture.raw_bytes);
	if (!decode(fast, &picture))
		return false;
	*opaque = picture.opaque;
	return true;
}
