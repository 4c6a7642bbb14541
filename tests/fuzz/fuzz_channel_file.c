/* SPDX-License-Identifier: MIT
 *
 * The two files of a channel: whatever stands in them, what passes the check can be acted upon. Each
 * input is checked as it is and with NEIGHBOURS small changes, so that what is close to right is tried
 * more often than a fuzzer's overhead would let it. */
#include <errno.h>

#include "fuzz.h"
#include "layout.h"

enum { NEIGHBOURS = 31 };

static void check_channel(const uint8_t *bytes, size_t size)
{
	struct channel_record record;
	int result;

	memset(&record, 0, sizeof(record));
	memcpy(&record, bytes, size < sizeof(record) ? size : sizeof(record));
	result = layout_check_channel(&record, size, "channel");
	if (result) {
		REQUIRE(result == -EPROTO || result == -EPROTONOSUPPORT);
		REQUIRE((result == -EPROTONOSUPPORT) == (memcmp(bytes, "shmflipC", 8) == 0 &&
		                                         record.mark.version != LAYOUT_VERSION));
		return;
	}
	REQUIRE(size == sizeof(record) && record.mark.version == LAYOUT_VERSION);
	REQUIRE(record.segment_id >= 0 && record.ring_id >= 0);
	REQUIRE(record.producer > 0 && record.generation >= record.producer);
	REQUIRE(record.generation + 1 > record.generation);
}

static void check_lock(const uint8_t *bytes, size_t size)
{
	struct lock_record record;
	int result;

	memset(&record, 0, sizeof(record));
	memcpy(&record, bytes, size < sizeof(record) ? size : sizeof(record));
	result = layout_check_lock(&record, size, "lock");
	REQUIRE(result == 0 || result == -EPROTO || result == -EPROTONOSUPPORT);
	if (!result)
		REQUIRE(size == sizeof(record) && record.generation + 1 > record.generation);
}

static void check(const uint8_t *bytes, size_t size)
{
	/* As read(2) hands out: at most what was asked for. */
	check_channel(bytes,
	              size < sizeof(struct channel_record) ? size : sizeof(struct channel_record));
	check_lock(bytes, size < sizeof(struct lock_record) ? size : sizeof(struct lock_record));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t seed = fuzz_seed(data, size), number;
	uint8_t bytes[64] = { 0 };

	if (size > sizeof(bytes))
		size = sizeof(bytes);
	memcpy(bytes, data, size);
	check(bytes, size);
	for (int i = 0; i < NEIGHBOURS && size; i++) {
		size_t at = fuzz_next(&seed) % size;
		size_t width = size - at < sizeof(number) ? size - at : sizeof(number);

		number = fuzz_odd_number(&seed);
		memcpy(bytes + at, &number, width);
		check(bytes, size);
		memcpy(bytes + at, data + at, width);
	}
	return 0;
}
