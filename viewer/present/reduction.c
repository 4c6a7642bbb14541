/* SPDX-License-Identifier: MIT */
#include "reduction.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The sums of a block of pixels. A block has fewer than 2^48 of them. */
struct block {
	uint64_t weight; /* alpha, or 255 if the picture is opaque */
	uint64_t red;    /* times weight */
	uint64_t green;
	uint64_t blue;
	uint64_t pixels;
};

bool reduction_is_needed(const struct picture_info *info, int side_max)
{
	return info->width > (uint32_t)side_max || info->height > (uint32_t)side_max;
}

/* Not more pixels than twice those of the target: drawing libraries that filter bilinearly would
 * skip the rest. */
static int reduced_side(int source, int target, int side_max)
{
	int factor = source / target;
	int factor_min = (source - 1) / side_max + 1;

	if (factor < factor_min)
		factor = factor_min;
	return (source - 1) / factor + 1;
}

/* Where block number i of count begins on a side. */
static int block_begin(int i, int count, int side)
{
	return (int)((int64_t)i * side / count);
}

static void add_pixel(struct block *block, uint32_t pixel, uint32_t alpha_floor)
{
	uint32_t weight = (pixel | alpha_floor) >> 24;

	block->weight += weight;
	block->red += (uint64_t)weight * (pixel >> 16 & 255);
	block->green += (uint64_t)weight * (pixel >> 8 & 255);
	block->blue += (uint64_t)weight * (pixel & 255);
	block->pixels++;
}

static void add_row(struct block *blocks, int count, const uint32_t *row, int width,
                    uint32_t alpha_floor)
{
	for (int i = 0; i < count; i++) {
		int end = block_begin(i + 1, count, width);

		for (int x = block_begin(i, count, width); x < end; x++)
			add_pixel(&blocks[i], row[x], alpha_floor);
	}
}

static uint32_t mean(uint64_t sum, uint64_t count)
{
	return (uint32_t)((sum + count / 2) / count);
}

static uint32_t mean_pixel(const struct block *block)
{
	if (block->weight == 0)
		return 0;
	return mean(block->weight, block->pixels) << 24 | mean(block->red, block->weight) << 16 |
	       mean(block->green, block->weight) << 8 | mean(block->blue, block->weight);
}

static void reduce(struct block *blocks, const struct picture *picture, struct area source,
                   struct size size, uint32_t *pixels)
{
	uint32_t alpha_floor = picture_alpha_floor(&picture->info);

	for (int i = 0; i < size.height; i++) {
		int end = block_begin(i + 1, size.height, source.height);

		memset(blocks, 0, (size_t)size.width * sizeof(*blocks));
		for (int y = block_begin(i, size.height, source.height); y < end; y++) {
			const uint8_t *row =
				picture->pixels + (size_t)(source.y + y) * picture->stride_bytes;

			add_row(blocks, size.width, (const uint32_t *)(const void *)row + source.x,
			        source.width, alpha_floor);
		}
		for (int x = 0; x < size.width; x++)
			*pixels++ = mean_pixel(&blocks[x]);
	}
}

int reduction_init(struct reduction *reduction, const struct picture *picture,
                   const struct scene *scene, int side_max)
{
	struct area source = scene->source;
	struct size size = { reduced_side(source.width, scene->target.width, side_max),
		             reduced_side(source.height, scene->target.height, side_max) };
	uint32_t *pixels = malloc((size_t)4 * (size_t)size.width * (size_t)size.height);
	struct block *blocks = calloc((size_t)size.width, sizeof(*blocks));

	if (!pixels || !blocks) {
		free(pixels);
		free(blocks);
		return -ENOMEM;
	}
	reduce(blocks, picture, source, size, pixels);
	free(blocks);
	struct picture_info info = picture->info;
	info.width = (uint32_t)size.width;
	info.height = (uint32_t)size.height;
	*reduction = (struct reduction){ picture_of_copy(&info, pixels), *scene, pixels };
	reduction->scene.source = (struct area){ 0, 0, size.width, size.height };
	return 0;
}

void reduction_finish(struct reduction *reduction)
{
	free(reduction->pixels);
}
