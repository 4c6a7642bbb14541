/* SPDX-License-Identifier: MIT
 *
 * Delays between the steps of the protocol, with the library's sources as they are. They are compiled
 * for thread sanitizer, which puts a call before each access to memory, and linked with this file in
 * place of its runtime: the calls do the atomic accesses that the compiler left to them, and before
 * any access wait now and then, so that two neighbouring stores are often apart by as much as another
 * process needs for all of its own steps. */
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "random.h"

/* What gcc calls by itself: named, and declared, as thread sanitizer's interface has it. */
#define HOOK(name, ...)                                                                            \
	void __tsan_##name(__VA_ARGS__);                                                           \
	void __tsan_##name(__VA_ARGS__)

static struct random chance;

/* As long as some 50 frames take at most, but sometimes as moving on to another generation takes. */
static void take_a_nap(void)
{
	long limit_ns = random_one_in(&chance, 16) ? 4000000 : 300000;

	nanosleep(&(struct timespec){ 0, random_below(&chance, limit_ns) }, NULL);
}

/* One time in yield gives the processor away; one time in nap sleeps. */
static void delay(uint32_t yield, uint32_t nap)
{
	struct timespec now;

	if (chance.state == 0) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		chance.state = random_mix((uint64_t)now.tv_nsec ^ (uint64_t)getpid() << 32);
	}
	if (random_one_in(&chance, nap))
		take_a_nap();
	else if (random_one_in(&chance, yield))
		sched_yield();
}

static void before_access(void)
{
	delay(64, 2048);
}

static void before_atomic(void)
{
	delay(8, 128);
}

#define ACCESS(name)                                                                               \
	HOOK(name, void *address)                                                                  \
	{                                                                                          \
		(void)address;                                                                     \
		before_access();                                                                   \
	}

#define RANGE(name)                                                                                \
	HOOK(name, void *address, size_t bytes)                                                    \
	{                                                                                          \
		(void)address;                                                                     \
		(void)bytes;                                                                       \
		before_access();                                                                   \
	}

ACCESS(read1)
ACCESS(read2)
ACCESS(read4)
ACCESS(read8)
ACCESS(read16)
ACCESS(write1)
ACCESS(write2)
ACCESS(write4)
ACCESS(write8)
ACCESS(write16)
RANGE(read_range)
RANGE(write_range)

HOOK(init, void)
{
}

HOOK(func_entry, void *caller)
{
	(void)caller;
}

HOOK(func_exit, void)
{
}

HOOK(atomic_signal_fence, int order)
{
	(void)order;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/* The strictest order serves for all: what is too weak an order does not show on x86-64 anyway. */
#define ATOMIC(bits)                                                                               \
	uint##bits##_t __tsan_atomic##bits##_load(const uint##bits##_t *, int);                    \
	uint##bits##_t __tsan_atomic##bits##_load(const uint##bits##_t *address, int order)        \
	{                                                                                          \
		(void)order;                                                                       \
		before_atomic();                                                                   \
		return __atomic_load_n(address, __ATOMIC_SEQ_CST);                                 \
	}                                                                                          \
	HOOK(atomic##bits##_store, uint##bits##_t *address, uint##bits##_t value, int order)       \
	{                                                                                          \
		(void)order;                                                                       \
		before_atomic();                                                                   \
		__atomic_store_n(address, value, __ATOMIC_SEQ_CST);                                \
	}                                                                                          \
	uint##bits##_t __tsan_atomic##bits##_fetch_add(uint##bits##_t *, uint##bits##_t, int);     \
	uint##bits##_t __tsan_atomic##bits##_fetch_add(uint##bits##_t *address,                    \
	                                               uint##bits##_t value, int order)            \
	{                                                                                          \
		(void)order;                                                                       \
		before_atomic();                                                                   \
		return __atomic_fetch_add(address, value, __ATOMIC_SEQ_CST);                       \
	}                                                                                          \
	uint##bits##_t __tsan_atomic##bits##_fetch_sub(uint##bits##_t *, uint##bits##_t, int);     \
	uint##bits##_t __tsan_atomic##bits##_fetch_sub(uint##bits##_t *address,                    \
	                                               uint##bits##_t value, int order)            \
	{                                                                                          \
		(void)order;                                                                       \
		before_atomic();                                                                   \
		return __atomic_fetch_sub(address, value, __ATOMIC_SEQ_CST);                       \
	}

ATOMIC(16) /* NOLINT(readability-non-const-parameter): they are written to */
ATOMIC(32) /* NOLINT(readability-non-const-parameter): they are written to */
ATOMIC(64) /* NOLINT(readability-non-const-parameter): they are written to */
