/* SPDX-License-Identifier: MIT */
#include "png_files.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"
#include "png_header.h"
#include "shmflip.h"

enum { CHUNK_BYTES = 12, HEADER_AT = 16 };

/* The size of the inflated image data. Each row has one byte more, for its filter. */
static uint64_t raw_bytes(const struct png_file *file)
{
	static const uint8_t channels[] = { 1, 0, 3, 1, 2, 0, 4 };
	const uint8_t *header = file->png + HEADER_AT;
	unsigned depth = header[8], colour = header[9], interlaced = header[12];

	if (interlaced || colour >= sizeof(channels))
		return 0;
	return (1 + ((uint64_t)file->width * channels[colour] * depth + 7) / 8) * file->height;
}

/* Joins the data of all IDAT chunks. -EBADMSG: not a PNG, or truncated. */
static int find_image_data(struct png_file *file)
{
	size_t at = PNG_SIGNATURE_BYTES, length;

	file->idat = malloc(file->png_bytes);
	if (!file->idat)
		return -ENOMEM;
	while (file->png_bytes - at >= CHUNK_BYTES) {
		length = png_read_u32(file->png + at);
		if (length > file->png_bytes - at - CHUNK_BYTES)
			return -EBADMSG;
		if (memcmp(file->png + at + 4, "IDAT", 4) == 0) {
			memcpy(file->idat + file->idat_bytes, file->png + at + 8, length);
			file->idat_bytes += length;
		}
		at += length + CHUNK_BYTES;
	}
	return file->idat_bytes ? 0 : -EBADMSG;
}

static int parse(struct png_file *file)
{
	struct shmflip_layout layout;
	int error;

	if (file->png_bytes < PNG_HEADER_BYTES ||
	    memcmp(file->png, png_signature, PNG_SIGNATURE_BYTES) != 0)
		return -EBADMSG;
	file->width = png_read_u32(file->png + HEADER_AT);
	file->height = png_read_u32(file->png + HEADER_AT + 4);
	shmflip_init(&layout);
	error = shmflip_format_layout(SHMFLIP_XRGB8888, file->width, file->height, &layout);
	if (error)
		return error;
	file->stride_bytes = layout.stride_bytes[0];
	file->pixel_bytes = layout.bytes;
	file->raw_bytes = raw_bytes(file);
	return find_image_data(file);
}

static int read_file(struct png_file *file, size_t bytes)
{
	FILE *stream = fopen(file->path, "re");
	int error = 0;

	if (!stream)
		return -errno;
	file->png = malloc(bytes + 1);
	if (file->png)
		file->png_bytes = fread(file->png, 1, bytes, stream);
	if (!file->png)
		error = -ENOMEM;
	else if (ferror(stream))
		error = -EIO;
	fclose(stream);
	return error;
}

static void free_file(struct png_file *file)
{
	free(file->path);
	free(file->kind);
	free(file->png);
	free(file->idat);
}

/* The name of the directory that holds the file. */
static char *kind_of(const char *path)
{
	const char *end = strrchr(path, '/'), *begin = end;

	if (!end || end == path)
		return strdup("files");
	while (begin > path && begin[-1] != '/')
		begin--;
	return strndup(begin, (size_t)(end - begin));
}

static int add(struct png_files *png_files, const char *path, size_t bytes)
{
	struct png_file *files, *file;
	int error;

	files = realloc(png_files->files, (png_files->count + 1) * sizeof(*files));
	if (!files)
		return -ENOMEM;
	png_files->files = files;
	file = &files[png_files->count];
	*file = (struct png_file){ .path = strdup(path), .kind = kind_of(path) };
	error = file->path && file->kind ? read_file(file, bytes) : -ENOMEM;
	if (!error)
		error = parse(file);
	if (error) {
		cli_error("skipping %s: %s", path,
		          error == -EBADMSG ? "not a complete PNG" : strerror(-error));
		free_file(file);
		return error == -ENOMEM ? error : 0;
	}
	png_files->count++;
	return 0;
}

static bool is_png(const char *name)
{
	const char *end = strrchr(name, '.');

	return end && strcasecmp(end, ".png") == 0;
}

static int by_name(const FTSENT **one, const FTSENT **other)
{
	return strcmp((*one)->fts_name, (*other)->fts_name);
}

static int walk(struct png_files *png_files, FTS *tree)
{
	FTSENT *entry;
	int error = 0;

	while (!error && (entry = fts_read(tree)) != NULL) {
		if (entry->fts_info == FTS_NS || entry->fts_info == FTS_DNR ||
		    entry->fts_info == FTS_ERR) {
			cli_error("cannot read %s: %s", entry->fts_path,
			          strerror(entry->fts_errno));
			return -entry->fts_errno;
		}
		if (entry->fts_info == FTS_F && (entry->fts_level == 0 || is_png(entry->fts_name)))
			error = add(png_files, entry->fts_path, (size_t)entry->fts_statp->st_size);
	}
	return error;
}

int png_files_load(struct png_files *png_files, char *const *paths, unsigned path_count)
{
	char **roots = calloc(path_count + 1, sizeof(*roots));
	FTS *tree;
	int error = -ENOMEM;

	*png_files = (struct png_files){ 0 };
	if (roots)
		memcpy(roots, paths, path_count * sizeof(*roots));
	tree = roots ? fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name) : NULL;
	if (tree) {
		error = walk(png_files, tree);
		fts_close(tree);
	}
	free(roots);
	if (error == -ENOMEM)
		cli_error("out of memory");
	if (!error && png_files->count == 0) {
		cli_error("no PNG file in %s", paths[0]);
		error = -ENOENT;
	}
	if (error)
		png_files_free(png_files);
	return error;
}

size_t png_files_kinds(const struct png_files *png_files, const char **kinds, size_t max)
{
	size_t count = 0, known;

	for (size_t i = 0; i < png_files->count && count < max; i++) {
		const char *kind = png_files->files[i].kind;

		for (known = 0; known < count; known++)
			if (strcmp(kinds[known], kind) == 0)
				break;
		if (known == count)
			kinds[count++] = kind;
	}
	return count;
}

void png_files_free(struct png_files *png_files)
{
	for (size_t i = 0; i < png_files->count; i++)
		free_file(&png_files->files[i]);
	free(png_files->files);
	*png_files = (struct png_files){ 0 };
}
