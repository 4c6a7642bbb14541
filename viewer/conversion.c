/* SPDX-License-Identifier: MIT */
#include "conversion.h"

#include "pixel_orientation.h"

#define PIXEL_BYTES 4

void conversion_init(struct conversion *conversion, const struct appearance *appearance)
{
	conversion->appearance = *appearance;
	shared_buffers_init(&conversion->buffers);
}

void conversion_finish(struct conversion *conversion)
{
	shared_buffers_finish(&conversion->buffers);
}

bool conversion_is_needed(const struct picture *picture)
{
	return !picture->pixels;
}

static void convert(const struct picture *picture, const struct pixel_appearance *appearance,
                    uint8_t *out)
{
	struct pixel_converter converter;

	pixel_converter_init(&converter, &picture->source, appearance);
	pixel_orientation_convert(&converter, picture->info.orientation, out,
	                          (size_t)PIXEL_BYTES * picture->info.width);
}

int conversion_apply(struct conversion *conversion, struct picture *picture)
{
	size_t row_bytes = (size_t)PIXEL_BYTES * picture->info.width;
	const struct shared_buffer *buffer;

	if (!conversion_is_needed(picture))
		return 0;
	int error = shared_buffers_take(&conversion->buffers, picture->frame,
	                                row_bytes * picture->info.height, &buffer);
	if (error)
		return error;
	const struct pixel_appearance appearance =
		appearance_of_next(&conversion->appearance, &picture->source);
	convert(picture, &appearance, buffer->pixels);
	picture->pixels = buffer->pixels;
	picture->stride_bytes = (uint32_t)row_bytes;
	picture->segment = &buffer->segment;
	return 0;
}

void conversion_release(struct conversion *conversion, const struct shmflip_frame *frame)
{
	shared_buffers_release(&conversion->buffers, frame);
}

void conversion_write(struct conversion *conversion, const struct picture *picture,
                      uint32_t *pixels)
{
	const struct pixel_appearance appearance =
		appearance_of_other(&conversion->appearance, &picture->source);

	convert(picture, &appearance, (uint8_t *)pixels);
}

uint32_t conversion_of_pixel(const struct pixel_source *source, uint32_t x, uint32_t y)
{
	struct pixel_source as_it_lies = *source;
	struct pixel_converter converter;
	uint8_t bytes[PIXEL_BYTES];

	as_it_lies.premultiplied = false;
	pixel_converter_init(&converter, &as_it_lies, NULL);
	pixel_convert(&converter, x, y, 1, 1, bytes, PIXEL_BYTES);
	return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 |
	       bytes[0];
}
