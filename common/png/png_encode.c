/* SPDX-License-Identifier: MIT */
#include "png_encode.h"

#include <errno.h>
#include <string.h>

#include "png_band.h"
#include "png_header.h"
#include "png_sums.h"

#define ROW_BYTES_MAX (1U << 30)

static const uint8_t signature[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };

struct output {
	png_write_function *write;
	void *context;
};

enum { CHUNK_DATA_MAX = 32, CHUNK_AROUND_BYTES = 12 };

static int write_chunk(const struct output *output, const char *name, const uint8_t *data,
                       uint32_t size)
{
	uint8_t chunk[CHUNK_AROUND_BYTES + CHUNK_DATA_MAX];

	png_write_u32(chunk, size);
	memcpy(chunk + 4, name, 4);
	if (size)
		memcpy(chunk + 8, data, size);
	png_write_u32(chunk + 8 + size, png_crc32(PNG_CRC32_START, chunk + 4, 4 + size));
	return output->write(output->context, chunk, CHUNK_AROUND_BYTES + size);
}

static uint8_t colour_type(const struct png_samples *samples)
{
	return samples->channels == 1 ? 0 : samples->channels == 3 ? 2 : 6;
}

static int write_header(const struct output *output, const struct png_samples *samples)
{
	const struct pixel_source *source = &samples->converter.source;
	uint8_t data[13] = { 0 };

	png_write_u32(png_write_u32(data, source->width), source->height);
	data[8] = (uint8_t)samples->depth;
	data[9] = colour_type(samples);
	return write_chunk(output, "IHDR", data, sizeof(data));
}

static int write_significant_bits(const struct output *output, const struct png_samples *samples)
{
	uint8_t data[4];

	if (!samples->significant_bits)
		return 0;
	memset(data, (int)samples->significant_bits, sizeof(data));
	return write_chunk(output, "sBIT", data, samples->channels);
}

/* As pixels for each unit: a wide pixel has fewer across. PNG's numbers have 31 bits. */
static int write_aspect(const struct output *output, const struct pixel_source *source)
{
	uint8_t data[9] = { 0 };

	if (!source->aspect_num || source->aspect_num > INT32_MAX || source->aspect_den > INT32_MAX)
		return 0;
	png_write_u32(png_write_u32(data, source->aspect_den), source->aspect_num);
	return write_chunk(output, "pHYs", data, sizeof(data));
}

static int write_begin(const struct output *output, const struct png_samples *samples)
{
	int error = output->write(output->context, signature, sizeof(signature));

	if (!error)
		error = write_header(output, samples);
	if (!error && samples->has_cicp)
		error = write_chunk(output, "cICP", samples->cicp, PNG_CICP_BYTES);
	if (!error)
		error = write_significant_bits(output, samples);
	if (!error)
		error = write_aspect(output, &samples->converter.source);
	if (!error && samples->has_exif)
		error = write_chunk(output, "eXIf", samples->exif, PNG_EXIF_BYTES);
	return error;
}

/* PNG's numbers have 31 bits, also the length of a chunk, which holds a row at least. */
static bool is_too_large(const struct png_samples *samples)
{
	const struct pixel_source *source = &samples->converter.source;

	return source->width > INT32_MAX || source->height > INT32_MAX ||
	       png_samples_row_bytes(samples) > ROW_BYTES_MAX;
}

int png_encode(struct png_encoder *encoder, const struct pixel_source *source,
               png_write_function *write, void *context)
{
	const struct output output = { write, context };
	struct png_samples samples;
	struct png_bands bands;
	int error;

	png_samples_init(&samples, source);
	if (is_too_large(&samples))
		return -EFBIG;
	png_bands_init(&bands, &samples, source->height);
	error = png_encoder_prepare(encoder, &bands);
	if (!error)
		error = write_begin(&output, &samples);
	if (!error)
		error = png_encoder_write(encoder, &bands, write, context);
	return error ? error : write_chunk(&output, "IEND", NULL, 0);
}
