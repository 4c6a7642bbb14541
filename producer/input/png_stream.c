/* SPDX-License-Identifier: MIT */
#include "png_stream.h"

#include <errno.h>
#include <string.h>

#include "file_kind.h"
#include "png_header.h"

static const uint8_t last_chunk[] = { 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82 };

/* A chunk is its length, its type, data of that length, and a CRC. */
enum { CHUNK_HEAD_BYTES = 8, CRC_BYTES = 4 };
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
/* Small, so that a fuzzer's short inputs reach the end of a block. */
enum { BLOCK_BYTES = 1 << 12 };
#else
enum { BLOCK_BYTES = 1 << 16 };
#endif

int png_stream_init(struct png_stream *stream, struct input_fd *input, size_t limit_bytes,
                    const void *prefix, size_t prefix_size)
{
	*stream = (struct png_stream){ .input = input, .limit_bytes = limit_bytes };
	if (buffer_reserve(&stream->read, BLOCK_BYTES))
		return -ENOMEM;
	if (prefix_size)
		memcpy(stream->read.data, prefix, prefix_size);
	stream->end = prefix_size;
	return 0;
}

void png_stream_finish(struct png_stream *stream)
{
	buffer_finish(&stream->read);
}

/* Makes room for a block after end: moves the held bytes to the front, or doubles the buffer. */
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

/* Reads what is there, at least one byte, at most size or a block, whichever is larger. */
static int read_some(struct png_stream *stream, size_t size)
{
	int error = make_room(stream);
	size_t room = stream->read.capacity - stream->end;
	ssize_t got;

	if (error)
		return error;
	if (size < BLOCK_BYTES)
		size = BLOCK_BYTES;
	got = input_fd_read(stream->input, stream->read.data + stream->end,
	                    size < room ? size : room);
	if (got < 0)
		return (int)got;
	stream->end += (size_t)got;
	return 0;
}

/* Reads until size bytes of the current PNG are in memory. */
static int read_up_to(struct png_stream *stream, size_t size)
{
	while (stream->end - stream->start < size) {
		int error = read_some(stream, size - (stream->end - stream->start));

		if (error)
			return error;
	}
	return 0;
}

/* How many bytes at the end of the data may be the start of a signature. */
static size_t partial_signature(const uint8_t *data, size_t size)
{
	size_t length = size < PNG_SIGNATURE_BYTES ? size : PNG_SIGNATURE_BYTES - 1;

	while (length > 0 && memcmp(data + size - length, png_signature, length))
		length--;
	return length;
}

/* Moves start to the first signature at or after it. */
static int find_signature(struct png_stream *stream)
{
	for (;;) {
		size_t size = stream->end - stream->start, partial;
		const uint8_t *from = stream->read.data + stream->start;
		const uint8_t *found = memmem(from, size, png_signature, PNG_SIGNATURE_BYTES);
		int error;

		if (found) {
			stream->start += (size_t)(found - from);
			return 0;
		}
		partial = partial_signature(from, size);
		stream->start = stream->end - partial;
		error = read_some(stream, PNG_SIGNATURE_BYTES - partial);
		if (error)
			return error;
	}
}

/* UTF-8 is text. Bytes from 0x80 to 0xbf continue a character; a signature's first is one. */
static bool is_text(uint8_t byte, uint8_t previous)
{
	if (byte >= 0x80 && byte < 0xc0)
		return previous >= 0x80;
	return (byte >= ' ' && byte != 0x7f) || (byte >= '\t' && byte <= '\r');
}

/* previous: the byte before the data; afterwards, the last byte of the text. */
static size_t text_length(const uint8_t *data, size_t size, uint8_t *previous)
{
	size_t length = 0;

	while (length < size && is_text(data[length], *previous))
		*previous = data[length++];
	return length;
}

static bool begins_with_signature(const struct png_stream *stream)
{
	size_t held = stream->end - stream->start;

	return memcmp(stream->read.data + stream->start, png_signature,
	              held < PNG_SIGNATURE_BYTES ? held : PNG_SIGNATURE_BYTES) == 0;
}

/* Whether the bytes before the next PNG are of a kind that is known. */
static int check_kind(struct png_stream *stream, const char **reason)
{
	int error = read_up_to(stream, FILE_KIND_BYTES);
	const char *fault =
		file_kind_fault(stream->read.data + stream->start, stream->end - stream->start);

	if (fault) {
		*reason = fault;
		return -EILSEQ;
	}
	return error == -ENODATA ? 0 : error;
}

