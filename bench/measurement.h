/* SPDX-License-Identifier: MIT
 *
 * One measurement: one transport, one size, one kind of work, by processes that are started for it. */
#ifndef SHMFLIP_BENCH_MEASUREMENT_H
#define SHMFLIP_BENCH_MEASUREMENT_H

#include "cpu_affinity.h"
#include "load.h"
#include "side.h"

/* What is measured. */
struct measurement {
	const struct transport *transport;
	uint32_t width;
	uint32_t height;
	enum touch touch;
	unsigned cores;      /* 1: both sides on one; 2: on different ones */
	uint32_t rate_milli; /* frames in 1000 seconds; 0: flat out */
	unsigned receivers;
};

/* What came of it once. */
struct sample {
	double fps;              /* at the slowest receiver */
	double latency_p50_ns;   /* from ready to received */
	double send_p50_ns;      /* that the sender spent in handing over */
	double sender_cpu_ns;    /* for a frame */
	double receivers_cpu_ns; /* for a frame, all receivers together */
	double switches;         /* for a frame, both sides together; likewise: */
	double faults;
	double io_bytes;
	double dropped;  /* of all frames, the share */
	double setup_ns; /* until both sides are open */
	double first_ns; /* the first frame, from ready to done with */
	double first_faults;
	uint64_t frames;
	uint64_t torn;
	struct load_shares load;
};

/* Runs it. The times of single frames, of every receiver, are added to *latency.
 * -ENOTSUP: this system lacks it; -ETIMEDOUT: it hung, and its processes were killed; -EINTR: the user
 * wants to stop; others: it failed. detail: LINK_DETAIL_SIZE bytes, why. */
int measurement_run(const struct measurement *measurement, const struct cpu_affinity *affinity,
                    const char *directory, int64_t seconds_ns, struct sample *sample,
                    struct histogram *latency, char *detail);

#endif
