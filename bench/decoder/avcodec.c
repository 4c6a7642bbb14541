/* SPDX-License-Identifier: MIT
 *
 * FFmpeg's decoder, then its scaler to reorder the bytes of pixels. */
#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libswscale/swscale.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

struct state {
	AVCodecContext *codec;
	AVPacket *packet;
	AVFrame *frame;
	struct SwsContext *scaler; /* kept while frames have the same format */
	uint8_t *padded;           /* the file, with the padding that the library needs */
	size_t padded_bytes;
};

static void close_state(void *opened)
{
	struct state *state = opened;

	sws_freeContext(state->scaler);
	av_frame_free(&state->frame);
	av_packet_free(&state->packet);
	avcodec_free_context(&state->codec);
	free(state->padded);
	free(state);
}

static void *open_state(void)
{
	const AVCodec *png = avcodec_find_decoder(AV_CODEC_ID_PNG);
	struct state *state = calloc(1, sizeof(*state));

	if (!state)
		return NULL;
	av_log_set_level(AV_LOG_QUIET);
	state->codec = avcodec_alloc_context3(png);
	state->packet = av_packet_alloc();
	state->frame = av_frame_alloc();
	if (png && state->codec && state->packet && state->frame) {
		state->codec->thread_count = 1;
		if (avcodec_open2(state->codec, png, NULL) == 0)
			return state;
	}
	close_state(state);
	return NULL;
}

static int convert(struct state *state, const struct png_file *file, uint8_t *pixels)
{
	const AVFrame *frame = state->frame;
	uint8_t *planes[4] = { pixels };
	int strides[4] = { (int)file->stride_bytes };

	if (frame->format == AV_PIX_FMT_NONE || frame->width != (int)file->width ||
	    frame->height != (int)file->height)
		return -EBADMSG;
	state->scaler = sws_getCachedContext(
		state->scaler, frame->width, frame->height, (enum AVPixelFormat)frame->format,
		frame->width, frame->height, AV_PIX_FMT_BGRA, SWS_POINT, NULL, NULL, NULL);
	if (!state->scaler)
		return -ENOMEM;
	sws_scale(state->scaler, (const uint8_t *const *)frame->data, frame->linesize, 0,
	          frame->height, planes, strides);
	return 0;
}

/* The library reads beyond the end of its input. A real program would read the file into padded
 * memory. */
static int pad(struct state *state, const struct png_file *file)
{
	size_t needed = file->png_bytes + AV_INPUT_BUFFER_PADDING_SIZE;
	uint8_t *larger;

	if (needed > state->padded_bytes) {
		larger = realloc(state->padded, needed);
		if (!larger)
			return -ENOMEM;
		state->padded = larger;
		state->padded_bytes = needed;
	}
	memcpy(state->padded, file->png, file->png_bytes);
	memset(state->padded + file->png_bytes, 0, AV_INPUT_BUFFER_PADDING_SIZE);
	return 0;
}

static int decode(void *opened, const struct png_file *file, uint8_t *pixels)
{
	struct state *state = opened;
	int error = pad(state, file);

	if (error)
		return error;
	state->packet->data = state->padded;
	state->packet->size = (int)file->png_bytes;
	state->packet->flags = AV_PKT_FLAG_KEY; /* else the decoder adds it to the previous one */
	if (avcodec_send_packet(state->codec, state->packet) < 0 ||
	    avcodec_receive_frame(state->codec, state->frame) < 0)
		return -EBADMSG;
	error = convert(state, file, pixels);
	av_frame_unref(state->frame);
	return error;
}

const struct codec decoder_libavcodec = {
	.name = "libavcodec",
	.title = "FFmpeg's libavcodec and libswscale",
	.open = open_state,
	.close = close_state,
	.decode = decode,
};
