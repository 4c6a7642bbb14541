/* SPDX-License-Identifier: MIT */
#include "file_kind.h"

#include <stdbool.h>
#include <string.h>

#define BY_FFMPEG ", not a PNG: pipe it through ffmpeg -i FILE -f image2pipe -c:v png -"
#define BY_Y4M ", not a PNG: pipe it through ffmpeg -i FILE -strict -1 -f yuv4mpegpipe -"
#define BY_STDIN ", not a PNG: pass it on stdin, shmflip-producer - <FILE"
#define BY_PLAIN ", not a PNG: pipe it through ffmpeg -i FILE -f image2pipe -c:v ppm -"
#define BY_TOOL(tool) ", not a PNG: convert it first, for example with " tool
#define BY_UNPACKING(tool) ": unpack it first, with " tool

/* Kinds of a longer magic come before those of its prefix. */
static const struct {
	const char *fault;
	struct {
		unsigned offset;
		unsigned size;
		const char *bytes;
	} parts[2]; /* the second may be empty */
} kinds[] = {
	{ "an iPhone's PNG (CgBI), which is no standard PNG: convert it first, for example "
	  "with pngcrush -revert-iphone-optimizations",
	  { { 0, 4, "\x89PNG" }, { 12, 4, "CgBI" } } },
	{ "a JPEG" BY_FFMPEG, { { 0, 3, "\xff\xd8\xff" } } },
	{ "a HEIF" BY_TOOL("heif-convert"), { { 4, 7, "ftyphei" } } },
	{ "a HEIF" BY_TOOL("heif-convert"), { { 4, 7, "ftyphev" } } },
	{ "a HEIF" BY_TOOL("heif-convert"), { { 4, 8, "ftypmif1" } } },
	{ "a HEIF" BY_TOOL("heif-convert"), { { 4, 8, "ftypmsf1" } } },
	{ "an AVIF" BY_TOOL("avifdec"), { { 4, 7, "ftypavi" } } },
	{ "a video (MP4, QuickTime)" BY_Y4M, { { 4, 4, "ftyp" } } },
	{ "a video (QuickTime)" BY_Y4M, { { 4, 4, "moov" } } },
	{ "a video (QuickTime)" BY_Y4M, { { 4, 4, "mdat" } } },
	{ "a video (Matroska, WebM)" BY_Y4M, { { 0, 4, "\x1a\x45\xdf\xa3" } } },
	{ "a video (AVI)" BY_Y4M, { { 0, 4, "RIFF" }, { 8, 4, "AVI " } } },
	{ "a video (MPEG)" BY_Y4M, { { 0, 4, "\0\0\1\xba" } } },
	{ "a video (Flash)" BY_Y4M, { { 0, 4, "FLV\1" } } },
	{ "a video (Ogg)" BY_Y4M, { { 0, 4, "OggS" } } },
	{ "a GIF" BY_FFMPEG, { { 0, 5, "GIF87" } } },
	{ "a GIF" BY_FFMPEG, { { 0, 5, "GIF89" } } },
	{ "a WebP" BY_FFMPEG, { { 0, 4, "RIFF" }, { 8, 4, "WEBP" } } },
	{ "a TIFF" BY_FFMPEG, { { 0, 4, "II*\0" } } },
	{ "a TIFF" BY_FFMPEG, { { 0, 4, "MM\0*" } } },
	{ "a BMP" BY_FFMPEG, { { 0, 2, "BM" }, { 6, 4, "\0\0\0\0" } } },
	{ "a JPEG XL" BY_TOOL("djxl"), { { 0, 12, "\0\0\0\x0cJXL \r\n\x87\n" } } },
	{ "a JPEG XL" BY_TOOL("djxl"), { { 0, 2, "\xff\x0a" } } },
	{ "a JPEG 2000" BY_FFMPEG, { { 0, 12, "\0\0\0\x0cjP  \r\n\x87\n" } } },
	{ "an OpenEXR" BY_FFMPEG, { { 0, 4, "\x76\x2f\x31\x01" } } },
	{ "a Y4M" BY_STDIN, { { 0, 10, "YUV4MPEG2 " } } },
	{ "a PAM" BY_STDIN, { { 0, 3, "P7\n" } } },
	{ "a gzip" BY_UNPACKING("gunzip"), { { 0, 3, "\x1f\x8b\x08" } } },
	{ "a bzip2" BY_UNPACKING("bunzip2"), { { 0, 3, "BZh" }, { 4, 4, "1AY&" } } },
	{ "an xz" BY_UNPACKING("unxz"), { { 0, 6, "\xfd\x37zXZ\0" } } },
	{ "a zstd" BY_UNPACKING("unzstd"), { { 0, 4, "\x28\xb5\x2f\xfd" } } },
	{ "a zip" BY_UNPACKING("unzip"), { { 0, 4, "PK\3\4" } } },
};

/* P1 to P6 and a blank. */
static const char *pnm_fault(const uint8_t *bytes, size_t size)
{
	if (size < 3 || bytes[0] != 'P' || !bytes[2] || !strchr(" \t\r\n#", bytes[2]))
		return NULL;
	if (bytes[1] >= '1' && bytes[1] <= '4')
		return "a plain PNM or a PBM" BY_PLAIN;
	return bytes[1] == '5' || bytes[1] == '6' ? "a PGM or PPM" BY_STDIN : NULL;
}

const char *file_kind_fault(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		bool same = true;

		for (int k = 0; k < 2 && same; k++) {
			unsigned offset = kinds[i].parts[k].offset, length = kinds[i].parts[k].size;

			same = length == 0 ||
			       (size >= offset + length &&
			        memcmp(bytes + offset, kinds[i].parts[k].bytes, length) == 0);
		}
		if (same)
			return kinds[i].fault;
	}
	return pnm_fault(bytes, size);
}
