/* SPDX-License-Identifier: MIT */
#include "raw_output.h"

enum { LIMITED = 1 };

uint32_t raw_output_opaque(uint32_t fourcc)
{
	switch (fourcc) {
	case SHMFLIP_ARGB8888:
		return SHMFLIP_XRGB8888;
	case SHMFLIP_ABGR8888:
		return SHMFLIP_XBGR8888;
	case SHMFLIP_ABGR16161616:
		return SHMFLIP_XBGR16161616;
	default:
		return fourcc;
	}
}

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
	return layout->format->exact && layout->maximum <= 255 && layout->colour.range != LIMITED;
}

static bool is_kept(const struct raw_layout *layout, const struct pixels *pixels, uint32_t own)
{
	switch (pixels->choice) {
	case PIXELS_BGRA:
		return false;
	case PIXELS_AUTO:
		return own && !is_exact(layout);
	case PIXELS_FILE:
		return own && own != SHMFLIP_XRGB8888 && own != SHMFLIP_ARGB8888;
	case PIXELS_FORMAT:
		break;
	}
	return own && (own == pixels->fourcc || raw_output_opaque(own) == pixels->fourcc);
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
	uint32_t own = own_format(layout);
	bool kept = is_kept(layout, pixels, own);

	if (pixels->choice == PIXELS_FORMAT && !kept)
		return "its pixels have another format than --pixels names: use auto, or bgra to "
		       "convert them";
	*output = (struct raw_output){
		.fourcc = kept ? own : SHMFLIP_XRGB8888,
		.kept = kept,
		.colour = kept ? layout->colour : colour_of_ours(layout),
	};
	if (pixels->choice == PIXELS_FORMAT)
		output->fourcc = pixels->fourcc;
	if (kept && layout->maximum > 255)
		output->colour.white = (uint16_t)layout->maximum;
	return NULL;
}
