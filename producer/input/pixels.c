/* SPDX-License-Identifier: MIT */
#include "pixels.h"

#include "pixel_format.h"

bool pixels_need_own(const struct pixels *pixels, bool exact)
{
	return pixels->choice == PIXELS_FILE || pixels->choice == PIXELS_FORMAT ||
	       (pixels->choice == PIXELS_AUTO && !exact);
}

bool pixels_choose(const struct pixels *pixels, uint32_t own, bool exact, uint32_t *fourcc)
{
	bool kept = false;

	switch (pixels->choice) {
	case PIXELS_BGRA:
		break;
	case PIXELS_AUTO:
		kept = own && !exact;
		break;
	case PIXELS_FILE:
		kept = own && pixel_format_opaque(own) != SHMFLIP_XRGB8888;
		break;
	case PIXELS_FORMAT:
		if (own != pixels->fourcc && pixel_format_opaque(own) != pixels->fourcc)
			return false;
		*fourcc = pixels->fourcc;
		return true;
	}
	*fourcc = kept ? own : SHMFLIP_XRGB8888;
	return true;
}
