/* SPDX-License-Identifier: MIT
 *
 * Delays between the steps of the protocol, with the library's sources unchanged. They are compiled
 * for thread sanitizer, so gcc puts a call before each access to memory, and they are linked with
 * this file instead of the sanitizer's runtime. The calls sometimes wait before an access, and make
 * the atomic accesses, which the compiler leaves to them. Two neighbouring stores are then often as
 * far apart as another process needs for all of its own steps. */
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "random.h"

/* A function of the interface between gcc and thread sanitizer. */
#define HOOK(name, ...)                                                                            \
	void __tsan_##name(__VA_ARGS__);                                                           \
	void __tsan_##name(__VA_ARGS__)

static _Thread_local struct random random;

/* Sleeps up to 0.3 ms, the time of about 50 frames; sometimes up to 4 ms, the time of a move to
 * another generation. */
static void sleep_briefly(void)
{
	long limit_ns = random_one_in(&random, 16) ? 4000000 : 300000;

	nanosleep(&(struct timespec){ 0, random_below(&random, limit_ns) }, NULL);
}

/* Yields the processor once in yield_odds calls, and sleeps once in sleep_odds, at random. */
static void delay(uint32_t yield_odds, uint32_t sleep_odds)
{
	struct timespec now;

	if (random.state == 0) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		random.state = random_mix((uint64_t)now.tv_nsec ^ (uint64_t)gettid() << 32);
	}
	if (random_one_in(&random, sleep_odds))
		sleep_briefly();
	else if (random_one_in(&random, yield_odds))
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

HOOK(atomic_thread_fence, int order)
{
	(void)order;
	before_atomic();
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

#define CHANGE(bits, name, builtin)                                                                \
	uint##bits##_t __tsan_atomic##bits##_##name(uint##bits##_t *, uint##bits##_t, int);        \
	uint##bits##_t __tsan_atomic##bits##_##name(uint##bits##_t *address, uint##bits##_t value, \
	                                            int order)                                     \
	{                                                                                          \
		(void)order;                                                                       \
		before_atomic();                                                                   \
		return builtin(address, value, __ATOMIC_SEQ_CST);                                  \
	}

#define COMPARE(bits, kind)                                                                        \
	bool __tsan_atomic##bits##_compare_exchange_##kind(uint##bits##_t *, uint##bits##_t *,     \
	                                                   uint##bits##_t, int, int);              \
	bool __tsan_atomic##bits##_compare_exchange_##kind(                                        \
		uint##bits##_t *address, uint##bits##_t *expected, uint##bits##_t value,           \
		int order, int failure_order)                                                      \
	{                                                                                          \
		(void)order;                                                                       \
		(void)failure_order;                                                               \
		before_atomic();                                                                   \
		return __atomic_compare_exchange_n(address, expected, value, false,                \
		                                   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);            \
	}

/* Always the strictest order: an order that is too weak would not show on x86-64 anyway. */
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
	CHANGE(bits, fetch_add, __atomic_fetch_add)                                                \
	CHANGE(bits, fetch_sub, __atomic_fetch_sub)                                                \
	CHANGE(bits, exchange, __atomic_exchange_n)                                                \
	COMPARE(bits, strong)                                                                      \
	COMPARE(bits, weak)

ATOMIC(8)  /* NOLINT(readability-non-const-parameter): atomics write to it */
ATOMIC(16) /* NOLINT(readability-non-const-parameter): atomics write to it */
ATOMIC(32) /* NOLINT(readability-non-const-parameter): atomics write to it */
ATOMIC(64) /* NOLINT(readability-non-const-parameter): atomics write to it */
