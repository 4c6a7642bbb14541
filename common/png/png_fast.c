/* SPDX-License-Identifier: MIT */
#include "png_fast.h"

#include <stdlib.h>
#include <string.h>

#include "png_chunks.h"
#include "png_expand.h"
#include "png_header.h"
#include "png_inflate.h"
#include "png_unfilter.h"
#include "shmflip.h"

struct png_fast {
	struct png_inflater *inflater;
	const struct png_unfilter *unfilter;
	struct png_chunks chunks;
	uint8_t *zeros;
	size_t zeros_bytes;
};

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
	free(fast->zeros);
	free(fast);
}

/* The pixels are followed by space for the rows that are done together, for the filter bytes of
 * the raw rows, and for reads beyond their end. */
uint64_t png_fast_buffer_size(uint32_t width, uint32_t height)
{
	struct shmflip_layout layout;

	if (png_layout(width, height, &layout))
		return UINT64_MAX;
	return layout.bytes + (uint64_t)PNG_ROWS_AT_ONCE * layout.stride_bytes[0] + height +
	       PNG_INFLATE_ROOM;
}

static bool reserve_zeros(struct png_fast *fast, size_t bytes)
{
	uint8_t *larger;

	if (bytes <= fast->zeros_bytes)
		return true;
	larger = calloc(1, bytes);
	if (!larger)
		return false;
	free(fast->zeros);
	fast->zeros = larger;
	fast->zeros_bytes = bytes;
	return true;
}

static size_t raw_row_bytes(const struct png_fast_format *format)
{
	return 1 + ((size_t)format->width * format->channels * format->depth + 7) / 8;
}

/* The bytes of a zlib stream of all rows stored uncompressed: libpng warns of a longer IDAT. */
static size_t idat_bytes_max(size_t raw_bytes)
{
	return raw_bytes + raw_bytes / 32768 * 5 + 11;
}

/* NOLINTBEGIN(readability-non-const-parameter): pixels are written through rows */
static bool unfilter(struct png_fast *fast, const struct png_fast_format *format,
                     const uint8_t *raw, uint8_t *pixels, bool *opaque)
/* NOLINTEND(readability-non-const-parameter) */
{
	struct png_rows rows = { .raw = raw,
		                 .pixels = pixels,
		                 .zeros = fast->zeros,
		                 .stride_bytes = format->stride_bytes,
		                 .width = format->width,
		                 .height = format->height,
		                 .channels = format->channels };
	bool done = fast->unfilter->unfilter(&rows);

	*opaque = rows.opaque;
	return done;
}

bool png_fast_decode(struct png_fast *fast, const struct png_fast_format *format,
                     const uint8_t *idat, const uint8_t *end, uint8_t *pixels, uint64_t pixels_size,
                     struct png_fast_result *result)
{
	size_t raw_bytes = raw_row_bytes(format) * format->height;
	uint64_t buffer_bytes = png_fast_buffer_size(format->width, format->height);
	struct png_chunks *chunks = &fast->chunks;
	size_t ready;
	uint8_t *raw;

	if (buffer_bytes > pixels_size || !reserve_zeros(fast, format->stride_bytes) ||
	    !png_chunks_gather(chunks, idat, end, idat_bytes_max(raw_bytes)))
		return false;
	raw = pixels + (buffer_bytes - PNG_INFLATE_ROOM - raw_bytes);
	png_inflate_begin(fast->inflater, chunks->data, chunks->bytes, raw, raw_bytes);
	if (!png_inflate_until(fast->inflater, raw_bytes, &ready))
		return false;
	result->rest = chunks->rest;
	if (format->colour_count)
		return png_expand(format, fast->zeros, raw, pixels, &result->opaque);
	return unfilter(fast, format, raw, pixels, &result->opaque);
}
