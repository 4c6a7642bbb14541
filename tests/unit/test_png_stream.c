/* SPDX-License-Identifier: MIT
 *
 * producer/input/png_stream: cuts whole PNGs out of a pipe. Damage costs the damaged frame only. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli.h"
#include "input/png_stream.h"
#include "png_header.h"
#include "png_maker.h"

enum { LIMIT_BYTES = 1 << 20, IEND_BYTES = 12 };

static uint16_t value(uint32_t x, uint32_t y, unsigned channel)
{
	return (uint16_t)(x * 31 + y * 57 + channel * 5);
}

/* Frames of different widths, to tell them apart. */
static struct bytes frame(uint32_t width)
{
	struct png_spec spec = {
		.width = width, .height = 3, .depth = 8, .colour_type = RGB, .sample = value
	};

	return make_png(&spec);
}

static void add_frame(struct bytes *stream, uint32_t width)
{
	struct bytes png = frame(width);

	bytes_add(stream, png.data, png.size);
	bytes_finish(&png);
}

/* A pipe that holds all the bytes (up to about 64 KiB). Closes the write end if writer is NULL. */
static int pipe_with(const struct bytes *bytes, int *writer)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	if (bytes->size)
		assert_int_equal(write(ends[1], bytes->data, bytes->size), bytes->size);
	if (writer)
		*writer = ends[1];
	else
		close(ends[1]);
	return ends[0];
}

static void assert_next(struct png_stream *stream, uint32_t width)
{
	struct bytes expected = frame(width);
	const uint8_t *png = NULL;
	const char *reason;
	size_t size;

	assert_int_equal(png_stream_next(stream, &png, &size, &reason), 0);
	assert_int_equal(size, expected.size);
	assert_memory_equal(png, expected.data, size);
	bytes_finish(&expected);
}

static void assert_error(struct png_stream *stream, int error, const char *expected)
{
	const char *reason = NULL;
	const uint8_t *png;
	size_t size;

	assert_int_equal(png_stream_next(stream, &png, &size, &reason), error);
	if (expected)
		assert_string_equal(reason, expected);
	assert_non_null(reason);
}

static void assert_damage(struct png_stream *stream, const char *expected)
{
	assert_error(stream, -EBADMSG, expected);
}

static void assert_no_png(struct png_stream *stream)
{
	assert_error(stream, -EILSEQ, "not a PNG");
}

static void assert_end(struct png_stream *stream)
{
	const char *reason;
	const uint8_t *png;
	size_t size;

	assert_int_equal(png_stream_next(stream, &png, &size, &reason), -ENODATA);
	assert_int_equal(png_stream_next(stream, &png, &size, &reason), -ENODATA);
}

static void open_stream(struct png_stream *stream, int fd)
{
	static struct input_fd input;

	input_fd_init(&input, fd);
	assert_int_equal(png_stream_init(stream, &input, LIMIT_BYTES, NULL, 0), 0);
}

static void begin(struct png_stream *stream, struct bytes *bytes)
{
	open_stream(stream, pipe_with(bytes, NULL));
	bytes_finish(bytes);
}

static void end(struct png_stream *stream)
{
	close(stream->input->fd);
	png_stream_finish(stream);
}

/* A frame is returned as soon as its last byte is there. */
static void test_a_frame_needs_no_byte_after_it(void **state)
{
	struct bytes bytes = { 0 };
	struct png_stream stream;
	int writer;

	(void)state;
	add_frame(&bytes, 5);
	add_frame(&bytes, 9);
	bytes_add(&bytes, "\x89PNG", 4);
	open_stream(&stream, pipe_with(&bytes, &writer));
	assert_next(&stream, 5);
	assert_next(&stream, 9);
	close(writer);
	assert_damage(&stream, "truncated");
	assert_end(&stream);
	end(&stream);
	bytes_finish(&bytes);
}

