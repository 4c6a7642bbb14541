/* SPDX-License-Identifier: MIT */
#include "png_stream.h"

#include <errno.h>
#include <string.h>

#include "png_header.h"

static const uint8_t last_chunk[] = { 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82 };

/* A chunk is its length, its type, so many bytes of data, and a CRC. */
enum { CHUNK_HEAD_BYTES = 8, CRC_BYTES = 4 };
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
enum { BLOCK_BYTES = 1 << 12 }; /* what a fuzzer makes up is small, and is to meet its end */
#else
enum { BLOCK_BYTES = 1 << 16 };
#endif

int png_stream_init(struct png_stream *stream, struct input_fd *input, size_t limit_bytes,
                    const void *begun, size_t size)
{
	*stream = (struct png_stream){ .input = input, .limit_bytes = limit_bytes };
	if (buffer_reserve(&stream->read, BLOCK_BYTES))
		return -ENOMEM;
	if (size)
		memcpy(stream->read.data, begun, size);
	stream->end = size;
	return 0;
}

void png_stream_finish(struct png_stream *stream)
{
	buffer_finish(&stream->read);
}

/* Room for a block behind end, by moving what is held to the front, or by doubling. */
static int make_room(struct png_stream *stream)
{
	size_t capacity = stream->read.capacity;

	if (capacity - stream->end >= BLOCK_BYTES)
		return 0;
	if (stream->start > 0) {
		stream->end -= stream->start;
		memmove(stream->read.data, stream->read.data + stream->start, stream->end);
		stream->start = 0;
	}
	if (capacity - stream->end >= BLOCK_BYTES)
		return 0;
	return buffer_reserve(&stream->read, 2 * capacity + BLOCK_BYTES);
}

/* Reads a block, or so many bytes if that is more: as much of it as there is, at least one byte.
 * -ENODATA at the end. */
static int read_some(struct png_stream *stream, size_t wanted)
{
	int result = make_room(stream);
	size_t room = stream->read.capacity - stream->end;
	ssize_t got;

	if (result)
		return result;
	if (wanted < BLOCK_BYTES)
		wanted = BLOCK_BYTES;
	got = input_fd_read(stream->input, stream->read.data + stream->end,
	                    wanted < room ? wanted : room);
	if (got < 0)
		return (int)got;
	stream->end += (size_t)got;
	return 0;
}

/* Has size bytes of the present piece in memory. */
static int need(struct png_stream *stream, size_t size)
{
	while (stream->end - stream->start < size) {
		int result = read_some(stream, size - (stream->end - stream->start));

		if (result)
			return result;
	}
	return 0;
}

/* How many bytes at the end of what is held may be the beginning of a signature. */
static size_t signature_begun(const uint8_t *data, size_t size)
{
	size_t begun = size < PNG_SIGNATURE_BYTES ? size : PNG_SIGNATURE_BYTES - 1;

	while (begun > 0 && memcmp(data + size - begun, png_signature, begun))
		begun--;
	return begun;
}

/* Begins the next piece at the first signature from start on. */
static int find_signature(struct png_stream *stream)
{
	for (;;) {
		size_t size = stream->end - stream->start, begun;
		const uint8_t *from = stream->read.data + stream->start;
		const uint8_t *found = memmem(from, size, png_signature, PNG_SIGNATURE_BYTES);
		int result;

		if (found) {
			stream->start += (size_t)(found - from);
			return 0;
		}
		begun = signature_begun(from, size);
		stream->start = stream->end - begun;
		result = read_some(stream, PNG_SIGNATURE_BYTES - begun);
		if (result)
			return result;
	}
}

static bool is_letter(uint8_t byte)
{
	return (byte | 32) >= 'a' && (byte | 32) <= 'z';
}

