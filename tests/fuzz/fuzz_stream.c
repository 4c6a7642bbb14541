/* SPDX-License-Identifier: MIT
 *
 * png_stream: whatever comes down the pipe, in whatever portions, each piece that is handed out is one
 * whole PNG, the pieces come in order, also when each is taken, and the stream comes to its end. The
 * pipe is this file's: read(2) and poll(2) are replaced by the linker.
 *
 * Input: a byte that makes the portions, then the stream. */
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
	size_t at; /* how much was read */
	unsigned portions;
	uint64_t state;
} given;

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the linker's names */
int __wrap_poll(struct pollfd *pollers, nfds_t count, int timeout_ms);
ssize_t __wrap_read(int fd, void *bytes, size_t size);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

int __wrap_poll(struct pollfd *pollers, nfds_t count, int timeout_ms)
{
	(void)timeout_ms;
	REQUIRE(count == 1);
	if (given.portions & 1 && fuzz_next(&given.state) % 8 == 0) {
		errno = EINTR;
		return fuzz_next(&given.state) & 1 ? -1 : 0;
	}
	pollers->revents = POLLIN;
	return 1;
}

ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
	size_t left = given.size - given.at;

	(void)fd;
	if (given.portions & 2 && fuzz_next(&given.state) % 8 == 0) {
		errno = fuzz_next(&given.state) & 1 ? EINTR : EAGAIN;
		return -1;
	}
	if (size > left)
		size = left;
	if (given.portions & 4 && size)
		size = fuzz_next(&given.state) % size + 1;
	memcpy(bytes, given.data + given.at, size);
	given.at += size;
	return (ssize_t)size;
}

/* Walks a piece from chunk to chunk: IHDR first, IEND last, and nothing behind it. */
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
	size_t bytes, rounds = 0;
	const char *reason = NULL;
	int result;

	if (size == 0)
		return 0;
	given.portions = data[0];
	given.state = fuzz_seed(data, size);
	given.data = from = data + 1;
	given.size = size - 1;
	given.at = 0;
	input_fd_init(&input, -1);
	REQUIRE(png_stream_init(&stream, &input, LIMIT_BYTES, NULL, 0) == 0);
	while ((result = png_stream_next(&stream, &png, &bytes, &reason)) != -ENODATA) {
		REQUIRE(++rounds <= size);
		REQUIRE(result == 0 || (result == -EBADMSG && reason && *reason));
		if (result)
			continue;
		if (given.portions & 8)
			REQUIRE(png_stream_take(&stream, &taken) == 0);
		require_whole(png, bytes);
		found = memmem(from, (size_t)(given.data + given.at - from), png, bytes);
		REQUIRE(found);
		from = found + bytes;
	}
	REQUIRE(given.at == given.size);
	png_stream_finish(&stream);
	buffer_finish(&taken);
	return 0;
}
