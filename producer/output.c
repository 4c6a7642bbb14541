/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <errno.h>
#include <inttypes.h>

#include "cli.h"

enum { WAIT_MS = 100 };

/* Of changes of the pixel aspect, each of which takes new memory. */
enum { QUICK_CHANGES_MAX = 16, QUICK_FRAMES = 15 };

/* What the stream has of a frame. */
static void describe_frame(struct shmflip_stream *stream, const struct frame_task *task)
{
	stream->fourcc = task->fourcc;
	stream->width = task->width;
	stream->height = task->height;
	stream->colour = task->colour;
	stream->aspect_num = task->aspect_num;
	stream->aspect_den = task->aspect_den;
}

static void describe_stream(struct output *output, const struct frame_task *first)
{
	const struct options *options = output->options;
	struct frame_rate rate;

	shmflip_init(&output->stream);
	describe_frame(&output->stream, first);
	output->stream.slots = options->slots;
	output->stream.slot_bytes = capacity_buffer_bytes(output->capacity);
	rate = options->rate.num ? options->rate : options->stream_rate;
	if (rate.num) {
		output->stream.rate_num = rate.num;
		output->stream.rate_den = rate.den;
	}
}

int output_open(struct output *output, const struct options *options, struct capacity *capacity,
                const struct frame_task *first)
{
	struct shmflip_producer_options producer_options;
	int error;

	*output = (struct output){ .options = options, .capacity = capacity };
	describe_stream(output, first);
	shmflip_init(&producer_options);
	producer_options.dir = options->dir;
	producer_options.channel = options->channel;
	producer_options.policy = options->policy;
	producer_options.mode = options->mode;
	producer_options.group_set = options->group_given;
	producer_options.group = options->group;
	producer_options.lease_ms = options->lease_ms;
	error = shmflip_producer_open(&producer_options, &output->stream, &output->producer);
	if (error)
		return cli_interrupted() ? -EINTR : cli_library_error(error);
	if (options->verbose)
		cli_error("channel %s: %" PRIu32 " slots of %" PRIu32 "x%" PRIu32 " (%" PRIu64
		          " bytes)",
		          options_channel(options), options->slots, capacity->width,
		          capacity->height, capacity->slot_bytes);
	return 0;
}

void output_close(struct output *output)
{
	shmflip_producer_close(output->producer);
	output->producer = NULL;
}

int output_loan(struct output *output, struct shmflip_frame **frame)
{
	int error = -EAGAIN;

	while ((error == -EAGAIN || error == -EINTR) && !cli_interrupted())
		error = shmflip_producer_loan(output->producer, frame, WAIT_MS);
	if (error == -EAGAIN || error == -EINTR)
		return -EINTR;
	return error ? cli_library_error(error) : 0;
}

/* ---- Growth ------------------------------------------------------------------------------- */

static int configure(struct output *output, const struct shmflip_stream *stream)
{
	int error = shmflip_producer_configure(output->producer, stream);

	if (!error)
		output->stream = *stream;
	return error;
}

static void grow_slots(struct output *output, struct frame_task *task)
{
	struct shmflip_stream stream = output->stream;
	struct capacity larger;

	describe_frame(&stream, task);
	do {
		larger = capacity_larger(output->capacity, task->fourcc, task->width, task->height);
		stream.slot_bytes = capacity_buffer_bytes(&larger);
		if (configure(output, &stream) == 0) {
			*output->capacity = larger;
			return;
		}
		capacity_bound(output->capacity, &larger);
		frame_task_read(task, output->capacity, output->options);
	} while (!task->fault);
	cli_error("%s: the slots stay as large as they are: %s", task->path,
	          shmflip_error_detail());
}

static bool is_held(const struct output *output, const struct frame_task *task)
{
	return capacity_holds(output->capacity, task->fourcc, task->width, task->height);
}

void output_make_room(struct output *output, struct frame_task *task)
{
	if (task->fault || task->cached || !task->width)
		return;
	if (is_held(output, task))
		return;
	frame_task_read(task, output->capacity, output->options);
	if (!task->fault && !is_held(output, task))
		grow_slots(output, task);
}

static void keep_aspect(struct output *output, const struct frame_task *task, const char *reason)
{
	output->keeps_aspect = true;
	if (!output->options->quiet)
		cli_error("%s: the pixel aspect stays as it is: %s", task->path, reason);
}

/* Counts the changes in a row that came within half a second, by the rate. */
static bool changes_often(struct output *output)
{
	double hz = frame_rate_hz(output->options->rate);
	bool is_quick = output->frames_of_aspect < (hz > 0 ? hz / 2 : QUICK_FRAMES);

	output->quick_changes = is_quick ? output->quick_changes + 1 : 0;
	output->frames_of_aspect = 0;
	return output->quick_changes > QUICK_CHANGES_MAX;
}

/* After any other error than a lack of memory, the next frame tries again. */
void output_follow_aspect(struct output *output, const struct frame_task *task)
{
	struct shmflip_stream stream = output->stream;
	int error;

	output->frames_of_aspect++;
	if (output->keeps_aspect ||
	    (stream.aspect_num == task->aspect_num && stream.aspect_den == task->aspect_den))
		return;
	if (output->options->preload) {
		keep_aspect(output, task, "--preload keeps the first one");
		return;
	}
	if (changes_often(output)) {
		keep_aspect(output, task, "it changes too often");
		return;
	}
	describe_frame(&stream, task);
	do {
		error = configure(output, &stream);
	} while (error == -EINTR && !cli_interrupted());
	if (error == -ENOMEM || error == -ENOSPC)
		keep_aspect(output, task, shmflip_error_detail());
}

int output_add_slots(struct output *output, uint32_t slots)
{
	struct shmflip_stream stream = output->stream;
	uint32_t before = stream.slots;

	stream.slots += slots;
	if (configure(output, &stream)) {
		if (!output->options->quiet)
			cli_error("viewers hold all %" PRIu32
			          " slots, and there can be no more: %s",
			          before, shmflip_error_detail());
		return -ECANCELED;
	}
	if (!output->options->quiet)
		cli_error("frames drop because viewers hold all %" PRIu32
		          " slots: continuing with %" PRIu32 " (--slots N sets the number)",
		          before, stream.slots);
	return 0;
}

int output_move(struct output *output, struct frame_task *task)
{
	struct shmflip_frame *stale = task->frame, *frame;
	int error = output_loan(output, &frame);

	if (error)
		return error;
	frame_task_set_frame(task, frame);
	frame_task_copy_pixels(task, stale->plane[0].pixels, &task->picture);
	shmflip_frame_release(stale);
	return 0;
}
