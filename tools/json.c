/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "cli.h"
#include "commands.h"
#include "h273.h"
#include "json_text.h"
#include "labels.h"

static json_t *rounded(double value)
{
	return json_real(nearbyint(value * 1000) / 1000);
}

static json_t *pid(int32_t number)
{
	return number > 0 ? json_integer(number) : json_null();
}

static json_t *pids(const struct snapshot *snapshot)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < snapshot->status->viewers; i++)
		json_array_append_new(list, pid(snapshot->viewer_pids[i]));
	return list;
}

/* "30000/1001". Null for 0: not known. */
static json_t *fraction(uint32_t num, uint32_t den)
{
	return num ? json_sprintf("%u/%u", num, den) : json_null();
}

/* 0: not known, and all if there are more than the format has. */
static int bits(uint32_t fourcc, const struct shmflip_colour *colour)
{
	return colour->bits ? (int)label_bits(shmflip_format_info(fourcc), colour) : 0;
}

static json_t *colour(uint32_t fourcc, const struct shmflip_colour *colour)
{
	const char *range = label_range(colour->range);

	return json_pack("{s:i, s:i, s:i, s:s?, s:i, s:i, s:i}", "primaries",
	                 known_code(colour->primaries), "transfer", known_code(colour->transfer),
	                 "matrix", known_code(colour->matrix), "range", range, "siting",
	                 colour->siting, "bits", bits(fourcc, colour), "white", colour->white);
}

/* Null: ffmpeg has no name for it. */
static const char *ffmpeg_name(uint32_t fourcc)
{
	const struct shmflip_format_info *info = shmflip_format_info(fourcc);

	return info ? info->ffmpeg : NULL;
}

static json_t *metadata(const struct shmflip_stream *stream)
{
	json_t *list = json_array();
	char type[LABEL_METADATA_SIZE];

	for (uint32_t i = 0; i < stream->metadata_count; i++)
		json_array_append_new(list,
		                      json_pack("{s:s, s:I}", "type",
		                                label_metadata(type, stream->metadata[i].type),
		                                "bytes", (json_int_t)stream->metadata[i].bytes));
	return list;
}

static json_t *stream_json(const struct shmflip_stream *stream)
{
	char format[LABEL_FORMAT_SIZE];

	return json_pack("{s:s, s:s?, s:I, s:I, s:o, s:o, s:o, s:o}", "format",
	                 label_format(format, stream->fourcc), "ffmpeg",
	                 ffmpeg_name(stream->fourcc), "width", (json_int_t)stream->width, "height",
	                 (json_int_t)stream->height, "rate",
	                 fraction(stream->rate_num, stream->rate_den), "pixel_aspect",
	                 fraction(stream->aspect_num, stream->aspect_den), "colour",
	                 colour(stream->fourcc, &stream->colour), "metadata", metadata(stream));
}

static json_t *planes(const struct shmflip_frame *frame)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < frame->planes; i++)
		json_array_append_new(list, json_pack("{s:I, s:I}", "stride_bytes",
		                                      (json_int_t)frame->plane[i].stride_bytes,
		                                      "rows", (json_int_t)frame->plane[i].rows));
	return list;
}

/* Null if it is not known. */
static json_t *milliseconds(int64_t ns)
{
	return ns == SHMFLIP_NO_TIME ? json_null() : rounded((double)ns / 1e6);
}

/* What values measure is value * scale + offset. Null if it is not known. */
static json_t *measure(const struct shmflip_frame *frame, float number)
{
	return frame->value_scale != 0 ? json_real((double)number) : json_null();
}

/* Null if it is not known. */
static json_t *orientation(const struct shmflip_frame *frame)
{
	return frame->orientation ? json_integer(frame->orientation) : json_null();
}

