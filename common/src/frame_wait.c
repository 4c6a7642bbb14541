/* SPDX-License-Identifier: MIT */
#include "frame_wait.h"

#include <errno.h>

#include "clock.h"
#include "ring.h"

/* The longest sleep before the next check: see ring_wait(). */
#define SLEEP_NS (100 * NS_PER_MS)

static bool spin_for_frame(const struct slot_reader *reader, struct spin *spin, uint64_t newest,
                           int64_t limit_ns)
{
	int64_t end_ns;
	bool paid = false;

	if (!spin_try(spin))
		return false;
	end_ns = monotonic_now_ns() + (limit_ns < SPIN_NS ? limit_ns : SPIN_NS);
	do {
		for (int i = 0; i < 16 && !paid; i++) {
			spin_pause();
			paid = slots_newest(reader) != newest;
		}
	} while (!paid && monotonic_now_ns() < end_ns);
	spin_record(spin, paid);
	return paid;
}

bool frame_wait_is_over(const struct attachment *attachment)
{
	bool alive;

	return attachment_state(attachment) != LAYOUT_RUNNING ||
	       ring_query_alive(attachment->ring_id, &alive) || !alive;
}

int frame_wait(struct attachment *attachment, struct spin *spin, uint64_t frame,
               const struct wait *wait)
{
	uint64_t newest;
	int64_t sleep_ns;
	int error, slept;

	for (;;) {
		newest = slots_newest(&attachment->reader);
		if (newest >= frame)
			return 0;
		sleep_ns = wait_remaining_ns(wait, SLEEP_NS);
		if (sleep_ns == 0)
			return frame_wait_is_over(attachment) ? 0 : -EAGAIN;
		if (spin_for_frame(&attachment->reader, spin, newest, sleep_ns))
			continue;
		pins_mark_sleeper(&attachment->pins);
		slept = ring_wait(attachment->ring_id, newest, sleep_ns);
		error = wait_check(wait->interrupted);
		if (error)
			return error;
		if (slept == -EAGAIN)
			continue;
		if (slept)
			return slept;
		if (slots_newest(&attachment->reader) == newest) {
			if (frame_wait_is_over(attachment))
				return 0;
			/* No correct producer wakes us for nothing: do not spin for this one. */
			error = wait_sleep(wait, NS_PER_MS);
			if (error)
				return error;
		}
	}
}
