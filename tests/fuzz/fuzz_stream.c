/* SPDX-License-Identifier: MIT
 *
 * png_stream: whatever the pipe delivers, in whatever portions, each piece that it returns is
 * one whole PNG, the pieces come in order, also if the caller takes each one, and the stream
 * ends. This file simulates the pipe: the linker replaces read(2) and poll(2).
 *
 * Input: a byte that chooses the portions, then the stream. */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "fuzz.h"
#include "input/png_stream.h"
#include "png_header.h"

enum { LIMIT_BYTES = 1 << 14, IEND_BYTES = 12 };

static struct {
	const uint8_t *data;
	size_t size;
	size_t at; /* bytes read so far */
	unsigned portions;
	uint64_t state;
} pipe_input;

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the linker's names */
int __wrap_poll(struct pollfd *pollers, nfds_t count, int timeout_ms);
ssize_t __wrap_read(int fd, void *bytes, size_t size);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

int __wrap_poll(struct pollfd *pollers, nfds_t count, int timeout_ms)
{
	(void)timeout_ms;
	REQUIRE(count == 1);
	if (pipe_input.portions & 1 && fuzz_next(&pipe_input.state) % 8 == 0) {
		errno = EINTR;
		return fuzz_next(&pipe_input.state) & 1 ? -1 : 0;
	}
	pollers->revents = POLLIN;
	return 1;
}

ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
	size_t available = pipe_input.size - pipe_input.at;

	(void)fd;
	if (pipe_input.portions & 2 && fuzz_next(&pipe_input.state) % 8 == 0) {
		errno = fuzz_next(&pipe_input.state) & 1 ? EINTR : EAGAIN;
		return -1;
	}
	if (size > available)
		size = available;
	if (pipe_input.portions & 4 && size)
		size = fuzz_next(&pipe_input.state) % size + 1;
	memcpy(bytes, pipe_input.data + pipe_input.at, size);
	pipe_input.at += size;
	return (ssize_t)size;
}

/* Walks a piece from chunk to chunk: IHDR is first, IEND is last, and nothing follows it. */
static void require_whole(const uint8_t *png, size_t size)
{
	size_t at = PNG_SIGNATURE_BYTES;

	REQUIRE(size >= PNG_SIGNATURE_BYTES + 2 * IEND_BYTES && size <= LIMIT_BYTES);
	REQUIRE(memcmp(png, png_signature, PNG_SIGNATURE_BYTES) == 0);
	REQUIRE(memcmp(png + at + 4, "IHDR", 4) == 0);
	while (memcmp(png + at + 4, "IEND", 4) != 0) {
		at += IEND_BYTES + (size_t)png_read_u32(png + at);
		REQUIRE(at + IEND_BYTES <= size);
	}
	REQUIRE(at + IEND_BYTES == size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct png_stream stream;
	struct input_fd input;
	struct buffer taken = { 0 };
	const uint8_t *png, *found, *from;
	size_t bytes, pieces = 0;
	const char *reason = NULL;
	int error;

	if (size == 0)
		return 0;
	pipe_input.portions = data[0];
	pipe_input.state = fuzz_seed(data, size);
	pipe_input.data = from = data + 1;
	pipe_input.size = size - 1;
	pipe_input.at = 0;
	input_fd_init(&input, -1);
	REQUIRE(png_stream_init(&stream, &input, LIMIT_BYTES, NULL, 0) == 0);
	while ((error = png_stream_next(&stream, &png, &bytes, &reason)) != -ENODATA) {
		REQUIRE(++pieces <= size);
		REQUIRE(error == 0 ||
		        ((error == -EBADMSG || error == -EILSEQ) && reason && *reason));
		if (error)
			continue;
		if (pipe_input.portions & 8)
			REQUIRE(png_stream_take(&stream, &taken) == 0);
		require_whole(png, bytes);
		found = memmem(from, (size_t)(pipe_input.data + pipe_input.at - from), png, bytes);
		REQUIRE(found);
		from = found + bytes;
	}
	REQUIRE(pipe_input.at == pipe_input.size);
	png_stream_finish(&stream);
	buffer_finish(&taken);
	return 0;
}