static json_t *pixels(const struct shmflip_frame *frame)
{
	char format[LABEL_FORMAT_SIZE];

	return json_pack("{s:I, s:I, s:o, s:s, s:s?, s:b, s:o, s:I, s:o, s:o, s:o}", "width",
	                 (json_int_t)frame->width, "height", (json_int_t)frame->height,
	                 "orientation", orientation(frame), "format",
	                 label_format(format, frame->fourcc), "ffmpeg", ffmpeg_name(frame->fourcc),
	                 "premultiplied", frame->flags & SHMFLIP_FRAME_PREMULTIPLIED ? 1 : 0,
	                 "colour", colour(frame->fourcc, &frame->colour), "stride_bytes",
	                 (json_int_t)frame->plane[0].stride_bytes, "planes", planes(frame),
	                 "value_scale", measure(frame, frame->value_scale), "value_offset",
	                 measure(frame, frame->value_offset));
}

static json_t *times(const struct snapshot *snapshot)
{
	const struct shmflip_frame *frame = snapshot->status->newest;
	int64_t age_ns = frame->captured_ns == SHMFLIP_NO_TIME
	                         ? SHMFLIP_NO_TIME
	                         : frame->published_ns - frame->captured_ns;

	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "decode_ms", milliseconds(frame->decode_ns),
	                 "presentation_ms", milliseconds(frame->presentation_ns), "duration_ms",
	                 milliseconds(frame->duration_ns), "capture_to_publish_ms",
	                 milliseconds(age_ns), "age_ms", rounded(snapshot_age_ms(snapshot)));
}

/* Adds the members of more, and releases it. NULL: out of memory. */
static json_t *extend(json_t *object, json_t *more)
{
	if (object && (!more || json_object_update(object, more))) {
		json_decref(object);
		object = NULL;
	}
	json_decref(more);
	return object;
}

static json_t *newest(const struct snapshot *snapshot)
{
	const struct shmflip_frame *frame = snapshot->status->newest;
	json_t *object;

	if (!frame)
		return json_null();
	object = json_pack("{s:I, s:o}", "sequence", (json_int_t)frame->sequence, "source",
	                   json_text(frame->source));
	return extend(extend(object, pixels(frame)), times(snapshot));
}

static json_t *details(const struct snapshot *snapshot)
{
	const struct shmflip_status *status = snapshot->status;
	const struct shmflip_channel *channel = status->channel;
	const struct shmflip_stream *stream = channel->stream;
	char mode[8];

	snprintf(mode, sizeof(mode), "%04o", (unsigned)status->mode);
	return json_pack(
		"{s:I, s:I, s:i, s:I, s:s, s:o, s:o, s:o, s:I, s:I, s:i, s:o, s:o, s:i, s:I, s:i, "
		"s:I, s:I, s:s}",
		"producer", (json_int_t)channel->producer, "generation",
		(json_int_t)channel->generation, "slots", (int)channel->slots, "slot_bytes",
		(json_int_t)channel->slot_bytes, "policy", label_policy(channel->policy), "stream",
		stream_json(stream), "fps_announced",
		stream->rate_num ? json_real((double)stream->rate_num / stream->rate_den)
				 : json_null(),
		"fps", snapshot->fps < 0 ? json_null() : rounded(snapshot->fps), "published",
		(json_int_t)channel->published, "dropped", (json_int_t)channel->dropped, "viewers",
		(int)status->viewers, "viewer_pids", pids(snapshot), "newest", newest(snapshot),
		"segment_id", (int)status->segment_id, "segment_bytes",
		(json_int_t)status->segment_bytes, "semaphores_id", (int)status->semaphores_id,
		"owner", (json_int_t)status->owner, "group", (json_int_t)status->group, "mode",
		mode);
}

json_t *json_of_snapshot(const struct snapshot *snapshot)
{
	json_t *object = json_pack("{s:s, s:s, s:o}", "channel", snapshot->channel, "state",
	                           label_state(snapshot), "pid", pid(snapshot_pid(snapshot)));

	if (object && !snapshot_is_known(snapshot)) {
		json_object_set_new(object, "reason", json_text(snapshot->reason));
		return object;
	}
	return extend(object, object ? details(snapshot) : NULL);
}

int json_print(json_t *value, bool in_one_line)
{
	size_t flags = JSON_REAL_PRECISION(12) | (in_one_line ? 0 : JSON_INDENT(2));

	if (!value) {
		cli_error("out of memory");
		return -ENOMEM;
	}
	/* command_flush() reports write errors. */
	json_write(value, stdout, flags);
	json_decref(value);
	return command_flush();
}
