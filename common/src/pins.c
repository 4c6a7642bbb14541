/* SPDX-License-Identifier: MIT */
#include "pins.h"

#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lock.h"
#include "namespaces.h"

/* Bytes below 2^56 are frames. */
#define PRODUCER_BYTE (UINT64_C(1) << 57)
#define SLEEPER_BYTE (UINT64_C(1) << 58)

/* The bits of a viewer's byte, from the highest: 1, namespace, pid, random. */
#define VIEWER_BYTES (UINT64_C(1) << 62)
#define VIEWER_BYTES_END (UINT64_C(1) << 63)
#define NAMESPACE_BITS 24
#define PID_BITS 22 /* the kernel's PID_MAX_LIMIT */
#define RANDOM_BITS 16
#define BYTE_TRIES 20

_Static_assert(NAMESPACE_BITS + PID_BITS + RANDOM_BITS == 62, "a viewer's byte has its range");

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

int pins_lock_producer(int fd)
{
	return lock_try(fd, LOCK_EXCLUSIVE, PRODUCER_BYTE, PRODUCER_BYTE + 1);
}

int pins_query_producer(int fd, const struct channel_record *record, enum pins_producer *producer)
{
	struct stat status;
	bool locked;
	int error = lock_query_exclusive(fd, PRODUCER_BYTE, &locked);

	if (error)
		return error;
	if (locked)
		*producer = PINS_PRODUCER_HOLDS;
	else if (fstat(fd, &status) == 0 && status.st_dev == record->device &&
	         status.st_ino == record->inode)
		*producer = PINS_PRODUCER_GONE;
	else
		*producer = PINS_PRODUCER_UNSEEN;
	return 0;
}

static uint64_t low_bits(uint64_t value, unsigned bits)
{
	return value & ((UINT64_C(1) << bits) - 1);
}

static uint64_t own_namespace(void)
{
	return low_bits(namespace_number("pid"), NAMESPACE_BITS);
}

static uint64_t random_byte(void)
{
	uint64_t number = 0;

	/* Without entropy, early after boot, pid and retry in pins_mark_attached() do. */
	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) < 0)
		number = (uint64_t)random();
	return VIEWER_BYTES | own_namespace() << (PID_BITS + RANDOM_BITS) |
	       low_bits((uint64_t)getpid(), PID_BITS) << RANDOM_BITS |
	       low_bits(number, RANDOM_BITS);
}

static int32_t pid_of(uint64_t viewer_byte)
{
	uint64_t number = low_bits(viewer_byte >> (PID_BITS + RANDOM_BITS), NAMESPACE_BITS);
	uint64_t own = own_namespace();

	return own && number == own ? (int32_t)low_bits(viewer_byte >> RANDOM_BITS, PID_BITS) : 0;
}

/* Shared locks of two viewers on one byte would count as one. Each looks for the other after
 * locking, so at least one of them sees it and takes another byte. A hostile viewer can lock them
 * all. */
int pins_mark_attached(struct pins *pins)
{
	uint64_t byte;
	bool taken = true;
	int error = 0;

	for (int i = 0; i < BYTE_TRIES && taken && !error; i++) {
		pins_clear_attached(pins);
		byte = random_byte();
		error = lock_try(pins->fd, LOCK_SHARED, byte, byte + 1);
		if (error)
			break;
		pins->viewer_byte = byte;
		error = lock_find(pins->fd, byte, byte + 1, &taken, NULL);
	}
	return error;
}

void pins_clear_attached(struct pins *pins)
{
	if (pins->viewer_byte)
		lock_release(pins->fd, pins->viewer_byte, pins->viewer_byte + 1);
	pins->viewer_byte = 0;
}

void pins_mark_sleeper(struct pins *pins)
{
	/* If the kernel has no locks left, the viewer may wake up some microseconds later. */
	if (!pins->sleeper)
		lock_try(pins->fd, LOCK_SHARED, SLEEPER_BYTE, SLEEPER_BYTE + 1);
	pins->sleeper = true;
}

bool pins_has_sleeper(const struct pins *pins)
{
	bool found;

	return lock_find(pins->fd, SLEEPER_BYTE, SLEEPER_BYTE + 1, &found, NULL) || found;
}

int pins_count_viewers(const struct pins *pins, unsigned *viewers)
{
	return pins_list_viewers(pins, NULL, 0, viewers);
}

int pins_list_viewers(const struct pins *pins, int32_t *pids, unsigned size, unsigned *viewers)
{
	struct lock_range locks[SHMFLIP_VIEWERS_MAX];
	unsigned count;
	int error = lock_list(pins->fd, VIEWER_BYTES, VIEWER_BYTES_END - 1, locks,
	                      SHMFLIP_VIEWERS_MAX, &count);

	if (error)
		return error;
	for (unsigned i = 0; i < size && i < count; i++)
		pids[i] = pid_of(locks[i].first);
	*viewers = count;
	return 0;
}

int pins_find_claim(const struct pins *pins, uint64_t first, bool *found)
{
	return lock_find(pins->fd, first, LAYOUT_FRAME_END, found, NULL);
}
