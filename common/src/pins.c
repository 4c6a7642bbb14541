/* SPDX-License-Identifier: MIT */
#include "pins.h"

#include <stdatomic.h>
#include <unistd.h>

#include "lock.h"

#define SEATS (UINT64_C(1) << 62)
#define SEATS_END (UINT64_C(1) << 63)
#define VIEWERS_COUNTED 1000

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

int pins_attend(struct pins *pins)
{
	static _Atomic uint16_t viewers_here;
	uint64_t seat = SEATS + ((uint64_t)getpid() << 16) + atomic_fetch_add(&viewers_here, 1);
	int error = lock_try(pins->fd, LOCK_SHARED, seat, seat + 1);

	if (!error)
		pins->seat = seat;
	return error;
}

void pins_leave(struct pins *pins)
{
	if (pins->seat)
		lock_release(pins->fd, pins->seat, pins->seat + 1);
	pins->seat = 0;
}

int pins_attendance(const struct pins *pins, unsigned *viewers)
{
	return pins_list(pins, NULL, 0, viewers);
}

int pins_list(const struct pins *pins, int32_t *pids, unsigned size, unsigned *viewers)
{
	uint64_t seats[VIEWERS_COUNTED];
	unsigned count = 0;
	int error = lock_list(pins->fd, SEATS, SEATS_END - 1, seats, VIEWERS_COUNTED, &count);

	if (error)
		return error;
	for (unsigned i = 0; i < size && i < count; i++)
		pids[i] = (int32_t)((seats[i] - SEATS) >> 16);
	*viewers = count;
	return 0;
}

int pins_claimed(const struct pins *pins, uint64_t first)
{
	uint64_t found_first, found_end;

	return lock_find(pins->fd, LOCK_EXCLUSIVE, first, LAYOUT_FRAME_END, &found_first,
	                 &found_end);
}
