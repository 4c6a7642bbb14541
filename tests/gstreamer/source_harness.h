/* SPDX-License-Identifier: MIT
 *
 * A producer and shmflipsrc in a GstHarness, which is what comes after it in a pipeline. */
#ifndef SOURCE_HARNESS_H
#define SOURCE_HARNESS_H

#include "support.h"

#include <gst/check/gstharness.h>
#include <gst/video/video.h>

#include "frame_memory.h"
#include "own_elements.h"

static inline struct shmflip_producer *
open_producer(uint32_t policy, uint32_t slots, uint32_t fourcc, uint32_t width, uint32_t height)
{
	struct shmflip_producer_options options;
	struct shmflip_producer *producer;
	struct shmflip_stream stream;

	shmflip_init(&options);
	options.policy = policy;
	shmflip_init(&stream);
	stream.fourcc = fourcc;
	stream.width = width;
	stream.height = height;
	stream.slots = slots;
	stream.rate_num = 30000;
	stream.rate_den = 1001;
	assert_int_equal(shmflip_producer_open(&options, &stream, &producer), 0);
	return producer;
}

static inline uint8_t sample(uint64_t number, uint32_t plane, uint32_t row, uint32_t column)
{
	return (uint8_t)(number * 101 + plane * 37 + row * 59 + column * 7 + 1);
}

static inline void fill(struct shmflip_frame *frame, uint64_t number)
{
	for (uint32_t plane = 0; plane < frame->planes; plane++) {
		uint8_t *pixels = shmflip_frame_writable(frame, plane);

		for (uint32_t row = 0; row < frame->plane[plane].rows; row++)
			for (uint32_t at = 0; at < frame->plane[plane].stride_bytes; at++)
				*pixels++ = sample(number, plane, row, at);
	}
}

/* Publishes one frame of the stream, whose pixels depend on the number. Change may be NULL. */
static inline void publish(struct shmflip_producer *producer, uint64_t number,
                           void (*change)(struct shmflip_frame *frame))
{
	struct shmflip_frame *frame;

	assert_int_equal(shmflip_producer_loan(producer, &frame, 20000), 0);
	if (change)
		change(frame);
	fill(frame, number);
	assert_int_equal(shmflip_frame_publish(frame), 0);
	shmflip_frame_release(frame);
}

/* A harness around a source with these properties: gst_parse_launch()'s syntax. reads_meta:
 * whether what follows reads GstVideoMeta. */
static inline GstHarness *create_harness(const char *properties, gboolean reads_meta)
{
	char *line = g_strdup_printf("shmflipsrc %s", properties);
	GstHarness *harness = gst_harness_new_parse(line);

	g_free(line);
	assert_non_null(harness);
	if (reads_meta)
		gst_harness_add_propose_allocation_meta(harness, GST_VIDEO_META_API_TYPE, NULL);
	return harness;
}

static inline void wait_for_viewer(struct shmflip_producer *producer)
{
	assert_int_equal(shmflip_producer_wait_viewers(producer, 1, 20000), 0);
}

/* The harness has the element in a bin. */
static inline GstElement *source_of(GstHarness *harness)
{
	return gst_harness_find_element(harness, "shmflipsrc");
}

static inline guint64 stat_of(GstHarness *harness, const char *name)
{
	GstElement *source = source_of(harness);
	GstStructure *stats;
	guint64 value = 0;
	int held = 0;

	g_object_get(source, "stats", &stats, NULL);
	if (gst_structure_get_int(stats, name, &held))
		value = (guint64)held;
	else
		assert_true(gst_structure_get_uint64(stats, name, &value));
	gst_structure_free(stats);
	gst_object_unref(source);
	return value;
}

static inline gboolean holds_frame(GstBuffer *buffer)
{
	return gst_buffer_n_memory(buffer) == 1 &&
	       gst_memory_is_type(gst_buffer_peek_memory(buffer, 0), GST_SHMFLIP_MEMORY_TYPE);
}

/* Every byte of every row, but for padding, of a frame that fill() made. */
static inline void check_pixels(GstBuffer *buffer, GstHarness *harness, uint64_t number)
{
	GstCaps *caps = gst_pad_get_current_caps(harness->sinkpad);
	struct shmflip_layout layout;
	GstVideoFrame frame;
	GstVideoInfo info;
	uint32_t fourcc;

	assert_true(gst_video_info_from_caps(&info, caps));
	gst_caps_unref(caps);
	assert_int_equal(shmflip_format_find(GST_VIDEO_INFO_NAME(&info), &fourcc), 0);
	shmflip_init(&layout);
	assert_int_equal(shmflip_format_layout(fourcc, info.width, info.height, &layout), 0);
	assert_true(gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ));
	for (uint32_t plane = 0; plane < layout.planes; plane++)
		for (uint32_t row = 0; row < layout.rows[plane]; row++)
			for (uint32_t at = 0; at < layout.row_bytes[plane]; at++) {
				const uint8_t *pixels = GST_VIDEO_FRAME_PLANE_DATA(&frame, plane);
				int stride = GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane);

				if (pixels[row * stride + at] != sample(number, plane, row, at))
					fail_msg("%s: plane %u, row %u, byte %u is %u",
					         GST_VIDEO_INFO_NAME(&info), plane, row, at,
					         pixels[row * stride + at]);
			}
	gst_video_frame_unmap(&frame);
}

/* A bus for the harness's element, whose messages the test reads. */
static inline GstBus *watch(GstHarness *harness)
{
	GstBus *bus = gst_bus_new();

	gst_element_set_bus(harness->element, bus);
	return bus;
}

/* The next error or warning is one line with this word. */
static inline void expect_message(GstBus *bus, GstMessageType type, const char *word)
{
	GstMessage *message = gst_bus_timed_pop_filtered(bus, 20 * GST_SECOND,
	                                                 GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
	GError *error = NULL;

	assert_non_null(message);
	assert_int_equal(GST_MESSAGE_TYPE(message), type);
	if (type == GST_MESSAGE_ERROR)
		gst_message_parse_error(message, &error, NULL);
	else
		gst_message_parse_warning(message, &error, NULL);
	if (!strstr(error->message, word) || strchr(error->message, '\n'))
		fail_msg("no single line with %s: %s", word, error->message);
	g_error_free(error);
	gst_message_unref(message);
}

/* Drops what is left: messages hold their element, which holds its bus. */
static inline void finish_bus(GstBus *bus)
{
	gst_bus_set_flushing(bus, TRUE);
	gst_object_unref(bus);
}

static inline void expect_silence(GstBus *bus)
{
	GstMessage *message = gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);

	if (message)
		fail_msg("unexpected: %s",
		         gst_structure_to_string(gst_message_get_structure(message)));
}

#endif
