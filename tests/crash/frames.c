/* SPDX-License-Identifier: MIT */
#include "frames.h"

#include <stdio.h>
#include <string.h>

#include "process.h"
#include "random.h"

#define WIDTH_MAX 32

static uint64_t key_of(uint64_t producer, uint64_t sequence)
{
	return random_mix(producer << 32 ^ sequence);
}

static size_t words_of(const struct shmflip_frame_info *info)
{
	return (size_t)info->stride_bytes * info->height / sizeof(uint64_t);
}

static uint64_t word_at(uint64_t key, size_t i)
{
	return key + i * UINT64_C(0x9e3779b97f4a7c15);
}

static void write_source(char source[SHMFLIP_SOURCE_SIZE], uint64_t key)
{
	memset(source, 0, SHMFLIP_SOURCE_SIZE);
	for (int i = 0; i < 16; i++)
		source[i] = "0123456789abcdef"[key >> (4 * i) & 15];
}

void frames_describe(struct shmflip_frame_info *info, uint64_t producer, uint64_t sequence,
                     uint64_t slot_bytes)
{
	uint64_t key = key_of(producer, sequence);
	uint32_t rows;

	memset(info, 0, sizeof(*info));
	info->width = 1 + (uint32_t)(key >> 8) % WIDTH_MAX;
	info->stride_bytes = (info->width * 4 + 63) & ~63U;
	rows = (uint32_t)(slot_bytes / info->stride_bytes);
	info->height = 1 + (uint32_t)(key >> 24) % rows;
	info->format = SHMFLIP_FORMAT_XRGB8888;
	info->presentation_ns = (int64_t)producer;
	info->decode_ns = (int64_t)(key >> 3);
	write_source(info->source, key);
}

void frames_draw(uint8_t *pixels, const struct shmflip_frame_info *info, uint64_t sequence,
                 int half)
{
	uint64_t key = key_of((uint64_t)info->presentation_ns, sequence);
	uint64_t *words = (uint64_t *)pixels;
	size_t count = words_of(info);

	for (size_t i = half ? count / 2 : 0; i < (half ? count : count / 2); i++)
		words[i] = word_at(key, i);
}

static bool is_whole(const struct shmflip_frame *frame)
{
	const struct shmflip_frame_info *info = &frame->info;
	uint64_t key = key_of(frames_producer(frame), info->sequence);
	const uint64_t *words = (const uint64_t *)frame->pixels;
	char source[SHMFLIP_SOURCE_SIZE];
	size_t count = words_of(info);
	uint64_t wrong = 0;

	write_source(source, key);
	if (info->decode_ns != (int64_t)(key >> 3) || strcmp(info->source, source) != 0)
		return false;
	for (size_t i = 0; i < count; i++)
		wrong |= words[i] ^ word_at(key, i);
	return wrong == 0;
}

void frames_check_whole(const struct shmflip_frame *frame, const char *when)
{
	if (!is_whole(frame))
		fault("torn: frame %llu of producer %llu, %s",
		      (unsigned long long)frame->info.sequence,
		      (unsigned long long)frames_producer(frame), when);
}
