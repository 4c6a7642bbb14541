/* SPDX-License-Identifier: MIT */
#include "raw_output.h"

#include "h273.h"

/* The channel's format for the samples as they are. 0: there is none. In PNM of 16 bits, samples
 * are in another byte order, and there may be less than four: raw_wide.h rearranges them. */
static uint32_t own_format(const struct raw_layout *layout)
{
	static const uint32_t wide[] = { 0, SHMFLIP_R16, SHMFLIP_ABGR16161616, SHMFLIP_XBGR16161616,
		                         SHMFLIP_ABGR16161616 };

	if (layout->maximum > 255)
		return wide[layout->format->pixel_bytes];
	return layout->format->fourcc;
}

/* Whether our pixels hold all of a frame. Gray of limited range would have to be scaled. */
static bool is_exact(const struct raw_layout *layout)
{
	return layout->format->exact && layout->maximum <= 255 &&
	       layout->colour.range != RANGE_LIMITED;
}

/* Our pixels have no matrix. Their range is full, as that of all RGB of which nothing is said. */
static struct shmflip_colour colour_of_ours(const struct raw_layout *layout)
{
	return (struct shmflip_colour){ .primaries = layout->colour.primaries,
		                        .transfer = layout->colour.transfer };
}

const char *raw_output_choose(const struct raw_layout *layout, const struct pixels *pixels,
                              struct raw_output *output)
{
	uint32_t fourcc;
	bool kept;

	if (!pixels_choose(pixels, own_format(layout), is_exact(layout), &fourcc))
		return "its pixels have another format than --pixels names: use auto, or bgra to "
		       "convert them";
	kept = fourcc != SHMFLIP_XRGB8888;
	*output = (struct raw_output){
		.fourcc = fourcc,
		.kept = kept,
		.colour = kept ? layout->colour : colour_of_ours(layout),
	};
	if (kept && layout->maximum > 255)
		output->colour.white = (uint16_t)layout->maximum;
	return NULL;
}
