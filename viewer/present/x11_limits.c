/* SPDX-License-Identifier: MIT */
#include "x11_limits.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "present.h"
#include "x11_display.h"

#define COOKIE_BYTES_MAX 4096

/* Converted, or to be converted before it is shown. */
static bool is_converted(const struct picture *picture)
{
	return picture->pixels != picture->source.plane[0].pixels;
}

/* Whether X can read each of the viewer's buffers for converted pictures of this size. They lie in
 * one segment, behind its cookie. */
static bool reaches_buffers(const struct picture_info *info)
{
	uint64_t bytes = (uint64_t)info->width * info->height * X11_PIXEL_BYTES;

	return COOKIE_BYTES_MAX + PRESENTER_FRAMES_MAX * bytes <= UINT32_MAX;
}

int x11_limits_accept(struct presenter_host *host, const struct picture *picture)
{
	const struct picture_info *info = &picture->info;

	if (info->width > X11_SIDE_MAX || info->height > X11_SIDE_MAX ||
	    picture->stride_bytes / X11_PIXEL_BYTES > UINT16_MAX)
		return presenter_fail(host, -EOVERFLOW, "a frame of %ux%u is too large for X",
		                      info->width, info->height);
	if (is_converted(picture) && !reaches_buffers(info))
		return presenter_fail(host, -EOVERFLOW,
		                      "a frame of %ux%u that must be converted is too large for X",
		                      info->width, info->height);
	if (picture->segment && picture->segment->offset_bytes[0] > UINT32_MAX)
		return presenter_fail(
			host, -EOVERFLOW,
			"X cannot read frames beyond the first 4 GiB of their memory: use "
			"fewer slots");
	return 0;
}
