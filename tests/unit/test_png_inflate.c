/* SPDX-License-Identifier: MIT
 *
 * png_inflate gives zlib's verdict and bytes for random deflate streams, half of them damaged, in
 * each way that this machine has: in random bands, while all but the history is overwritten, and
 * with inaccessible memory around everything it may touch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "deflate_maker.h"
#include "png_bits.h"
#include "png_inflate.h"

enum { STREAMS = 3000, GUARDED_BYTES = 1 << 21, PAGE_BYTES = 65536, UNTOUCHED = 0x5a, EDGE = 64 };

/* A zlib stream, and what zlib makes of it. */
struct specimen {
	struct bytes packed;
	size_t data_bytes;
	uint8_t *data;
	bool valid;
};

/* GUARDED_BYTES between inaccessible pages. */
static uint8_t *packed_memory, *data_memory;

static uint8_t *map_guarded(void)
{
	uint8_t *map = mmap(NULL, GUARDED_BYTES + 2 * PAGE_BYTES, PROT_NONE,
	                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(map, MAP_FAILED);
	assert_int_equal(mprotect(map + PAGE_BYTES, GUARDED_BYTES, PROT_READ | PROT_WRITE), 0);
	return map + PAGE_BYTES;
}

static int set_up(void **state)
{
	(void)state;
	packed_memory = map_guarded();
	data_memory = map_guarded();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	munmap(packed_memory - PAGE_BYTES, GUARDED_BYTES + 2 * PAGE_BYTES);
	munmap(data_memory - PAGE_BYTES, GUARDED_BYTES + 2 * PAGE_BYTES);
	return 0;
}

/* Returns how many bytes zlib makes of a stream. window_bits: below 0 if it has no header. */
/* NOLINTBEGIN(readability-non-const-parameter): zlib writes there */
static size_t inflate_by_zlib(const uint8_t *packed, size_t packed_bytes, int window_bits,
                              uint8_t *data, size_t data_bytes, bool *ends_there)
/* NOLINTEND(readability-non-const-parameter) */
{
	z_stream stream = { .next_in = (Bytef *)(uintptr_t)packed,
		            .avail_in = (uInt)packed_bytes,
		            .next_out = data,
		            .avail_out = (uInt)data_bytes };
	int status;

	assert_int_equal(inflateInit2(&stream, window_bits), Z_OK);
	status = inflate(&stream, Z_FINISH);
	*ends_there = status == Z_STREAM_END && stream.avail_in == 0;
	inflateEnd(&stream);
	return data_bytes - stream.avail_out;
}

static void add_adler(struct bytes *packed, const uint8_t *data, size_t size)
{
	uint32_t adler = (uint32_t)adler32_z(1, data, size);
	uint8_t bytes[] = { (uint8_t)(adler >> 24), (uint8_t)(adler >> 16), (uint8_t)(adler >> 8),
		            (uint8_t)adler };

	bytes_add(packed, bytes, sizeof(bytes));
}

/* One in ten has any method, window and flags, with the right check bits. */
static void add_header(struct bytes *packed, struct random *random)
{
	bool any = random_one_in(random, 10);
	uint8_t method =
		(uint8_t)(random_below(random, any ? 16 : 8) << 4 |
	                  (any && random_one_in(random, 4) ? random_below(random, 16) : 8));
	uint8_t flags = (uint8_t)(random_below(random, any ? 8 : 4) << (any ? 5 : 6));
	uint8_t bytes[] = { method, (uint8_t)(flags + 31 - (method << 8 | flags) % 31) };

	bytes_add(packed, bytes, sizeof(bytes));
}

static void damage(struct specimen *specimen, struct random *random)
{
	struct bytes *packed = &specimen->packed;
	uint32_t at = random_below(random, (uint32_t)packed->size);

	switch (random_below(random, 8)) {
	case 0:
		packed->size = at;
		break;
	case 1:
		packed->size -= random_below(random, 9) % packed->size;
		break;
	case 2:
		bytes_add_fill(packed, (uint8_t)random_below(random, 256),
		               1 + random_below(random, 9));
		break;
	case 3:
		specimen->data_bytes += random_below(random, 600) + 1;
		break;
	case 4:
		specimen->data_bytes -= random_below(random, 600) % (specimen->data_bytes + 1);
		break;
	case 5:
		packed->data[random_below(random, 2)] ^= (uint8_t)(1 << random_below(random, 8));
		break;
	default:
		packed->data[at] ^= (uint8_t)(1 << random_below(random, 8));
	}
}

/* The checksum is that of what zlib made before any damage. */
static void specimen_init(struct specimen *specimen, struct random *random)
{
	static const uint32_t sizes[] = { 200, 5000, 40000, 150000 };
	struct deflate_style style = { .data_bytes_max = sizes[random_below(random, 4)],
		                       .invalid = random_one_in(random, 4) };
	struct bytes *packed = &specimen->packed;
	bool ends_there;

	*specimen = (struct specimen){ .data = malloc(GUARDED_BYTES) };
	add_header(packed, random);
	deflate_make(packed, random, &style);
	specimen->data_bytes = inflate_by_zlib(packed->data + 2, packed->size - 2, -15,
	                                       specimen->data, GUARDED_BYTES / 2, &ends_there);
	assert_true(style.invalid || ends_there);
	add_adler(packed, specimen->data, specimen->data_bytes);
	if (!style.invalid && random_one_in(random, 3))
		damage(specimen, random);
	specimen->valid =
		inflate_by_zlib(packed->data, packed->size, 15, specimen->data,
	                        specimen->data_bytes, &ends_there) == specimen->data_bytes &&
		ends_there;
}

static void specimen_finish(struct specimen *specimen)
{
	bytes_finish(&specimen->packed);
	free(specimen->data);
}

/* Returns whether the way accepts the stream. Compares each band, and then overwrites what is no
 * longer needed. */
static bool inflate_in_bands(struct png_inflater *inflater, const struct specimen *specimen,
                             const uint8_t *packed, uint8_t *data, struct random *random)
{
	uint32_t band_max = random_one_in(random, 2) ? 2000 : 200000;
	size_t ready = 0, before, overwritten = 0;

	png_inflate_begin(inflater, packed, specimen->packed.size, data, specimen->data_bytes);
	for (bool last = false; !last;) {
		size_t until = ready + 1 + random_below(random, band_max);

		last = until >= specimen->data_bytes;
		before = ready;
		if (!png_inflate_until(inflater, last ? specimen->data_bytes : until, &ready))
			return false;
		assert_true(ready >= until || last);
		assert_true(ready <= specimen->data_bytes);
		if (specimen->valid)
			assert_memory_equal(data + before, specimen->data + before, ready - before);
		for (; overwritten + PNG_INFLATE_HISTORY < ready; overwritten++)
			data[overwritten] = UNTOUCHED;
	}
	assert_int_equal(ready, specimen->data_bytes);
	return true;
}

static bool accepts(struct png_inflater *inflater, const struct specimen *specimen,
                    struct random *random)
{
	size_t packed_bytes = specimen->packed.size;
	size_t data_at = GUARDED_BYTES - PNG_INFLATE_ROOM - specimen->data_bytes;
	bool at_end = random_one_in(random, 2), result;
	uint8_t *packed = packed_memory + (at_end ? GUARDED_BYTES - packed_bytes : 0);
	uint8_t *data = data_memory + data_at;

	memcpy(packed, specimen->packed.data, packed_bytes);
	memset(data - EDGE, UNTOUCHED, EDGE);
	result = inflate_in_bands(inflater, specimen, packed, data, random);
	for (int i = 1; i <= EDGE; i++)
		assert_int_equal(data[-i], UNTOUCHED);
	return result;
}

/* No checksum hides where the inflater ends: at the very byte where zlib does, or nowhere. */
static void check_end(const struct inflate_variant *variant, const struct specimen *specimen)
{
	static struct inflate_stream stream;
	size_t size = specimen->packed.size > 6 ? specimen->packed.size - 6 : 0;
	uint8_t *packed = packed_memory + GUARDED_BYTES - size;
	z_stream zlib = { .next_in = packed,
		          .avail_in = (uInt)size,
		          .next_out = specimen->data,
		          .avail_out = GUARDED_BYTES / 2 };
	int status;

	memcpy(packed, specimen->packed.data + 2, size);
	stream.variant = variant;
	inflate_stream_begin(&stream, packed, size, data_memory, GUARDED_BYTES / 2);
	inflate_stream_until(&stream, GUARDED_BYTES / 2);
	assert_int_equal(inflateInit2(&zlib, -15), Z_OK);
	status = inflate(&zlib, Z_FINISH);
	inflateEnd(&zlib);
	assert_int_equal(stream.ended && inflate_stream_used(&stream) <= size,
	                 status == Z_STREAM_END);
	if (status == Z_STREAM_END) {
		assert_int_equal(inflate_stream_used(&stream), zlib.total_in);
		assert_int_equal(stream.done, zlib.total_out);
		assert_memory_equal(data_memory, specimen->data, stream.done);
	}
}

static void test_ends(void **state)
{
	(void)state;
	for (unsigned i = 0; inflate_variant_get(i); i++) {
		for (uint64_t seed = 1; seed <= STREAMS; seed++) {
			struct random random = { .state = seed * 0x9e3779b97f4a7c15 };
			struct specimen specimen;

			specimen_init(&specimen, &random);
			check_end(inflate_variant_get(i), &specimen);
			specimen_finish(&specimen);
		}
	}
}

/* The length of a code: 0 to 3. */
static void put_length(struct bit_writer *writer, unsigned length)
{
	static const uint8_t codes[] = { 0, 2, 1, 3 };

	bits_put(writer, codes[length], 2);
	bits_flush(writer);
}

/* A block with codes for a literal, the end of the block, a length, and three distances. Any bits
 * follow. combination: two bits for the length of each code. */
static size_t make_small_codes(unsigned combination, struct random *random, uint8_t *packed)
{
	struct bit_writer writer = { .at = packed };

	bits_put(&writer, 5 | (258 - 257) << 3 | (3 - 1) << 8 | 14 << 13, 17);
	bits_flush(&writer);
	for (unsigned i = 0; i < 18; i++)
		bits_put(&writer, i == 3 || i == 13 || i == 15 || i == 17 ? 2 : 0, 3);
	bits_flush(&writer);
	for (unsigned i = 0; i < 258 + 3; i++) {
		bool has_code = i == 'a' || i >= 256;

		put_length(&writer, has_code ? combination & 3 : 0);
		combination >>= has_code ? 2 : 0;
	}
	for (unsigned i = 0; i < 16; i++) {
		bits_put(&writer, random_below(random, 256), 8);
		bits_flush(&writer);
	}
	return (size_t)(writer.at - packed);
}

/* Every code of up to three symbols and bits, complete, incomplete, or over-subscribed. */
static void test_small_codes(void **state)
{
	uint8_t packed[256] = { 0 }, *data = malloc(GUARDED_BYTES);
	struct random random = { .state = 1 };

	(void)state;
	for (unsigned combination = 0; combination < 1 << 12; combination++) {
		size_t size = make_small_codes(combination, &random, packed + 2);
		struct specimen specimen = { .packed = { .data = packed, .size = size + 6 },
			                     .data = data };

		for (unsigned i = 0; inflate_variant_get(i); i++)
			check_end(inflate_variant_get(i), &specimen);
	}
	free(data);
}

/* libdeflate gives a meaning to some incomplete codes. */
static bool judges_like_zlib(unsigned way)
{
	return strcmp(png_inflater_name(way), "libdeflate") != 0;
}

static void check_way(unsigned way)
{
	struct png_inflater *inflater = png_inflater_create(way);
	unsigned valid = 0;

	assert_non_null(inflater);
	for (uint64_t seed = 1; seed <= STREAMS; seed++) {
		struct random random = { .state = seed * 0x9e3779b97f4a7c15 };
		struct specimen specimen;
		bool accepted;

		specimen_init(&specimen, &random);
		accepted = accepts(inflater, &specimen, &random);
		if (accepted != specimen.valid && (specimen.valid || judges_like_zlib(way)))
			fail_msg("%s %s stream %u", png_inflater_name(way),
			         accepted ? "accepts the damaged" : "rejects the valid",
			         (unsigned)seed);
		valid += specimen.valid;
		specimen_finish(&specimen);
	}
	print_message("%s: %u of %u streams are valid\n", png_inflater_name(way), valid, STREAMS);
	assert_in_range(valid, STREAMS / 3, STREAMS * 2 / 3);
	png_inflater_destroy(inflater);
}

static void test_streams(void **state)
{
	(void)state;
	for (unsigned way = 0; png_inflater_name(way); way++)
		check_way(way);
}

static void test_ways(void **state)
{
	unsigned count = 0;

	(void)state;
	while (png_inflater_name(count))
		count++;
	assert_true(count >= 1);
	assert_string_equal(png_inflater_name(count - 1), "zlib");
	assert_null(png_inflater_create(count));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ways),
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_small_codes),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