/* A PNG that was taken stays intact while the next ones are read. */
static void test_taken_pngs_stay_intact(void **state)
{
	struct bytes bytes = { 0 }, expected[4];
	struct buffer taken[4] = { 0 };
	const uint8_t *png[4];
	struct png_stream stream;
	const char *reason;
	size_t size;

	(void)state;
	bytes_add(&bytes, "\1garbage", 8);
	for (uint32_t i = 0; i < 4; i++)
		add_frame(&bytes, i + 1);
	begin(&stream, &bytes);
	assert_no_png(&stream);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(png_stream_next(&stream, &png[i], &size, &reason), 0);
		assert_int_equal(png_stream_take(&stream, &taken[i]), 0);
	}
	assert_end(&stream);
	end(&stream);
	for (uint32_t i = 0; i < 4; i++) {
		expected[i] = frame(i + 1);
		assert_true(png[i] >= taken[i].data);
		assert_memory_equal(png[i], expected[i].data, expected[i].size);
		buffer_finish(&taken[i]);
		bytes_finish(&expected[i]);
	}
}

static void test_empty_stream(void **state)
{
	struct bytes bytes = { 0 };
	struct png_stream stream;

	(void)state;
	begin(&stream, &bytes);
	assert_end(&stream);
	end(&stream);
}

/* Newlines, a boundary and headers of a multipart message, UTF-8. */
static void test_text_between_frames_is_skipped(void **state)
{
	static const char *const texts[] = {
		"\n",  "\r\n \t",           "x",
		"PNG", "\xc3\x89t\xc3\xa9", "\r\n--frame\r\nContent-Type: image/png\r\n\r\n"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct bytes bytes = { 0 };
		struct png_stream stream;

		for (uint32_t k = 5; k < 8; k++) {
			bytes_add(&bytes, texts[i], strlen(texts[i]));
			add_frame(&bytes, k);
		}
		bytes_add(&bytes, texts[i], strlen(texts[i]));
		begin(&stream, &bytes);
		for (uint32_t k = 5; k < 8; k++)
			assert_next(&stream, k);
		assert_end(&stream);
		end(&stream);
	}
}

/* More text than is read at once. */
static void test_long_text(void **state)
{
	struct bytes bytes = { 0 };
	struct png_stream stream;

	(void)state;
	bytes_add_fill(&bytes, 'x', 60000);
	bytes_add_fill(&bytes, '\n', 3000);
	add_frame(&bytes, 5);
	begin(&stream, &bytes);
	assert_next(&stream, 5);
	assert_end(&stream);
	end(&stream);
}

static void test_text_alone_is_no_stream(void **state)
{
	struct bytes bytes = { 0 };
	struct png_stream stream;

	(void)state;
	bytes_add(&bytes, "this is no picture\n", 19);
	begin(&stream, &bytes);
	assert_no_png(&stream);
	assert_true(stream.start + stream.parsed <= stream.end);
	assert_end(&stream);
	end(&stream);
}

