/* SPDX-License-Identifier: MIT */
#include "pins.h"

#include <stdatomic.h>
#include <unistd.h>

#include "lock.h"

#define VIEWER_BYTES (UINT64_C(1) << 62)
#define VIEWER_BYTES_END (UINT64_C(1) << 63)

static int pins_lock(struct slot_locks *locks, bool write, uint64_t first, uint64_t end)
{
	struct pins *pins = (struct pins *)locks;

	return lock_try(pins->fd, write ? LOCK_EXCLUSIVE : LOCK_SHARED, first, end);
}

static void pins_unlock(struct slot_locks *locks, uint64_t first, uint64_t end)
{
	struct pins *pins = (struct pins *)locks;

	lock_release(pins->fd, first, end);
}

void pins_init(struct pins *pins, int fd)
{
	*pins = (struct pins){ .locks = { .lock = pins_lock, .unlock = pins_unlock }, .fd = fd };
}

int pins_mark_attached(struct pins *pins)
{
	static _Atomic uint16_t viewers_of_process;
	uint64_t viewer_byte = VIEWER_BYTES + ((uint64_t)getpid() << 16) +
	                       atomic_fetch_add(&viewers_of_process, 1);
	int error = lock_try(pins->fd, LOCK_SHARED, viewer_byte, viewer_byte + 1);

	if (!error)
		pins->viewer_byte = viewer_byte;
	return error;
}

void pins_clear_attached(struct pins *pins)
{
	if (pins->viewer_byte)
		lock_release(pins->fd, pins->viewer_byte, pins->viewer_byte + 1);
	pins->viewer_byte = 0;
}

int pins_count_viewers(const struct pins *pins, unsigned *viewers)
{
	return pins_list_viewers(pins, NULL, 0, viewers);
}

int pins_list_viewers(const struct pins *pins, int32_t *pids, unsigned size, unsigned *viewers)
{
	uint64_t viewer_bytes[PINS_VIEWERS_MAX];
	unsigned count = 0;
	int error = lock_list(pins->fd, VIEWER_BYTES, VIEWER_BYTES_END - 1, viewer_bytes,
	                      PINS_VIEWERS_MAX, &count);

	if (error)
		return error;
	for (unsigned i = 0; i < size && i < count; i++)
		pids[i] = (int32_t)((viewer_bytes[i] - VIEWER_BYTES) >> 16);
	*viewers = count;
	return 0;
}

int pins_find_claim(const struct pins *pins, uint64_t first, bool *found)
{
	return lock_find(pins->fd, first, LAYOUT_FRAME_END, found, NULL);
}
