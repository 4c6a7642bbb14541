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

int metadata_add(uint8_t *list, uint32_t room, uint32_t *bytes, const struct shmflip_metadata *item)
{
	struct item_head head = { .type = item->type, .bytes = item->bytes };
	uint64_t end = *bytes + padded(item->bytes);
	uint8_t *start = list + *bytes;

	if (item->bytes && !item->data)
		return fail(-EINVAL, "a metadata item of %u bytes has no data", item->bytes);
	if (end > room)
		return fail(-ENOSPC, "a metadata item of %u bytes does not fit: %u of %u are used",
		            item->bytes, *bytes, room);
	memset(start, 0, end - *bytes);
	memcpy(start, &head, sizeof(head));
	if (item->bytes)
		memcpy(start + sizeof(head), item->data, item->bytes);
	*bytes = (uint32_t)end;
	return 0;
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
