/* SPDX-License-Identifier: MIT */
#include "png_inflate.h"

#include <limits.h>
#include <stdlib.h>

#include <zlib.h>

#include "png_header.h"

#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#else
struct libdeflate_decompressor;
#endif

enum { HEADER_BYTES = 2, ADLER_BYTES = 4, ADLER_OF_NOTHING = 1 };

/* One way to inflate. */
struct way {
	const char *name;
	const struct inflate_variant *own; /* of inflate_stream.h */
	bool libdeflate;                   /* neither: zlib */
};

struct png_inflater {
	struct way way;
	struct libdeflate_decompressor *libdeflate;
	const uint8_t *packed;
	size_t packed_bytes;
	uint8_t *data;
	size_t data_bytes;
	size_t ready;
	uint32_t adler;               /* of the data that are ready */
	struct inflate_stream stream; /* for the way `own` */
};

static unsigned own_count(void)
{
	unsigned count = 0;

#ifdef HAVE_OWN_INFLATE
	while (inflate_variant_get(count))
		count++;
#endif
	return count;
}

/* Ours come first: their verdicts are zlib's. */
static bool find_way(unsigned index, struct way *way)
{
	unsigned own = own_count();

	*way = (struct way){ .name = "zlib" };
	if (index < own) {
		way->own = inflate_variant_get(index);
		way->name = way->own->name;
		return true;
	}
	index -= own;
#ifdef HAVE_LIBDEFLATE
	if (index-- == 0) {
		way->libdeflate = true;
		way->name = "libdeflate";
		return true;
	}
#endif
	return index == 0;
}

const char *png_inflater_name(unsigned index)
{
	struct way way;

	return find_way(index, &way) ? way.name : NULL;
}

struct png_inflater *png_inflater_create(unsigned index)
{
	struct way way;
	struct png_inflater *inflater = find_way(index, &way) ? malloc(sizeof(*inflater)) : NULL;

	if (!inflater)
		return NULL;
	inflater->way = way;
	inflater->libdeflate = NULL;
	inflater->stream.variant = way.own;
#ifdef HAVE_LIBDEFLATE
	if (way.libdeflate) {
		inflater->libdeflate = libdeflate_alloc_decompressor();
		if (!inflater->libdeflate) {
			free(inflater);
			return NULL;
		}
	}
#endif
	return inflater;
}

void png_inflater_destroy(struct png_inflater *inflater)
{
#ifdef HAVE_LIBDEFLATE
	if (inflater && inflater->libdeflate)
		libdeflate_free_decompressor(inflater->libdeflate);
#endif
	free(inflater);
}

/* libdeflate is also faster at checksums. The way "zlib" does without. */
#ifdef HAVE_LIBDEFLATE
static bool uses_libdeflate(const struct png_inflater *inflater)
{
	return inflater->way.libdeflate || inflater->way.own;
}
#endif

static uint32_t add_to_adler(const struct png_inflater *inflater, const uint8_t *bytes, size_t size)
{
#ifdef HAVE_LIBDEFLATE
	if (uses_libdeflate(inflater))
		return libdeflate_adler32(inflater->adler, bytes, size);
#endif
	return (uint32_t)adler32_z(inflater->adler, bytes, size);
}

uint32_t png_crc(const struct png_inflater *inflater, const uint8_t *bytes, size_t size)
{
#ifdef HAVE_LIBDEFLATE
	if (uses_libdeflate(inflater))
		return libdeflate_crc32(0, bytes, size);
#endif
	(void)inflater;
	return (uint32_t)crc32_z(0, bytes, size);
}

/* With a single call zlib needs no window. */
static bool inflate_with_zlib(const struct png_inflater *inflater)
{
	z_stream stream = { .next_in = (Bytef *)(uintptr_t)inflater->packed,
		            .avail_in = (uInt)inflater->packed_bytes,
		            .next_out = inflater->data,
		            .avail_out = (uInt)inflater->data_bytes };
	int status;

	if (inflater->packed_bytes > UINT_MAX || inflater->data_bytes > UINT_MAX ||
	    inflateInit(&stream) != Z_OK)
		return false;
	status = inflate(&stream, Z_FINISH);
	inflateEnd(&stream);
	return status == Z_STREAM_END && stream.avail_in == 0 && stream.avail_out == 0;
}

static bool inflate_in_one_call(const struct png_inflater *inflater)
{
#ifdef HAVE_LIBDEFLATE
	if (inflater->libdeflate) {
		size_t used, made;

		return libdeflate_zlib_decompress_ex(inflater->libdeflate, inflater->packed,
		                                     inflater->packed_bytes, inflater->data,
		                                     inflater->data_bytes, &used,
		                                     &made) == LIBDEFLATE_SUCCESS &&
		       used == inflater->packed_bytes && made == inflater->data_bytes;
	}
#endif
	return inflate_with_zlib(inflater);
}

void png_inflate_begin(struct png_inflater *inflater, const uint8_t *packed, size_t packed_bytes,
                       uint8_t *data, size_t data_bytes)
{
	inflater->packed = packed;
	inflater->packed_bytes = packed_bytes;
	inflater->data = data;
	inflater->data_bytes = data_bytes;
	inflater->ready = 0;
	inflater->adler = ADLER_OF_NOTHING;
	if (inflater->way.own && packed_bytes >= HEADER_BYTES + ADLER_BYTES)
		inflate_stream_begin(&inflater->stream, packed + HEADER_BYTES,
		                     packed_bytes - HEADER_BYTES - ADLER_BYTES, data, data_bytes);
}

/* RFC 1950, 2.2: method 8, a window of at most 32 KiB, no dictionary. The window that is announced
 * does not matter. */
static bool has_valid_header(const struct png_inflater *inflater)
{
	unsigned method, flags;

	if (inflater->packed_bytes < HEADER_BYTES + ADLER_BYTES)
		return false;
	method = inflater->packed[0];
	flags = inflater->packed[1];
	return (method & 15) == 8 && method >> 4 <= 7 && !(flags & 0x20) &&
	       (method << 8 | flags) % 31 == 0;
}

static bool has_valid_end(const struct png_inflater *inflater)
{
	const uint8_t *adler = inflater->packed + inflater->packed_bytes - ADLER_BYTES;

	return inflater->stream.ended &&
	       inflate_stream_used(&inflater->stream) == inflater->stream.packed_bytes &&
	       png_read_u32(adler) == inflater->adler;
}

/* Sums up the data while they are in the cache. */
static bool inflate_band(struct png_inflater *inflater, size_t until)
{
	struct inflate_stream *stream = &inflater->stream;

	if ((inflater->ready == 0 && !has_valid_header(inflater)) ||
	    !inflate_stream_until(stream, until))
		return false;
	inflater->adler = add_to_adler(inflater, inflater->data + inflater->ready,
	                               stream->done - inflater->ready);
	inflater->ready = stream->done;
	return until < inflater->data_bytes || has_valid_end(inflater);
}

bool png_inflate_until(struct png_inflater *inflater, size_t until, size_t *ready)
{
	if (inflater->way.own) {
		if (!inflate_band(inflater, until))
			return false;
	} else if (inflater->ready == 0) {
		if (!inflate_in_one_call(inflater))
			return false;
		inflater->ready = inflater->data_bytes;
	}
	*ready = inflater->ready;
	return true;
}
