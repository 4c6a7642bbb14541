/* SPDX-License-Identifier: MIT */
#include "record_tally.h"

#include <inttypes.h>
#include <stdarg.h>
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

static bool is_after(const struct record_range *range, uint64_t producer, uint64_t sequence)
{
	return range->producer > producer ||
	       (range->producer == producer && range->first >= sequence);
}

static size_t count_kept(const struct record_tally *tally)
{
	return tally->range_count < RECORD_RANGES_MAX ? tally->range_count : RECORD_RANGES_MAX;
}

void record_tally_fail(struct record_tally *tally, uint64_t producer, uint64_t sequence,
                       uint64_t lost)
{
	size_t kept = count_kept(tally);

	tally->recorded -= lost;
	tally->missing += lost;
	tally->failed_producer = producer;
	tally->failed = sequence;
	for (size_t i = 0; i < kept; i++) {
		if (is_after(&tally->ranges[i], producer, sequence)) {
			tally->range_count = i;
			break;
		}
	}
}

/* RECORD_RANGES_TEXT_MAX is enough for all numbers. */
struct text {
	char *at;
	size_t room;
};

static __attribute__((format(printf, 2, 3))) void append(struct text *text, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text->at, text->room, format, arguments);
	va_end(arguments);
	text->at += length;
	text->room -= (size_t)length;
}

static void append_frame(struct text *text, uint64_t producer, uint64_t sequence)
{
	if (producer > 1)
		append(text, "p%" PRIu64 "-", producer);
	append(text, "%" PRIu64, sequence);
}

static void append_range(struct text *text, const struct record_range *range)
{
	append_frame(text, range->producer, range->first);
	if (range->last != range->first)
		append(text, "-%" PRIu64, range->last);
}

void record_tally_print(const struct record_tally *tally, char out[RECORD_RANGES_TEXT_MAX])
{
	struct text text = { out, RECORD_RANGES_TEXT_MAX };
	size_t kept = count_kept(tally);

	out[0] = '\0';
	for (size_t i = 0; i < kept; i++) {
		append(&text, "%s", i ? ", " : "");
		append_range(&text, &tally->ranges[i]);
	}
	if (kept < tally->range_count)
		append(&text, ", and %zu more places", tally->range_count - kept);
	if (!tally->failed_producer)
		return;
	append(&text, "%s", kept ? ", all from " : "all from ");
	append_frame(&text, tally->failed_producer, tally->failed);
	append(&text, " on");
}
