/* SPDX-License-Identifier: MIT */
#include "raw_unpack.h"

#include <string.h>

#include "shmflip.h"

enum { GRAY = 128 };

/* Where a row's samples are: from which byte of which plane on, and how many bytes apart. 0 bytes:
 * nowhere. */
struct samples {
	uint8_t plane, first, step;
};

static const struct packing {
	uint32_t fourcc;
	struct samples y, u, v;
	uint8_t shift; /* of a word, to the right; 0: samples are bytes */
} packings[] = {
	{ SHMFLIP_YUYV, { 0, 0, 2 }, { 0, 1, 4 }, { 0, 3, 4 }, 0 },
	{ SHMFLIP_UYVY, { 0, 1, 2 }, { 0, 0, 4 }, { 0, 2, 4 }, 0 },
	{ SHMFLIP_NV12, { 0, 0, 1 }, { 1, 0, 2 }, { 1, 1, 2 }, 0 },
	{ SHMFLIP_NV21, { 0, 0, 1 }, { 1, 1, 2 }, { 1, 0, 2 }, 0 },
	{ SHMFLIP_NV16, { 0, 0, 1 }, { 1, 0, 2 }, { 1, 1, 2 }, 0 },
	{ SHMFLIP_YUV420, { 0, 0, 1 }, { 1, 0, 1 }, { 2, 0, 1 }, 0 },
	{ SHMFLIP_YUV422, { 0, 0, 1 }, { 1, 0, 1 }, { 2, 0, 1 }, 0 },
	{ SHMFLIP_YUV444, { 0, 0, 1 }, { 1, 0, 1 }, { 2, 0, 1 }, 0 },
	{ SHMFLIP_P010, { 0, 0, 2 }, { 1, 0, 4 }, { 1, 2, 4 }, 8 },
	{ SHMFLIP_S010, { 0, 0, 2 }, { 1, 0, 2 }, { 2, 0, 2 }, 2 },
	{ SHMFLIP_S210, { 0, 0, 2 }, { 1, 0, 2 }, { 2, 0, 2 }, 2 },
	{ SHMFLIP_S410, { 0, 0, 2 }, { 1, 0, 2 }, { 2, 0, 2 }, 2 },
	{ SHMFLIP_R8, { 0, 0, 1 }, { 0 }, { 0 }, 0 },
	{ SHMFLIP_R16, { 0, 0, 2 }, { 0 }, { 0 }, 8 },
};

static uint8_t round_word(const uint8_t *word, unsigned shift)
{
	uint32_t value = ((uint32_t)(word[0] | word[1] << 8) + (1U << shift) / 2) >> shift;

	return (uint8_t)(value > 255 ? 255 : value);
}

static void unpack(const uint8_t *const planes[3], struct samples samples, unsigned shift,
                   uint8_t *out, size_t count)
{
	const uint8_t *in = planes[samples.plane] + samples.first;
	size_t step = samples.step;

	if (step == 0) {
		memset(out, GRAY, count);
	} else if (shift) {
		for (size_t i = 0; i < count; i++)
			out[i] = round_word(in + step * i, shift);
	} else if (step == 1) {
		memcpy(out, in, count);
	} else if (step == 2) {
		for (size_t i = 0; i < count; i++)
			out[i] = in[2 * i];
	} else {
		for (size_t i = 0; i < count; i++)
			out[i] = in[step * i];
	}
}

void raw_unpack_row(uint32_t fourcc, const uint8_t *const planes[3], const struct raw_row *row)
{
	const struct packing *packing = packings;

	while (packing->fourcc != fourcc)
		packing++;
	unpack(planes, packing->y, packing->shift, row->y, row->width);
	unpack(planes, packing->u, packing->shift, row->u, row->chroma_width);
	unpack(planes, packing->v, packing->shift, row->v, row->chroma_width);
}
