/* SPDX-License-Identifier: MIT
 *
 * raw_stream: whatever comes down the pipe, in whatever portions, no pixel is written outside of the
 * frame that was announced, every frame is as many bytes as it should be, and the stream comes to its
 * end. The pipe is this file's: read(2), readv(2) and poll(2) are replaced by the linker.
 *
 * Input: a byte that makes the portions and says which frames are passed over, then the stream. */
#include <errno.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fuzz.h"
#include "input/raw_stream.h"

enum { SIDE_MAX = 300, GUARD = 0xa5 };

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
ssize_t __wrap_readv(int fd, const struct iovec *places, int count);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

int __wrap_poll(struct pollfd *pollers, nfds_t count, int timeout_ms)
{
	(void)timeout_ms;
	REQUIRE(count == 1);
	pollers->revents = POLLIN;
	return 1;
}

ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
	size_t left = given.size - given.at;

	(void)fd;
	REQUIRE(size > 0);
	if (size > left)
		size = left;
	if (given.portions & 1 && size)
		size = fuzz_next(&given.state) % size + 1;
	memcpy(bytes, given.data + given.at, size);
	given.at += size;
	return (ssize_t)size;
}

ssize_t __wrap_readv(int fd, const struct iovec *places, int count)
{
	ssize_t total = 0;

	REQUIRE(count > 0);
	for (int i = 0; i < count; i++) {
		ssize_t got = __wrap_read(fd, places[i].iov_base, places[i].iov_len);

		total += got;
		if ((size_t)got < places[i].iov_len)
			break;
	}
	return total;
}

/* Into memory of just the size, whose padding has to stay what it was. */
static int read_frame(struct raw_stream *stream)
{
	uint32_t width = stream->layout.width, height = stream->layout.height;
	struct raw_target target = { .stride_bytes = (4 * width + 63) / 64 * 64,
		                     .flatten = given.portions & 2,
		                     .background = 0x123456 };
	size_t size = (size_t)target.stride_bytes * height;
	int result;

	target.pixels = malloc(size);
	memset(target.pixels, GUARD, size);
	result = raw_stream_read(stream, &target);
	REQUIRE(result == 0 || result == -EBADMSG);
	REQUIRE(result || !target.flatten || target.opaque);
	for (uint32_t y = 0; y < height; y++) {
		for (size_t x = 4 * width; x < target.stride_bytes; x++)
			REQUIRE(target.pixels[(size_t)y * target.stride_bytes + x] == GUARD);
	}
	free(target.pixels);
	return result;
}

/* One of the formats, as if the user had named it. */
static void begin_bare(struct raw_stream *stream, struct input_fd *input)
{
	static const char *const names[] = { "bgra", "bgr0", "rgb24", "gray", "ya8", "yuv420p" };
	struct raw_layout layout;
	const struct raw_format *format = raw_format_find(names[given.portions / 16 % 6]);

	REQUIRE(!raw_layout_init(&layout, format, given.size % 67 + 1, given.portions / 8 % 5 + 1));
	raw_stream_init_bare(stream, input, &layout);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct raw_stream stream;
	struct input_fd input;
	const char *reason = NULL;
	size_t rounds = 0;
	int result;

	if (size < 3)
		return 0;
	given.portions = data[0];
	given.state = fuzz_seed(data, size);
	given.data = data + 1;
	given.size = size - 1;
	given.at = 0;
	input_fd_init(&input, -1);
	if (raw_stream_recognizes(data + 1)) {
		given.at = 2;
		raw_stream_init(&stream, &input, data + 1);
	} else {
		begin_bare(&stream, &input);
	}
	while ((result = raw_stream_next(&stream, &reason)) != -ENODATA) {
		REQUIRE(++rounds <= size);
		REQUIRE(result == 0 || (result == -EBADMSG && reason && *reason));
		if (result || stream.layout.width > SIDE_MAX || stream.layout.height > SIDE_MAX)
			continue;
		if (given.portions & 4 && fuzz_next(&given.state) & 1)
			continue;
		read_frame(&stream);
	}
	raw_stream_finish(&stream);
	return 0;
}
