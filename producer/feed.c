/* SPDX-License-Identifier: MIT */
#include "feed.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

int feed_init(struct feed *feed, const struct options *options)
{
	const struct source *source = options_stream(options) ? NULL : &feed->source;
	int result = 0;

	*feed = (struct feed){ .options = options };
	input_init(&feed->input, source, STDIN_FILENO);
	for (int i = 0; source && i < options->source_count && !result; i++)
		result = source_add(&feed->source, options->sources[i]);
	if (!result)
		capacity_init(&feed->capacity, options, source);
	return result;
}

void feed_finish(struct feed *feed)
{
	input_finish(&feed->input);
	source_finish(&feed->source);
}

static bool start_over(struct feed *feed)
{
	if (feed->loops == feed->options->loops || feed_is_dry(feed))
		return false;
	feed->loops++;
	feed->good_before = feed->read - feed->skipped;
	input_rewind(&feed->input);
	return true;
}

int feed_skip(struct feed *feed, const char *reason)
{
	feed->skipped++;
	if (feed->options->stop_on_error) {
		cli_error("%s: %s", feed->piece.path, reason);
		return -ECANCELED;
	}
	if (feed_is_news(feed))
		cli_error("%s: skipped: %s", feed->piece.path, reason);
	return 0;
}

/* What input_next() cannot go on from. */
static int fail_to_read(int error)
{
	if (error == -ENODATA || error == -EINTR)
		return error;
	cli_error("cannot read stdin: %s", strerror(-error));
	return -ECANCELED;
}

int feed_next(struct feed *feed)
{
	for (;;) {
		const char *fault = NULL;
		int result = input_next(&feed->input, &feed->piece, &fault);

		if (result == -ENODATA && start_over(feed))
			continue;
		if (result && result != -EBADMSG)
			return fail_to_read(result);
		feed->read++;
		if (!fault)
			fault = capacity_check(&feed->capacity, feed->piece.png, feed->piece.size);
		if (!fault)
			return 0;
		result = feed_skip(feed, fault);
		if (result)
			return result;
	}
}

uint64_t feed_index(const struct feed *feed)
{
	return feed->read - 1;
}

uint64_t feed_position(const struct feed *feed)
{
	return feed->input.source ? feed->input.next : feed->read;
}

uint64_t feed_total(const struct feed *feed)
{
	return feed->source.count;
}

bool feed_is_last(const struct feed *feed)
{
	return feed->piece.last && feed->loops == feed->options->loops;
}

bool feed_is_dry(const struct feed *feed)
{
	return feed->read - feed->skipped == feed->good_before;
}

bool feed_is_news(const struct feed *feed)
{
	return feed->loops == 0 || feed->options->verbose;
}
