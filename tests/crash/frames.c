/* SPDX-License-Identifier: MIT */
#include "frames.h"

#include <errno.h>
#include <string.h>

#include "process.h"
#include "random.h"

#define WIDTH_MAX 32
#define STREAM_TYPE SHMFLIP_METADATA_USER
#define SOURCES 128
#define WORDS_MAX 8 /* of metadata */

/* Each source is an end of this string. So it lives as long as any frame, and no two are equal. */
static const char sources[SHMFLIP_SOURCE_MAX + 1] =
	"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-/*=<>()[]{}!?.,:;"
	"9876543210zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONMLKJIHGFEDCBA-+*/><=)(][}{?!,.;:"
	"02468acegikmoqsuwyACEGIKMOQSUWY.....";

static uint64_t key_of(uint64_t producer, uint64_t number)
{
	return random_mix(producer << 32 ^ number);
}

/* The key of the number that the pixels were drawn under. */
static uint64_t drawn_key(const struct shmflip_frame *frame)
{
	return key_of(frames_producer(frame), (uint64_t)frame->captured_ns);
}

static uint32_t width_of(uint64_t key)
{
	return 1 + (uint32_t)(key >> 8) % WIDTH_MAX;
}

static const char *source_of(uint64_t key)
{
	return sources + key % SOURCES;
}

static size_t bytes_of(const struct shmflip_frame *frame)
{
	return (size_t)frame->plane[0].stride_bytes * frame->plane[0].rows;
}

static uint64_t word_at(uint64_t key, size_t i)
{
	return key + i * UINT64_C(0x9e3779b97f4a7c15);
}

/* Metadata cannot be replaced, so each drawing adds an item of another type. */
static uint32_t metadata_type(const struct shmflip_frame *frame)
{
	return STREAM_TYPE | (uint32_t)frame->captured_ns;
}

static uint32_t metadata_bytes(uint64_t key)
{
	return (uint32_t)(1 + (key >> 40) % WORDS_MAX) * sizeof(uint64_t);
}

void frames_set_stream(struct shmflip_stream *stream, struct shmflip_metadata *metadata,
                       const uint64_t *producer)
{
	*metadata = (struct shmflip_metadata){ STREAM_TYPE, sizeof(*producer), producer };
	shmflip_init(stream);
	stream->metadata = metadata;
	stream->metadata_count = 1;
}

static void add_metadata(struct shmflip_frame *frame, uint64_t key)
{
	uint64_t words[WORDS_MAX];
	const struct shmflip_metadata item = { metadata_type(frame), metadata_bytes(key), words };
	int error;

	for (uint32_t i = 0; i < WORDS_MAX; i++)
		words[i] = word_at(~key, i);
	error = shmflip_frame_add_metadata(frame, &item);
	if (error)
		fault_error("cannot add metadata", error);
}

/* Describes the frame whose pixels are drawn under this number. */
static void describe(struct shmflip_frame *frame, uint64_t producer, uint64_t number)
{
	uint64_t key = key_of(producer, number);

	frame->presentation_ns = (int64_t)producer;
	frame->captured_ns = (int64_t)number;
	frame->decode_ns = (int64_t)(key >> 3);
	frame->source = source_of(key);
	add_metadata(frame, key);
	frames_renumber(frame, number);
}

void frames_describe(struct shmflip_frame *frame, uint64_t producer, uint64_t sequence)
{
	uint64_t key = key_of(producer, sequence);
	uint32_t rows;
	int error;

	frame->width = width_of(key);
	rows = (uint32_t)(frame->slot_bytes / ((frame->width * 4 + 63) & ~63U));
	frame->height = 1 + (uint32_t)(key >> 24) % rows;
	error = shmflip_frame_layout(frame);
	if (error)
		fault_error("cannot lay a frame out", error);
	describe(frame, producer, sequence);
}

void frames_draw(struct shmflip_frame *frame, int half)
{
	uint64_t *words = (uint64_t *)shmflip_frame_writable(frame, 0);
	size_t count = bytes_of(frame) / sizeof(*words);
	uint64_t key = drawn_key(frame);

	if (!words)
		fault("a lent frame is not writable");
	for (size_t i = half ? count / 2 : 0; i < (half ? count : count / 2); i++)
		words[i] = word_at(key, i);
}

void frames_renumber(struct shmflip_frame *frame, uint64_t sequence)
{
	frame->duration_ns = (int64_t)(key_of(frames_producer(frame), sequence) >> 3);
}

bool frames_copy(struct shmflip_frame *to, const struct shmflip_frame *from)
{
	int error;

	to->width = from->width;
	to->height = from->height;
	error = shmflip_frame_layout(to);
	if (error == -EMSGSIZE)
		return false;
	if (error)
		fault_error("cannot lay a copy out", error);
	describe(to, frames_producer(from), (uint64_t)from->captured_ns);
	memcpy(shmflip_frame_writable(to, 0), from->plane[0].pixels, bytes_of(to));
	return true;
}

static bool is_metadata_whole(const struct shmflip_frame *frame)
{
	uint64_t key = drawn_key(frame);
	uint32_t bytes, stream_bytes;
	const uint64_t *words = shmflip_frame_metadata(frame, metadata_type(frame), &bytes);
	const uint64_t *producer = shmflip_frame_metadata(frame, STREAM_TYPE, &stream_bytes);

	if (!words || bytes != metadata_bytes(key) || !producer ||
	    stream_bytes != sizeof(*producer) || *producer != frames_producer(frame))
		return false;
	for (uint32_t i = 0; i < bytes / sizeof(*words); i++)
		if (words[i] != word_at(~key, i))
			return false;
	return true;
}

static bool is_description_whole(const struct shmflip_frame *frame)
{
	uint64_t key = drawn_key(frame),
		 number_key = key_of(frames_producer(frame), frame->sequence);

	return frame->decode_ns == (int64_t)(key >> 3) &&
	       frame->duration_ns == (int64_t)(number_key >> 3) && frame->width == width_of(key) &&
	       strcmp(frame->source, source_of(key)) == 0;
}

static bool are_pixels_whole(const struct shmflip_frame *frame)
{
	const uint64_t *words = (const uint64_t *)frame->plane[0].pixels;
	size_t count = bytes_of(frame) / sizeof(*words);
	uint64_t key = drawn_key(frame), wrong = 0;

	for (size_t i = 0; i < count; i++)
		wrong |= words[i] ^ word_at(key, i);
	return wrong == 0;
}

void frames_check_whole(const struct shmflip_frame *frame, const char *when)
{
	const char *torn = !is_description_whole(frame) ? "description"
	                   : !is_metadata_whole(frame)  ? "metadata"
	                   : !are_pixels_whole(frame)   ? "pixels"
	                                                : NULL;

	if (torn)
		fault("torn %s: frame %llu of producer %llu, %s", torn,
		      (unsigned long long)frame->sequence,
		      (unsigned long long)frames_producer(frame), when);
}
