/* SPDX-License-Identifier: MIT
 *
 * How a producer gets a free slot, and what it does while viewers hold all of them. */
#include <errno.h>

#include "clock.h"
#include "error.h"
#include "fork.h"
#include "producer.h"
#include "retired.h"

#define SLEEP_MIN_NS 20000
#define SLEEP_MAX_NS (5 * NS_PER_MS)
#define SLEEP_LATE_NS 100000 /* how much too late most sleeps end, at most */

/* ---- One try, with the mutex locked ---- */

/* Returns whether viewers that want every frame have yet to move here from earlier generations. */
static bool poll_moving_viewers(struct shmflip_producer *producer)
{
	if (producer->config.policy != SHMFLIP_POLICY_LOSSLESS)
		retired_ignore_claims(producer->earlier);
	return retired_poll_claims(producer->earlier);
}

/* Whether no slot has been free for as long as the lease, which starts with the first call. */
static bool check_lease(struct shmflip_producer *producer)
{
	int64_t now_ns;

	if (producer->lease_ns == CLOCK_NEVER)
		return false;
	now_ns = monotonic_now_ns();
	if (producer->stuck_ns == 0)
		producer->stuck_ns = now_ns;
	return now_ns - producer->stuck_ns >= producer->lease_ns;
}

static int try_slot(struct shmflip_producer *producer, uint32_t *slot)
{
	int error;

	if (poll_moving_viewers(producer)) {
		if (!check_lease(producer))
			return -EAGAIN;
		/* Live viewers have moved by now: the remaining ones are frozen. */
		retired_ignore_claims(producer->earlier);
	}
	error = slots_begin(&producer->generation->writer, slot);
	if (error == -EAGAIN && check_lease(producer) &&
	    retired_reap(&producer->earlier) < RETIRED_MAX) {
		error = producer_move_on(producer, producer->generation->pool.stream);
		/* Without memory for a new generation, try again after another lease. */
		if (error == -ENOMEM || error == -ENOSPC) {
			producer->stuck_ns = monotonic_now_ns();
			return -EAGAIN;
		}
		/* Wait for viewers that are not frozen, as after a change of size. */
		return error ? error : try_slot(producer, slot);
	}
	if (!error)
		producer->stuck_ns = 0;
	return error;
}

static int lend(struct shmflip_producer *producer, struct frame **frame)
{
	uint32_t slot;
	int error = producer_prepare(producer);

	if (!error)
		error = try_slot(producer, &slot);
	if (error == -ENOBUFS)
		return fail(-ENOBUFS,
		            "the producer has %u of %u slots itself: release frames first, or use "
		            "more slots",
		            producer->generation->fixed.slots - 1,
		            producer->generation->fixed.slots);
	if (error)
		return error;
	producer->generation->frames_out++;
	*frame = frame_lend(&producer->generation->pool, slot);
	return 0;
}

/* Notes how long a loan had to wait; the mutex is locked. */
static void shift_waits(struct shmflip_producer *producer, int64_t ns)
{
	producer->waits_ns[1] = producer->waits_ns[0];
	producer->waits_ns[0] = ns;
	producer->waited_ns += ns;
}

/* waited: the try is part of a wait, which record_wait() notes at its end. */
static int try_loan(struct shmflip_producer *producer, struct frame **frame, bool waited)
{
	int error;

	pthread_mutex_lock(&producer->mutex);
	error = lend(producer, frame);
	if (!error && !waited)
		shift_waits(producer, 0);
	pthread_mutex_unlock(&producer->mutex);
	return error;
}

/* ---- Waiting, without the mutex ---- */

static bool should_spin(struct shmflip_producer *producer)
{
	bool spin;

	pthread_mutex_lock(&producer->mutex);
	spin = spin_try(&producer->spin);
	pthread_mutex_unlock(&producer->mutex);
	return spin;
}

static int spin_for_slot(struct shmflip_producer *producer, struct frame **frame,
                         const struct wait *wait)
{
	int64_t end_ns = monotonic_now_ns() + wait_remaining_ns(wait, SPIN_NS);
	int error;

	if (!should_spin(producer))
		return -EAGAIN;
	do {
		spin_pause();
		error = try_loan(producer, frame, true);
	} while (error == -EAGAIN && monotonic_now_ns() < end_ns);
	pthread_mutex_lock(&producer->mutex);
	spin_record(&producer->spin, error != -EAGAIN);
	pthread_mutex_unlock(&producer->mutex);
	return error;
}

static void record_wait(struct shmflip_producer *producer, int64_t ns)
{
	pthread_mutex_lock(&producer->mutex);
	shift_waits(producer, ns);
	pthread_mutex_unlock(&producer->mutex);
}

static int64_t expected_wait_ns(struct shmflip_producer *producer)
{
	const int64_t *waits_ns = producer->waits_ns;
	int64_t expected_ns;

	pthread_mutex_lock(&producer->mutex);
	expected_ns = waits_ns[0] < waits_ns[1] ? waits_ns[0] : waits_ns[1];
	pthread_mutex_unlock(&producer->mutex);
	return expected_ns;
}

/* Viewers need about the same time for each frame. Sleep through most of the shorter of the last
 * two waits at once, because each sleep costs a system call and two context switches. */
static int64_t next_sleep_ns(int64_t expected_ns, int64_t start_ns)
{
	int64_t end_ns = start_ns + expected_ns / 4 * 3 - SLEEP_LATE_NS;
	int64_t backoff_ns = clock_backoff_ns(start_ns, SLEEP_MIN_NS, SLEEP_MAX_NS);
	int64_t remaining_ns = clock_remaining_ns(end_ns, SLEEP_MAX_NS);

	return remaining_ns > backoff_ns ? remaining_ns : backoff_ns;
}

static int sleep_for_slot(struct shmflip_producer *producer, struct frame **frame, int64_t start_ns,
                          const struct wait *wait)
{
	int64_t expected_ns = expected_wait_ns(producer);
	int error;

	do {
		error = wait_sleep(wait, next_sleep_ns(expected_ns, start_ns));
		if (error)
			return error;
		error = try_loan(producer, frame, true);
	} while (error == -EAGAIN);
	return error;
}

static int wait_for_slot(struct shmflip_producer *producer, struct frame **frame, int timeout_ms)
{
	struct wait wait = wait_begin(&producer->interrupted, timeout_ms);
	int64_t start_ns = monotonic_now_ns();
	int error = spin_for_slot(producer, frame, &wait);

	if (error == -EAGAIN)
		error = sleep_for_slot(producer, frame, start_ns, &wait);
	record_wait(producer, monotonic_now_ns() - start_ns);
	return error;
}

int shmflip_producer_loan(struct shmflip_producer *producer, struct shmflip_frame **out,
                          int timeout_ms)
{
	struct frame *frame;
	int error = fork_check(producer->fork_number);

	if (error)
		return error;
	error = wait_check(&producer->interrupted);
	if (!error)
		error = try_loan(producer, &frame, false);
	if (error == -EAGAIN && timeout_ms != 0)
		error = wait_for_slot(producer, &frame, timeout_ms);
	if (error)
		return fail_plain(error);
	*out = &frame->public;
	return 0;
}
