/* SPDX-License-Identifier: MIT
 *
 * What can be read of the current picture. */
#include <errno.h>
#include <stdlib.h>

#include "video_output.h"
#include "video_output_state.h"

const struct picture_info *video_output_info(const struct video_output *output)
{
	return &output->info;
}

const struct pixel_source *video_output_source(const struct video_output *output)
{
	return output->is_converted ? &output->source : NULL;
}

struct appearance *video_output_appearance(struct video_output *output)
{
	return &output->conversion.appearance;
}

int video_output_inspect(struct video_output *output, struct point at, struct pixel_values *values,
                         uint32_t *pixel)
{
	uint32_t x = (uint32_t)at.x, y = (uint32_t)at.y;

	values->count = 0;
	if (!output->is_converted)
		return video_output_read(output, (struct area){ at.x, at.y, 1, 1 }, pixel);
	pixel_source_read(&output->source, x, y, values);
	*pixel = conversion_of_pixel(&output->source, x, y);
	return 0;
}

/* A picture that the presenter reads: B, G, R, A. */
static int read_whole(struct video_output *output, struct picture_copy *copy)
{
	const struct area whole = { 0, 0, (int)output->info.width, (int)output->info.height };
	uint32_t *pixels = malloc((size_t)4 * output->info.width * output->info.height);

	if (!pixels)
		return presenter_fail(&output->host, -ENOMEM, "out of memory for the picture");
	int error = video_output_read(output, whole, pixels);
	if (error) {
		free(pixels);
		return error;
	}
	*copy = (struct picture_copy){ .info = output->info,
		                       .source = picture_of_copy(&output->info, pixels).source,
		                       .bytes = (uint8_t *)pixels };
	copy->source.orientation = output->source.orientation;
	copy->source.aspect_num = output->source.aspect_num;
	copy->source.aspect_den = output->source.aspect_den;
	return 0;
}

int video_output_copy(struct video_output *output, size_t bytes_max, struct picture_copy *copy)
{
	const struct picture plain = picture_of_copy(&output->info, NULL);
	const struct pixel_source *source = output->is_converted ? &output->source : &plain.source;

	if (picture_copy_bytes(source) > bytes_max)
		return presenter_fail(&output->host, -EFBIG, "the picture is too large");
	if (!output->is_converted)
		return read_whole(output, copy);
	if (picture_copy_init(copy, &output->info, source) < 0)
		return presenter_fail(&output->host, -ENOMEM, "out of memory for the picture");
	return 0;
}

int video_output_read(struct video_output *output, struct area area, uint32_t *pixels)
{
	if (output->pixels_lost)
		return presenter_fail(&output->host, -ENODATA,
		                      "the presenter that held it has failed");
	return output->presenter->read(output->state, area, pixels);
}