/* Moves start to the first byte that is no text, or that begins a signature. */
static int skip_to_binary(struct png_stream *stream)
{
	uint8_t previous = '\n';

	for (;;) {
		size_t size = stream->end - stream->start, length, before;
		const uint8_t *from = stream->read.data + stream->start;
		const uint8_t *found = memmem(from, size, png_signature, PNG_SIGNATURE_BYTES);
		int error;

		before = found ? (size_t)(found - from) : size - partial_signature(from, size);
		length = text_length(from, before, &previous);
		stream->start += length;
		if (found || length < before)
			return 0;
		error = read_some(stream, PNG_SIGNATURE_BYTES);
		if (error)
			return error;
	}
}

/* Skips text before a PNG. */
static int skip_text(struct png_stream *stream, const char **reason)
{
	int error = read_up_to(stream, 1);

	if (error || begins_with_signature(stream))
		return error;
	error = check_kind(stream, reason);
	if (!error)
		error = skip_to_binary(stream);
	if (error == -ENODATA && stream->start < stream->end)
		return 0;
	if ((error == -ENODATA && !stream->has_begun) ||
	    (!error && !begins_with_signature(stream))) {
		*reason = "not a PNG";
		return -EILSEQ;
	}
	return error;
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

/* Reads one chunk of the current PNG. Sets *complete if that was IEND. Checks every byte of IEND:
 * if the stream is cut off inside IEND, the next frame follows, and an IEND with a length would
 * swallow it. */
static int read_chunk(struct png_stream *stream, bool *complete, const char **reason)
{
	int error = read_up_to(stream, stream->parsed + CHUNK_HEAD_BYTES);
	size_t at = stream->start + stream->parsed;

	if (error)
		return error;
	*reason = fault_in_chunk(stream, stream->read.data + at);
	if (*reason)
		return -EBADMSG;
	*complete = memcmp(stream->read.data + at + 4, "IEND", 4) == 0;
	stream->parsed += CHUNK_HEAD_BYTES + png_read_u32(stream->read.data + at) + CRC_BYTES;
	error = read_up_to(stream, stream->parsed);
	at = stream->start + stream->parsed - sizeof(last_chunk);
	if (!error && *complete && memcmp(stream->read.data + at, last_chunk, sizeof(last_chunk))) {
		*reason = "damaged: bad IEND";
		return -EBADMSG;
	}
	return error;
}

static int read_signature(struct png_stream *stream, const char **reason)
{
	int error = read_up_to(stream, PNG_SIGNATURE_BYTES);
	size_t held = stream->end - stream->start;

	if (error && (error != -ENODATA || held == 0))
		return error;
	if (!begins_with_signature(stream)) {
		*reason = "not a PNG";
		return -EILSEQ;
	}
	stream->has_begun = true;
	stream->parsed = PNG_SIGNATURE_BYTES;
	return error;
}

/* Skips the last PNG, or the damage. */
static int skip_previous(struct png_stream *stream)
{
	stream->start += stream->parsed;
	stream->parsed = 0;
	if (stream->resync) {
		int error = find_signature(stream);

		if (error)
			return error;
		stream->resync = false;
	}
	return 0;
}

/* What looks like a damaged PNG may be one of a kind of its own. */
static void name_kind(const struct png_stream *stream, const char **reason)
{
	const char *fault =
		file_kind_fault(stream->read.data + stream->start, stream->end - stream->start);

	if (fault)
		*reason = fault;
}

int png_stream_next(struct png_stream *stream, const uint8_t **png, size_t *size,
                    const char **reason)
{
	bool complete = false;
	int error = skip_previous(stream);

	if (!error)
		error = skip_text(stream, reason);
	if (!error)
		error = read_signature(stream, reason);
	while (!error && !complete)
		error = read_chunk(stream, &complete, reason);
	if (error == -ENODATA && stream->end > stream->start) {
		*reason = "truncated";
		error = -EBADMSG;
	}
	if (error == -EBADMSG)
		name_kind(stream, reason);
	if (error == -EBADMSG || error == -EILSEQ) {
		stream->resync = true;
		stream->parsed = stream->start < stream->end;
	}
	if (!error) {
		*png = stream->read.data + stream->start;
		*size = stream->parsed;
	}
	return error;
}

int png_stream_take(struct png_stream *stream, struct buffer *buffer)
{
	const uint8_t *rest = stream->read.data + stream->start + stream->parsed;
	size_t size = stream->end - stream->start - stream->parsed;
	struct buffer taken = stream->read;

	if (buffer_reserve(buffer, size))
		return -ENOMEM;
	if (size)
		memcpy(buffer->data, rest, size);
	stream->read = *buffer;
	*buffer = taken;
	stream->start = stream->parsed = 0;
	stream->end = size;
	return 0;
}
