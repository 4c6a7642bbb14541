/* SPDX-License-Identifier: MIT */
#include "metadata.h"

#include <errno.h>
#include <string.h>

#include "error.h"

#define UNIT 8

/* What precedes each item's data. */
struct item_head {
	uint32_t type;
	uint32_t bytes;
};

_Static_assert(sizeof(struct item_head) == UNIT, "data is aligned to 8 bytes");

static uint64_t padded(uint32_t bytes)
{
	return sizeof(struct item_head) + (((uint64_t)bytes + UNIT - 1) & ~(uint64_t)(UNIT - 1));
}

uint64_t metadata_item_bytes(const struct shmflip_metadata *item)
{
	return padded(item->bytes);
}

/* Reads the item at *offset. Returns false if it is not whole. */
static bool read_item(const uint8_t *list, uint32_t bytes, uint32_t *offset,
                      struct shmflip_metadata *item)
{
	struct item_head head;

	if (bytes - *offset < sizeof(head))
		return false;
	memcpy(&head, list + *offset, sizeof(head));
	if (padded(head.bytes) > bytes - *offset)
		return false;
	*item = (struct shmflip_metadata){ .type = head.type,
		                           .bytes = head.bytes,
		                           .data = list + *offset + sizeof(head) };
	*offset += (uint32_t)padded(head.bytes);
	return true;
}

bool metadata_is_valid(const uint8_t *list, uint32_t bytes, uint32_t *count)
{
	struct shmflip_metadata item;
	uint32_t offset = 0, items = 0;

	while (offset < bytes) {
		if (!read_item(list, bytes, &offset, &item))
			return false;
		items++;
	}
	if (count)
		*count = items;
	return true;
}

bool metadata_next(const uint8_t *list, uint32_t bytes, uint32_t *offset,
                   struct shmflip_metadata *item)
{
	return *offset < bytes && read_item(list, bytes, offset, item);
}

/* Where the list has an item of this type; its end: nowhere. *item_bytes is what that takes. */
static uint32_t find(const uint8_t *list, uint32_t bytes, uint32_t type, uint32_t *item_bytes)
{
	struct shmflip_metadata item;
	uint32_t offset = 0, start = 0;

	while (metadata_next(list, bytes, &offset, &item) && item.type != type)
		start = offset;
	*item_bytes = offset - start;
	return start;
}

int metadata_add(uint8_t *list, uint32_t room, uint32_t *bytes, const struct shmflip_metadata *item)
{
	struct item_head head = { .type = item->type, .bytes = item->bytes };
	uint64_t added = padded(item->bytes);
	uint32_t replaced, kept, start = find(list, *bytes, item->type, &replaced);
	uint8_t *end;

	if (item->bytes && !item->data)
		return fail(-EINVAL, "a metadata item of %u bytes has no data", item->bytes);
	kept = *bytes - replaced;
	if (added > room - kept)
		return fail(-ENOSPC,
		            "a metadata item of %u bytes does not fit, and %u of %u are used: "
		            "use a larger frame_metadata_bytes",
		            item->bytes, kept, room);
	memmove(list + start, list + start + replaced, kept - start);
	end = list + kept;
	memset(end, 0, added);
	memcpy(end, &head, sizeof(head));
	if (item->bytes)
		memcpy(end + sizeof(head), item->data, item->bytes);
	*bytes = kept + (uint32_t)added;
	return 0;
}