/* A live stream of another kind is named as soon as it begins. */
static void test_other_kinds_are_named(void **state)
{
	static const struct {
		const char *bytes, *name;
		size_t size;
	} kinds[] = {
		{ "\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1", "a JPEG", 16 },
		{ "GIF89a\1\0\1\0\x80\0\0\0\0\0", "a GIF", 16 },
		{ "\x89PNG\r\n\x1a\n\0\0\0\4CgBI", "an iPhone's PNG", 16 },
		{ "\0\0\0\x1c"
		  "ftypisom\0\0\2\0",
		  "a video", 16 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct bytes bytes = { 0 };
		struct png_stream stream;
		const char *reason = "";
		const uint8_t *png;
		int writer;
		size_t size;

		bytes_add(&bytes, kinds[i].bytes, kinds[i].size);
		open_stream(&stream, pipe_with(&bytes, &writer));
		assert_true(png_stream_next(&stream, &png, &size, &reason) < 0);
		assert_memory_equal(reason, kinds[i].name, strlen(kinds[i].name));
		close(writer);
		assert_end(&stream);
		end(&stream);
		bytes_finish(&bytes);
	}
}

static void test_bytes_between_frames(void **state)
{
	static const char *const garbage[] = { "\1",
		                               "some garbage and \x7f and more than eight bytes",
		                               "\x89PNG\r\n\x1a", "\x89\x89PN\x89PNG\r\n\x1a?\x89",
		                               "\0\0" };
	static const size_t sizes[] = { 1, 44, 7, 14, 2 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct bytes bytes = { 0 };
		struct png_stream stream;

		bytes_add(&bytes, garbage[i], sizes[i]);
		add_frame(&bytes, 5);
		bytes_add(&bytes, garbage[i], sizes[i]);
		add_frame(&bytes, 6);
		add_frame(&bytes, 7);
		bytes_add(&bytes, garbage[i], sizes[i]);
		begin(&stream, &bytes);
		assert_no_png(&stream);
		assert_next(&stream, 5);
		assert_no_png(&stream);
		assert_next(&stream, 6);
		assert_next(&stream, 7);
		assert_error(&stream, i == 2 ? -EBADMSG : -EILSEQ,
		             i == 2 ? "truncated" : "not a PNG");
		assert_end(&stream);
		end(&stream);
	}
}

static void test_every_truncation(void **state)
{
	struct bytes png = frame(5);

	(void)state;
	for (size_t size = 1; size < png.size; size++) {
		struct bytes bytes = { 0 };
		struct png_stream stream;

		add_frame(&bytes, 8);
		bytes_add(&bytes, png.data, size);
		begin(&stream, &bytes);
		assert_next(&stream, 8);
		assert_damage(&stream, "truncated");
		assert_end(&stream);
		end(&stream);
	}
	bytes_finish(&png);
}

/* The truncated frame swallows the start of the next one, which must not be lost. If it swallows
 * just the signature and IHDR, only the CRC shows that. The decoder checks the CRC
 * (test_frame_source.c). */
static void test_every_truncation_before_another_frame(void **state)
{
	struct bytes png = frame(5);

	(void)state;
	for (size_t size = 1; size < png.size; size++) {
		struct bytes bytes = { 0 };
		struct png_stream stream;

		if (size == png.size - IEND_BYTES - PNG_HEADER_BYTES)
			continue;
		bytes_add(&bytes, png.data, size);
		add_frame(&bytes, 8);
		add_frame(&bytes, 9);
		begin(&stream, &bytes);
		assert_error(&stream, size < PNG_SIGNATURE_BYTES ? -EILSEQ : -EBADMSG, NULL);
		assert_next(&stream, 8);
		assert_next(&stream, 9);
		assert_end(&stream);
		end(&stream);
	}
	bytes_finish(&png);
}

/* Any single byte is changed: that frame is damaged, or left to the decoder. The next frames
 * come. */
static void test_every_changed_byte(void **state)
{
	struct bytes png = frame(5);

	(void)state;
	for (size_t at = 0; at < png.size; at++) {
		struct bytes bytes = { 0 };
		struct png_stream stream;
		const uint8_t *got;
		const char *reason;
		size_t size;
		int error;

		bytes_add(&bytes, png.data, png.size);
		bytes.data[at] ^= 0x80;
		add_frame(&bytes, 8);
		add_frame(&bytes, 9);
		begin(&stream, &bytes);
		error = png_stream_next(&stream, &got, &size, &reason);
		assert_true(error == -EBADMSG || error == -EILSEQ ||
		            (error == 0 && size == png.size));
		assert_next(&stream, 8);
		assert_next(&stream, 9);
		assert_end(&stream);
		end(&stream);
	}
	bytes_finish(&png);
}

static void test_wrong_chunk_lengths(void **state)
{
	static const uint32_t lengths[] = { 0x80000000,  UINT32_MAX, INT32_MAX,
		                            LIMIT_BYTES, 65536,      100 };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct bytes bytes = frame(5);
		struct png_stream stream;

		for (int k = 0; k < 4; k++)
			bytes.data[33 + k] = (uint8_t)(lengths[i] >> (24 - 8 * k));
		add_frame(&bytes, 8);
		add_frame(&bytes, 9);
		begin(&stream, &bytes);
		assert_damage(&stream, NULL);
		assert_true(stream.read.capacity <= 4 * 65536);
		assert_next(&stream, 8);
		assert_next(&stream, 9);
		assert_end(&stream);
		end(&stream);
	}
}

/* An IEND that claims the next frame as its data ends like a valid one. */
static void test_an_iend_with_a_length_swallows_no_frame(void **state)
{
	struct bytes bytes = frame(5);
	struct png_stream stream;
	size_t first;

	(void)state;
	first = bytes.size;
	add_frame(&bytes, 9);
	bytes.data[first - IEND_BYTES + 3] = (uint8_t)(bytes.size - first);
	assert_true(bytes.size - first < 256);
	begin(&stream, &bytes);
	assert_damage(&stream, "damaged: bad IEND");
	assert_next(&stream, 9);
	assert_end(&stream);
	end(&stream);
}

