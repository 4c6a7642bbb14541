/* SPDX-License-Identifier: MIT
 *
 * raw_stream: whatever the pipe delivers, in whatever portions, no pixel is written outside the
 * announced frame, every frame has the right number of bytes, and the stream ends. This file
 * simulates the pipe: the linker replaces read(2), readv(2) and poll(2).
 *
 * Input: a byte that chooses the portions and the skipped frames, then the stream. */
#include <errno.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fuzz.h"
#include "input/raw_pixels.h"
#include "pixel_format.h"

enum { SIDE_MAX = 300, GUARD = 0xa5 };

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
ssize_t __wrap_readv(int fd, const struct iovec *parts, int count);
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
	size_t available = pipe_input.size - pipe_input.at;

	(void)fd;
	REQUIRE(size > 0);
	if (size > available)
		size = available;
	if (pipe_input.portions & 1 && size)
		size = fuzz_next(&pipe_input.state) % size + 1;
	memcpy(bytes, pipe_input.data + pipe_input.at, size);
	pipe_input.at += size;
	return (ssize_t)size;
}

ssize_t __wrap_readv(int fd, const struct iovec *parts, int count)
{
	ssize_t total = 0;

	REQUIRE(count > 0);
	for (int i = 0; i < count; i++) {
		ssize_t got = __wrap_read(fd, parts[i].iov_base, parts[i].iov_len);

		total += got;
		if ((size_t)got < parts[i].iov_len)
			break;
	}
	return total;
}

/* What is not a pixel is still there. */
static void require_padding(const uint8_t *pixels, const struct shmflip_layout *layout)
{
	size_t at = 0;

	for (uint32_t plane = 0; plane < layout->planes; plane++) {
		for (; at < layout->offset_bytes[plane]; at++)
			REQUIRE(pixels[at] == GUARD);
		for (uint32_t y = 0; y < layout->rows[plane]; y++) {
			for (size_t x = layout->row_bytes[plane]; x < layout->stride_bytes[plane];
			     x++)
				REQUIRE(pixels[at + x] == GUARD);
			at += layout->stride_bytes[plane];
		}
	}
}

/* What stays as it comes has as many bytes in the slot as in the stream. */
static void require_size(const struct raw_stream *stream, const struct shmflip_layout *layout)
{
	uint64_t bytes = 0;

	for (uint32_t plane = 0; plane < layout->planes; plane++)
		bytes += (uint64_t)layout->row_bytes[plane] * layout->rows[plane];
	REQUIRE(!stream->output.kept || stream->layout.maximum > 255 ||
	        bytes == raw_layout_bytes(&stream->layout));
}

/* Reads into memory of exactly the frame's size, whose padding must not change. */
static void read_frame(struct raw_stream *stream)
{
	struct shmflip_layout layout;
	struct raw_target target = { .layout = &layout,
		                     .flatten = pipe_input.portions & 2,
		                     .background = 0x123456 };
	uint32_t fourcc = stream->output.fourcc;
	int error;

	shmflip_init(&layout);
	REQUIRE(!shmflip_format_layout(fourcc, stream->layout.width, stream->layout.height,
	                               &layout));
	require_size(stream, &layout);
	target.pixels = malloc(layout.bytes);
	memset(target.pixels, GUARD, layout.bytes);
	error = raw_pixels_read(stream, &target);
	REQUIRE(error == 0 || error == -EBADMSG);
	REQUIRE(pixel_format_opaque(target.fourcc) == pixel_format_opaque(fourcc));
	REQUIRE(error || !target.flatten || target.fourcc == pixel_format_opaque(target.fourcc));
	require_padding(target.pixels, &layout);
	free(target.pixels);
}

/* Starts a stream without headers in one of the formats. */
static void begin_bare(struct raw_stream *stream, struct input_fd *input)
{
	static const char *const names[] = {
		"bgra",     "bgr0",        "rgba",        "rgb24",       "gray",    "ya8",
		"gray16le", "XB48",        "rgba64le",    "grayf32le",   "yuyv422", "uyvy422",
		"nv12",     "nv21",        "nv16",        "yuv420p",     "yuv422p", "yuv444p",
		"p010le",   "yuv420p10le", "yuv422p10le", "yuv444p10le",
	};
	const size_t count = sizeof(names) / sizeof(names[0]);
	const struct raw_format *format = raw_format_find(names[pipe_input.portions / 8 % count]);
	struct raw_layout layout;

	REQUIRE(!raw_layout_init(&layout, format, pipe_input.size % 67 + 1,
	                         pipe_input.size / 67 % 5 + 1));
	raw_stream_init_bare(stream, input, &layout);
}

/* As --pixels and --colour choose. A format that the frames do not have ends the stream. */
static void choose_output(struct raw_stream *stream)
{
	static const uint32_t formats[] = { SHMFLIP_YUV420, SHMFLIP_YUV422, SHMFLIP_YUV444,
		                            SHMFLIP_R8,     SHMFLIP_S010,   SHMFLIP_S210,
		                            SHMFLIP_S410,   SHMFLIP_R16,    SHMFLIP_XBGR8888,
		                            SHMFLIP_BGR888, SHMFLIP_NV12,   SHMFLIP_XBGR16161616 };
	static const uint8_t matrices[] = { 0, 1, 5, 9 };
	uint64_t number = fuzz_next(&pipe_input.state);

	stream->pixels.choice = number % (PIXELS_FORMAT + 1);
	stream->pixels.fourcc = formats[(number >> 8) % (sizeof(formats) / sizeof(formats[0]))];
	stream->colour.matrix = matrices[(number >> 16) % sizeof(matrices)];
	stream->colour.range = (number >> 24) % 3;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct raw_stream stream;
	struct input_fd input;
	const char *reason = NULL;
	size_t frames = 0;
	int error;

	if (size < 3)
		return 0;
	pipe_input.portions = data[0];
	pipe_input.state = fuzz_seed(data, size);
	pipe_input.data = data + 1;
	pipe_input.size = size - 1;
	pipe_input.at = 0;
	input_fd_init(&input, -1);
	if (raw_stream_recognizes(data + 1)) {
		pipe_input.at = 2;
		raw_stream_init(&stream, &input, data + 1);
	} else {
		begin_bare(&stream, &input);
	}
	choose_output(&stream);
	while ((error = raw_stream_next(&stream, &reason)) != -ENODATA) {
		REQUIRE(++frames <= size);
		REQUIRE(error == 0 || (error == -EBADMSG && reason && *reason));
		if (error || stream.layout.width > SIDE_MAX || stream.layout.height > SIDE_MAX)
			continue;
		if (pipe_input.portions & 4 && fuzz_next(&pipe_input.state) & 1)
			continue;
		read_frame(&stream);
	}
	raw_stream_finish(&stream);
	return 0;
}
