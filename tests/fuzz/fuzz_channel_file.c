/* SPDX-License-Identifier: MIT
 *
 * The two files of a channel: whatever they contain, the values that pass the check are safe to
 * use. Each input is checked unchanged and with NEIGHBOURS small changes. So nearly valid files
 * are tried more often than the fuzzer's overhead per run would allow. */
#include <errno.h>

#include "fuzz.h"
#include "layout.h"

enum { NEIGHBOURS = 31 };

static void check_channel(const uint8_t *bytes, size_t size)
{
	struct channel_record record;
	int error;

	memset(&record, 0, sizeof(record));
	memcpy(&record, bytes, size < sizeof(record) ? size : sizeof(record));
	error = layout_check_channel(&record, size, "channel");
	if (error) {
		REQUIRE(error == -EPROTO || error == -EPROTONOSUPPORT);
		REQUIRE((error == -EPROTONOSUPPORT) == (memcmp(bytes, "shmflipC", 8) == 0 &&
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
	int error;

	memset(&record, 0, sizeof(record));
	memcpy(&record, bytes, size < sizeof(record) ? size : sizeof(record));
	error = layout_check_lock(&record, size, "lock");
	REQUIRE(error == 0 || error == -EPROTO || error == -EPROTONOSUPPORT);
	if (!error)
		REQUIRE(size == sizeof(record) && record.generation + 1 > record.generation);
}

static void check(const uint8_t *bytes, size_t size)
{
	/* Like read(2), pass at most the size of the record. */
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
