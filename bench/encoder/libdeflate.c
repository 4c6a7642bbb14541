/* SPDX-License-Identifier: MIT
 *
 * Paeth for all rows, then libdeflate at its fastest level over the whole picture: what a program
 * can do in a few lines. */
#include <endian.h>
#include <errno.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "png_filter.h"
#include "table.h"

struct buffers {
	uint8_t *rows[2];
	uint8_t *filtered;
	uint8_t *compressed;
};

static void *open_compressor(void)
{
	return libdeflate_alloc_compressor(1);
}

static void close_compressor(void *state)
{
	libdeflate_free_compressor(state);
}

static int append_word(struct encoder_output *output, uint32_t word)
{
	word = htobe32(word);
	return encoder_append(output, &word, sizeof(word));
}

static int append_chunk(struct encoder_output *output, const char *name, const void *data,
                        size_t size)
{
	size_t begin = output->size + 4;
	int error = append_word(output, (uint32_t)size);

	if (!error)
		error = encoder_append(output, name, 4);
	if (!error)
		error = encoder_append(output, data, size);
	if (!error)
		error = append_word(output, libdeflate_crc32(0, output->bytes + begin, size + 4));
	return error;
}

static int append_header(struct encoder_output *output, const struct encoder_picture *picture)
{
	static const uint8_t signature[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
	uint32_t size[] = { htobe32(picture->width), htobe32(picture->height) };
	uint8_t header[13] = { 0 };
	int error = encoder_append(output, signature, sizeof(signature));

	memcpy(header, size, sizeof(size));
	header[8] = 8;
	header[9] = picture->opaque ? 2 : 6;
	return error ? error : append_chunk(output, "IHDR", header, sizeof(header));
}

static size_t filter(const struct encoder_picture *picture, const struct buffers *buffers)
{
	unsigned channels = encoder_channels(picture);
	size_t row_bytes = (size_t)picture->width * channels;
	uint8_t *out = buffers->filtered;

	for (uint32_t y = 0; y < picture->height; y++, out += row_bytes) {
		uint8_t *row = buffers->rows[y & 1] + PNG_FILTER_MARGIN;

		encoder_read_row(picture, y, row);
		*out++ = FILTER_PAETH;
		png_filter_get(0)->filter(FILTER_PAETH, row,
		                          buffers->rows[!(y & 1)] + PNG_FILTER_MARGIN, row_bytes,
		                          channels, out);
	}
	return (size_t)(out - buffers->filtered);
}

static int compress(struct libdeflate_compressor *compressor, const struct encoder_picture *picture,
                    const struct buffers *buffers, size_t room, struct encoder_output *output)
{
	size_t filtered = filter(picture, buffers);
	size_t compressed = libdeflate_zlib_compress(compressor, buffers->filtered, filtered,
	                                             buffers->compressed, room);
	int error = append_header(output, picture);

	if (!error)
		error = append_chunk(output, "IDAT", buffers->compressed, compressed);
	return error ? error : append_chunk(output, "IEND", "", 0);
}

static int encode(void *state, const struct encoder_picture *picture, struct encoder_output *output)
{
	size_t row_bytes = (size_t)picture->width * encoder_channels(picture);
	size_t bytes = (row_bytes + 1) * picture->height;
	size_t room = libdeflate_zlib_compress_bound(state, bytes);
	struct buffers buffers = {
		.rows = { calloc(1, row_bytes + (size_t)2 * PNG_FILTER_MARGIN),
		          calloc(1, row_bytes + (size_t)2 * PNG_FILTER_MARGIN) },
		.filtered = malloc(bytes + PNG_FILTER_MARGIN),
		.compressed = malloc(room),
	};
	int error = -ENOMEM;

	if (buffers.rows[0] && buffers.rows[1] && buffers.filtered && buffers.compressed)
		error = compress(state, picture, &buffers, room, output);
	free(buffers.compressed);
	free(buffers.filtered);
	free(buffers.rows[1]);
	free(buffers.rows[0]);
	return error;
}

const struct codec encoder_libdeflate = {
	.name = "libdeflate",
	.title = "libdeflate, level 1, filter Paeth",
	.open = open_compressor,
	.close = close_compressor,
	.encode = encode,
};
