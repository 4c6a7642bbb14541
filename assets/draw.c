/* SPDX-License-Identifier: MIT
 *
 * Draws the sample animation into a directory, or checks that a directory has the same pictures. */
#include "animation.h"

#include <png.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROW_BYTES = 3 * ANIMATION_WIDTH, PICTURE_BYTES = ROW_BYTES * ANIMATION_HEIGHT };

static void write_rows(png_struct *png, png_info *info, FILE *file, const uint8_t *rgb)
{
	png_init_io(png, file);
	png_set_compression_level(png, 9);
	png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
	png_set_IHDR(png, info, ANIMATION_WIDTH, ANIMATION_HEIGHT, 8, PNG_COLOR_TYPE_RGB,
	             PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	for (int y = 0; y < ANIMATION_HEIGHT; y++)
		png_write_row(png, rgb + (size_t)y * ROW_BYTES);
	png_write_end(png, info);
}

static int write_png(FILE *file, const uint8_t *rgb)
{
	png_struct *png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_info *info = png ? png_create_info_struct(png) : NULL;
	int status = -1;

	if (info && !setjmp(png_jmpbuf(png))) {
		write_rows(png, info, file, rgb);
		status = 0;
	}
	png_destroy_write_struct(&png, &info);
	return status;
}

static int write_picture(const char *path, const uint8_t *rgb)
{
	FILE *file = fopen(path, "wb");
	int status;

	if (!file) {
		perror(path);
		return -1;
	}
	status = write_png(file, rgb);
	if (fclose(file) != 0 && status == 0) {
		perror(path);
		status = -1;
	}
	return status;
}

static int read_picture(const char *path, uint8_t *rgb)
{
	png_image image = { .version = PNG_IMAGE_VERSION };
	int status = -1;

	if (!png_image_begin_read_from_file(&image, path)) {
		fprintf(stderr, "%s: %s\n", path, image.message);
		return -1;
	}
	image.format = PNG_FORMAT_RGB;
	if (image.width != ANIMATION_WIDTH || image.height != ANIMATION_HEIGHT)
		fprintf(stderr, "%s: not %dx%d pixels\n", path, ANIMATION_WIDTH, ANIMATION_HEIGHT);
	else if (!png_image_finish_read(&image, NULL, rgb, 0, NULL))
		fprintf(stderr, "%s: %s\n", path, image.message);
	else
		status = 0;
	png_image_free(&image);
	return status;
}

/* Math libraries differ in the last bit of a sine, which may round a channel up or down. */
static int check_picture(const char *path, const uint8_t *rgb)
{
	enum { TOLERANCE = 2 };
	static uint8_t found[PICTURE_BYTES];

	if (read_picture(path, found) < 0)
		return -1;
	for (int i = 0; i < PICTURE_BYTES; i++) {
		if (abs(found[i] - rgb[i]) > TOLERANCE) {
			fprintf(stderr,
			        "%s: pixel %d,%d differs from what this program draws: run it "
			        "without --check\n",
			        path, i / 3 % ANIMATION_WIDTH, i / ROW_BYTES);
			return -1;
		}
	}
	return 0;
}

static int each_picture(struct canvas *canvas, const char *directory,
                        int (*handle)(const char *path, const uint8_t *rgb))
{
	static uint8_t rgb[PICTURE_BYTES];
	char path[4096];

	for (int frame = 0; frame < ANIMATION_FRAMES; frame++) {
		snprintf(path, sizeof(path), "%s/%03d.png", directory, frame);
		animation_draw(canvas, frame);
		canvas_to_rgb8(canvas, rgb);
		if (handle(path, rgb) < 0)
			return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	bool check = argc == 3 && strcmp(argv[1], "--check") == 0;
	struct canvas canvas;
	int status;

	if (argc != 2 && !check) {
		fprintf(stderr, "usage: %s [--check] DIRECTORY\n", argv[0]);
		return 2;
	}
	if (canvas_init(&canvas, ANIMATION_WIDTH, ANIMATION_HEIGHT) < 0) {
		perror(argv[0]);
		return 1;
	}
	status = each_picture(&canvas, argv[argc - 1], check ? check_picture : write_picture);
	canvas_finish(&canvas);
	return status < 0 ? 1 : 0;
}