static void test_a_png_over_the_limit(void **state)
{
	struct bytes bytes = frame(5);
	size_t size = bytes.size;
	struct png_stream stream;

	(void)state;
	add_frame(&bytes, 8);
	add_frame(&bytes, 4);
	begin(&stream, &bytes);
	stream.limit_bytes = size;
	assert_next(&stream, 5);
	assert_damage(&stream, "too many bytes for one PNG");
	assert_next(&stream, 4);
	assert_end(&stream);
	end(&stream);
}

static void send_bytes(int fd, const struct bytes *bytes)
{
	for (size_t at = 0; at < bytes->size;) {
		size_t piece = at % 7 + 1, rest = bytes->size - at;

		at += (size_t)write(fd, bytes->data + at, piece < rest ? piece : rest);
		if (at % 50 == 0)
			usleep(100);
	}
}

static void test_a_slow_writer_and_frames_larger_than_the_pipe(void **state)
{
	struct bytes bytes = { 0 }, empty = { 0 };
	struct png_stream stream;
	int writer, fd = pipe_with(&empty, &writer);
	pid_t child;

	(void)state;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	for (uint32_t i = 1; i <= 3; i++)
		add_frame(&bytes, i * 9000);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		send_bytes(writer, &bytes);
		_exit(0);
	}
	close(writer);
	open_stream(&stream, fd);
	for (uint32_t i = 1; i <= 3; i++)
		assert_next(&stream, i * 9000);
	assert_end(&stream);
	end(&stream);
	waitpid(child, NULL, 0);
	bytes_finish(&bytes);
}

static void test_descriptors_that_cannot_be_read(void **state)
{
	struct png_stream stream;
	const uint8_t *png;
	const char *reason;
	size_t size;

	(void)state;
	open_stream(&stream, open("/", O_RDONLY));
	assert_int_equal(png_stream_next(&stream, &png, &size, &reason), -EISDIR);
	end(&stream);
}

static void test_cancel_ends_the_wait(void **state)
{
	struct bytes bytes = { 0 };
	struct png_stream stream;
	const uint8_t *png;
	const char *reason;
	int writer;
	size_t size;

	(void)state;
	bytes_add(&bytes, "\x89PNG", 4);
	open_stream(&stream, pipe_with(&bytes, &writer));
	input_fd_cancel(stream.input);
	assert_int_equal(png_stream_next(&stream, &png, &size, &reason), -EINTR);
	close(writer);
	end(&stream);
	bytes_finish(&bytes);
}

/* Must be the last test: the interruption stays. */
static void test_an_interruption_ends_the_wait(void **state)
{
	struct bytes bytes = { 0 };
	struct png_stream stream;
	const uint8_t *png;
	const char *reason;
	int writer;
	size_t size;

	(void)state;
	bytes_add(&bytes, "\x89PNG", 4);
	open_stream(&stream, pipe_with(&bytes, &writer));
	cli_catch_interrupts();
	raise(SIGTERM);
	assert_int_equal(png_stream_next(&stream, &png, &size, &reason), -EINTR);
	close(writer);
	end(&stream);
	bytes_finish(&bytes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_frame_needs_no_byte_after_it),
		cmocka_unit_test(test_taken_pngs_stay_intact),
		cmocka_unit_test(test_empty_stream),
		cmocka_unit_test(test_text_between_frames_is_skipped),
		cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_text_alone_is_no_stream),
		cmocka_unit_test(test_other_kinds_are_named),
		cmocka_unit_test(test_bytes_between_frames),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_every_truncation_before_another_frame),
		cmocka_unit_test(test_every_changed_byte),
		cmocka_unit_test(test_wrong_chunk_lengths),
		cmocka_unit_test(test_an_iend_with_a_length_swallows_no_frame),
		cmocka_unit_test(test_a_png_over_the_limit),
		cmocka_unit_test(test_a_slow_writer_and_frames_larger_than_the_pipe),
		cmocka_unit_test(test_descriptors_that_cannot_be_read),
		cmocka_unit_test(test_cancel_ends_the_wait),
		cmocka_unit_test(test_an_interruption_ends_the_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
