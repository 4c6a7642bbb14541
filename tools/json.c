/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "cli.h"
#include "commands.h"
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

static json_t *pids(const struct shmflip_channel_status *status)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < status->viewers && i < SHMFLIP_PIDS_MAX; i++)
		json_array_append_new(list, pid(status->viewer_pids[i]));
	return list;
}

static json_t *newest(const struct snapshot *snapshot)
{
	const struct shmflip_frame_info *info = &snapshot->status.newest;

	if (info->sequence == 0)
		return json_null();
	return json_pack(
		"{s:I, s:o, s:I, s:I, s:I, s:s, s:o, s:o}", "sequence", (json_int_t)info->sequence,
		"source", json_text(info->source), "width", (json_int_t)info->width, "height",
		(json_int_t)info->height, "stride_bytes", (json_int_t)info->stride_bytes, "format",
		label_format(info->format), "decode_ms", rounded((double)info->decode_ns / 1e6),
		"age_ms", rounded(snapshot_age_ms(snapshot)));
}

static json_t *details(const struct snapshot *snapshot)
{
	const struct shmflip_channel_status *status = &snapshot->status;
	const struct shmflip_channel_info *info = &status->info;
	char mode[8];

	snprintf(mode, sizeof(mode), "%04o", (unsigned)status->mode);
	return json_pack(
		"{s:I, s:I, s:i, s:I, s:s, s:o, s:o, s:I, s:I, s:i, s:o, s:o, s:i, s:I, s:i, s:I, "
		"s:I, s:s}",
		"producer", (json_int_t)info->producer, "generation", (json_int_t)info->generation,
		"slots", (int)info->slots, "slot_bytes", (json_int_t)info->slot_bytes, "policy",
		label_policy(info->policy), "fps_announced",
		info->fps_milli ? json_real(info->fps_milli / 1e3) : json_null(), "fps",
		snapshot->fps < 0 ? json_null() : rounded(snapshot->fps), "published",
		(json_int_t)info->published, "dropped", (json_int_t)info->dropped, "viewers",
		(int)status->viewers, "viewer_pids", pids(status), "newest", newest(snapshot),
		"segment_id", (int)status->segment_id, "segment_bytes",
		(json_int_t)status->segment_bytes, "semaphores_id", (int)status->semaphores_id,
		"owner", (json_int_t)status->owner, "group", (json_int_t)status->group, "mode",
		mode);
}

json_t *json_of_snapshot(const struct snapshot *snapshot)
{
	const struct shmflip_channel_status *status = &snapshot->status;
	json_t *object = json_pack("{s:s, s:s, s:o}", "channel", snapshot->channel, "state",
	                           label_state(snapshot), "pid", pid(status->info.pid));
	json_t *more;

	if (!object)
		return NULL;
	if (status->error) {
		json_object_set_new(object, "reason", json_text(snapshot->reason));
		return object;
	}
	more = details(snapshot);
	if (!more || json_object_update(object, more)) {
		json_decref(object);
		object = NULL;
	}
	json_decref(more);
	return object;
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
