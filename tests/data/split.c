/* SPDX-License-Identifier: MIT */
#include "split.h"

#include <string.h>

static void append_pieces(const struct bytes *data, const struct split *split, struct bytes *out)
{
	size_t done = 0;

	for (int i = 0; done < data->size || split->sizes[i] == 0; i = (i + 1) % split->count) {
		size_t size = split->sizes[i];

		if (size > data->size - done)
			size = data->size - done;
		png_add_chunk(out, "IDAT", data->data + done, size);
		done += size;
	}
}

void split_idats(const struct bytes *png, const struct split *split, struct bytes *out)
{
	struct bytes data = { 0 };
	struct chunk chunk;
	size_t offset = 8;

	png_add_signature(out);
	while (png_chunk_at(png, offset, &chunk)) {
		bool is_data = strcmp(chunk.type, "IDAT") == 0;

		if (is_data) {
			bytes_add(&data, png->data + chunk.content, chunk.length);
		} else {
			if (data.size > 0)
				append_pieces(&data, split, out);
			bytes_finish(&data);
			png_add_chunk(out, chunk.type, png->data + chunk.content, chunk.length);
		}
		offset = png_chunk_end(&chunk);
	}
	bytes_finish(&data);
}
