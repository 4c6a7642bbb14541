/* SPDX-License-Identifier: MIT */
#include "tally.h"

#include <stdio.h>
#include <stdlib.h>

const char *const op_names[OPS] = {
	[OP_START] = "start",
	[OP_OPEN] = "open",
	[OP_TAKE_OVER] = "take-over",
	[OP_LOAN] = "loan",
	[OP_NEXT_STREAM] = "next-stream",
	[OP_DRAW] = "draw",
	[OP_PUBLISH] = "publish",
	[OP_REUSE] = "reuse",
	[OP_CONFIGURE] = "configure",
	[OP_END] = "end",
	[OP_CLOSE_PRODUCER] = "close-producer",
	[OP_ACQUIRE] = "acquire",
	[OP_CHECK] = "check",
	[OP_RELEASE] = "release",
	[OP_CLOSE_VIEWER] = "close-viewer",
	[OP_OTHER] = "between",
};

void tally_add_kill(struct tally *tally, uint32_t op)
{
	tally->kills++;
	tally->kills_in[op]++;
}

void tally_add_round(struct tally *tally, const struct round_state *shared)
{
	tally->rounds++;
	for (int i = 0; i < VIEWERS_MAX; i++)
		tally->frames += shared->viewer[i].frames;
}

void tally_print(const struct tally *tally, const char *what)
{
	printf("%s rounds %llu\n", what, (unsigned long long)tally->rounds);
	printf("%s kills %llu\n", what, (unsigned long long)tally->kills);
	printf("%s stops %llu\n", what, (unsigned long long)tally->stops);
	printf("%s frames %llu\n", what, (unsigned long long)tally->frames);
	for (int i = 0; i < OPS; i++)
		printf("%s in-%s %llu\n", what, op_names[i],
		       (unsigned long long)tally->kills_in[i]);
	fflush(stdout);
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

void tally_print_times(const char *what, int64_t *times_ns, unsigned count)
{
	unsigned median = count / 2, percentile_99 = (unsigned)(count * UINT64_C(99) / 100);

	if (count == 0)
		return;
	qsort(times_ns, count, sizeof(*times_ns), compare);
	printf("# %s, ms: median %.2f, 99th percentile %.2f, longest %.2f, of %u\n", what,
	       (double)times_ns[median] / 1e6, (double)times_ns[percentile_99] / 1e6,
	       (double)times_ns[count - 1] / 1e6, count);
	fflush(stdout);
}
