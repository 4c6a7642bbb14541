/* SPDX-License-Identifier: MIT
 *
 * Layouts of frames: whatever format and size, the planes have room for their rows, follow each
 * other without overlap, and no sum overflows. And names of formats: what is found is a format.
 *
 * Input: 4 bytes of a fourcc, 4 of the width, 4 of the height, then a name. */
#include <errno.h>
#include <stdbool.h>

#include "fuzz.h"
#include "shmflip.h"

enum { ALIGNMENT = 64, SMALL = 1 << 14 };

static uint32_t number_at(const uint8_t *data)
{
	uint32_t number;

	memcpy(&number, data, sizeof(number));
	return number;
}

static uint32_t divided(uint32_t side, bool halved)
{
	return halved ? side / 2 + side % 2 : side;
}

static void require_planes(const struct shmflip_format_info *info, uint32_t width, uint32_t height,
                           const struct shmflip_layout *layout)
{
	uint64_t end = 0;

	REQUIRE(layout->planes == info->planes);
	for (uint32_t p = 0; p < layout->planes; p++) {
		uint64_t bytes = (uint64_t)layout->stride_bytes[p] * layout->rows[p];

		REQUIRE(layout->rows[p] == divided(height, p && info->chroma_halved_y));
		REQUIRE(layout->row_bytes[p] >= divided(width, p && info->chroma_halved_x));
		REQUIRE(layout->row_bytes[p] <= layout->stride_bytes[p]);
		REQUIRE(layout->stride_bytes[p] % ALIGNMENT == 0);
		REQUIRE(layout->offset_bytes[p] % ALIGNMENT == 0 && layout->offset_bytes[p] >= end);
		REQUIRE(!__builtin_add_overflow(layout->offset_bytes[p], bytes, &end));
	}
	REQUIRE(layout->offset_bytes[0] == 0 && layout->bytes == end && end <= INT64_MAX);
	for (uint32_t p = layout->planes; p < SHMFLIP_PLANES_MAX; p++)
		REQUIRE(!layout->rows[p] && !layout->stride_bytes[p] && !layout->offset_bytes[p]);
}

static void check_layout(uint32_t fourcc, uint32_t width, uint32_t height)
{
	const struct shmflip_format_info *info = shmflip_format_info(fourcc);
	struct shmflip_layout layout;
	int error;

	shmflip_init(&layout);
	error = shmflip_format_layout(fourcc, width, height, &layout);
	REQUIRE(error == -EINVAL || (info && width && height));
	if (!error)
		require_planes(info, width, height, &layout);
	else
		REQUIRE(!layout.bytes && !layout.planes && *shmflip_error_detail());
	REQUIRE(error != -EOVERFLOW || width > SMALL || height > SMALL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t width, height, found = 0;
	char name[64] = "";

	if (size < 12)
		return 0;
	width = number_at(data + 4);
	height = number_at(data + 8);
	check_layout(number_at(data), width, height);
	size -= 12;
	memcpy(name, data + 12, size < sizeof(name) ? size : sizeof(name) - 1);
	if (shmflip_format_find(name, &found)) {
		REQUIRE(found == 0 && *shmflip_error_detail());
		return 0;
	}
	REQUIRE(shmflip_format_info(found));
	check_layout(found, width, height);
	return 0;
}
