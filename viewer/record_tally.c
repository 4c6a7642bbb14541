/* SPDX-License-Identifier: MIT */
#include "record_tally.h"

#include <inttypes.h>
#include <stdio.h>

static void add_missing(struct record_tally *tally, uint64_t first, uint64_t last)
{
	tally->missing += last - first + 1;
	if (tally->last_is_missing) {
		if (tally->range_count <= RECORD_RANGES_MAX)
			tally->ranges[tally->range_count - 1].last = last;
		return;
	}
	if (tally->range_count < RECORD_RANGES_MAX)
		tally->ranges[tally->range_count] =
			(struct record_range){ tally->producer, first, last };
	tally->range_count++;
	tally->last_is_missing = true;
}

void record_tally_add(struct record_tally *tally, uint64_t producer, uint64_t sequence,
                      bool is_recorded)
{
	if (producer != tally->producer) {
		tally->producer = producer;
		tally->last = sequence - 1;
		tally->last_is_missing = false;
	}
	if (sequence > tally->last + 1)
		add_missing(tally, tally->last + 1, sequence - 1);
	if (is_recorded)
		tally->recorded++;
	else
		add_missing(tally, sequence, sequence);
	if (is_recorded)
		tally->last_is_missing = false;
	tally->last = sequence;
}

static int print_range(const struct record_range *range, const char *separator, char *text,
                       size_t size)
{
	char producer[32] = "", last[32] = "";

	if (range->producer > 1)
		snprintf(producer, sizeof(producer), "p%" PRIu64 "-", range->producer);
	if (range->last != range->first)
		snprintf(last, sizeof(last), "-%" PRIu64, range->last);
	return snprintf(text, size, "%s%s%" PRIu64 "%s", separator, producer, range->first, last);
}

void record_tally_print(const struct record_tally *tally, char text[RECORD_RANGES_TEXT_MAX])
{
	size_t kept =
		tally->range_count < RECORD_RANGES_MAX ? tally->range_count : RECORD_RANGES_MAX;
	int at = 0;

	text[0] = '\0';
	for (size_t i = 0; i < kept; i++)
		at += print_range(&tally->ranges[i], i ? ", " : "", text + at,
		                  RECORD_RANGES_TEXT_MAX - (size_t)at);
	if (kept < tally->range_count)
		snprintf(text + at, RECORD_RANGES_TEXT_MAX - (size_t)at, ", and %zu more places",
		         tally->range_count - kept);
}
