/* SPDX-License-Identifier: MIT
 *
 * FFmpeg's encoder with its default filter, none, at zlib's fastest level. */
#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>

#include "table.h"

static AVCodecContext *open_codec(const struct encoder_picture *picture)
{
	const AVCodec *png = avcodec_find_encoder(AV_CODEC_ID_PNG);
	AVCodecContext *codec = png ? avcodec_alloc_context3(png) : NULL;

	av_log_set_level(AV_LOG_QUIET);
	if (!codec)
		return NULL;
	codec->width = (int)picture->width;
	codec->height = (int)picture->height;
	codec->pix_fmt = picture->opaque ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_RGBA;
	codec->time_base = (AVRational){ 1, 1 };
	codec->thread_count = 1;
	codec->compression_level = 1;
	if (avcodec_open2(codec, png, NULL) < 0)
		avcodec_free_context(&codec);
	return codec;
}

static AVFrame *make_frame(const struct encoder_picture *picture, const AVCodecContext *codec)
{
	AVFrame *frame = av_frame_alloc();

	if (!frame)
		return NULL;
	frame->width = codec->width;
	frame->height = codec->height;
	frame->format = codec->pix_fmt;
	if (av_frame_get_buffer(frame, 0) < 0) {
		av_frame_free(&frame);
		return NULL;
	}
	for (uint32_t y = 0; y < picture->height; y++)
		encoder_read_row(picture, y, frame->data[0] + (ptrdiff_t)y * frame->linesize[0]);
	return frame;
}

static int receive(AVCodecContext *codec, AVFrame *frame, struct encoder_output *output)
{
	AVPacket *packet = av_packet_alloc();
	int error = -ENOMEM;

	if (packet && avcodec_send_frame(codec, frame) == 0 &&
	    avcodec_receive_packet(codec, packet) == 0)
		error = encoder_append(output, packet->data, (size_t)packet->size);
	av_packet_free(&packet);
	return error;
}

static int encode(void *state, const struct encoder_picture *picture, struct encoder_output *output)
{
	AVCodecContext *codec = open_codec(picture);
	AVFrame *frame = codec ? make_frame(picture, codec) : NULL;
	int error = frame ? receive(codec, frame, output) : -ENOMEM;

	(void)state;
	av_frame_free(&frame);
	avcodec_free_context(&codec);
	return error;
}

const struct codec encoder_libavcodec = {
	.name = "libavcodec",
	.title = "FFmpeg's libavcodec, level 1",
	.encode = encode,
};