static const char *fault_in_chunk(const struct png_stream *stream, const uint8_t *head)
{
	uint32_t length = png_read_u32(head);

	for (int i = 4; i < CHUNK_HEAD_BYTES; i++) {
		if (!is_letter(head[i]))
			return "damaged: no chunk where one should be";
	}
	if ((memcmp(head + 4, "IHDR", 4) == 0) != (stream->parsed == PNG_SIGNATURE_BYTES))
		return "damaged: IHDR is not the first chunk";
	if (length > 0 && memcmp(head + 4, "IEND", 4) == 0)
		return "damaged: bad IEND";
	if (length > INT32_MAX)
		return "damaged: impossible length of a chunk";
	if (stream->parsed + CHUNK_HEAD_BYTES + length + CRC_BYTES > stream->limit_bytes)
		return "too many bytes for one PNG";
	return NULL;
}

/* One step further into the piece; *whole: that was IEND. All of it is looked at: a stream that breaks
 * off within it goes on with the next frame's first bytes, and one with a length would swallow them. */
static int read_chunk(struct png_stream *stream, bool *whole, const char **reason)
{
	int result = need(stream, stream->parsed + CHUNK_HEAD_BYTES);
	size_t at = stream->start + stream->parsed;

	if (result)
		return result;
	*reason = fault_in_chunk(stream, stream->read.data + at);
	if (*reason)
		return -EBADMSG;
	*whole = memcmp(stream->read.data + at + 4, "IEND", 4) == 0;
	stream->parsed += CHUNK_HEAD_BYTES + png_read_u32(stream->read.data + at) + CRC_BYTES;
	result = need(stream, stream->parsed);
	at = stream->start + stream->parsed - sizeof(last_chunk);
	if (!result && *whole && memcmp(stream->read.data + at, last_chunk, sizeof(last_chunk))) {
		*reason = "damaged: bad IEND";
		return -EBADMSG;
	}
	return result;
}

static int read_signature(struct png_stream *stream, const char **reason)
{
	int result = need(stream, PNG_SIGNATURE_BYTES);
	size_t held = stream->end - stream->start;

	if (result && (result != -ENODATA || held == 0))
		return result;
	if (memcmp(stream->read.data + stream->start, png_signature,
	           held < PNG_SIGNATURE_BYTES ? held : PNG_SIGNATURE_BYTES)) {
		*reason = "not a PNG";
		return -EBADMSG;
	}
	stream->parsed = PNG_SIGNATURE_BYTES;
	return result;
}

/* Steps behind what was handed out last, or behind what was damaged. */
static int begin_piece(struct png_stream *stream)
{
	stream->start += stream->parsed;
	stream->parsed = 0;
	if (stream->lost) {
		int result = find_signature(stream);

		if (result)
			return result;
		stream->lost = false;
	}
	return 0;
}

int png_stream_next(struct png_stream *stream, const uint8_t **png, size_t *size,
                    const char **reason)
{
	bool whole = false;
	int result = begin_piece(stream);

	if (result)
		return result;
	result = read_signature(stream, reason);
	while (!result && !whole)
		result = read_chunk(stream, &whole, reason);
	if (result == -ENODATA && stream->end > stream->start) {
		*reason = "truncated";
		result = -EBADMSG;
	}
	if (result == -EBADMSG) {
		stream->lost = true;
		stream->parsed = 1;
	}
	if (!result) {
		*png = stream->read.data + stream->start;
		*size = stream->parsed;
	}
	return result;
}

int png_stream_take(struct png_stream *stream, struct buffer *buffer)
{
	const uint8_t *behind = stream->read.data + stream->start + stream->parsed;
	size_t size = stream->end - stream->start - stream->parsed;
	struct buffer taken = stream->read;

	if (buffer_reserve(buffer, size))
		return -ENOMEM;
	if (size)
		memcpy(buffer->data, behind, size);
	stream->read = *buffer;
	*buffer = taken;
	stream->start = stream->parsed = 0;
	stream->end = size;
	return 0;
}
