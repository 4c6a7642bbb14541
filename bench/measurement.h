/* SPDX-License-Identifier: MIT
 *
 * One measurement: one transport, one size, one kind of work, with processes started for it. */
#ifndef SHMFLIP_BENCH_MEASUREMENT_H
#define SHMFLIP_BENCH_MEASUREMENT_H

#include "cpu_affinity.h"
#include "load.h"
#include "side.h"

/* What to measure. */
struct measurement {
	const struct transport *transport;
	uint32_t width;
	uint32_t height;
	uint32_t fourcc;
	enum touch touch;
	unsigned cores;      /* 1: both sides share one; 2: different ones */
	uint32_t rate_milli; /* frames in 1000 seconds; 0: as fast as possible */
	unsigned receivers;
	unsigned slots; /* of shmflip's channel */
};

/* The bytes of a frame's pixels, without padding. */
uint64_t measurement_pixel_bytes(const struct measurement *measurement);

/* The figures of one run. */
struct sample {
	double fps;              /* of the slowest receiver */
	double latency_p50_ns;   /* from ready to received */
	double send_p50_ns;      /* the sender's time in send() */
	double sender_cpu_ns;    /* per frame */
	double receivers_cpu_ns; /* per frame, all receivers together */
	double switches;         /* of context, per frame, both sides together */
	double faults;           /* of pages, per frame, both sides together */
	double io_bytes;         /* per frame, both sides together */
	double dropped;          /* share of all frames */
	double setup_ns;         /* the slower side's time to open */
	double first_ns;         /* the first frame, from ready to processed */
	double first_faults;
	uint64_t frames;
	uint64_t torn;
	struct load_shares load;
};

/* Runs a measurement and blocks until it ends. Adds the latency of each frame at each receiver
 * to *latency. detail: LINK_DETAIL_SIZE bytes, for the reason of an error. Returns 0 or a
 * negative errno:
 *   -ENOTSUP    this system lacks the transport
 *   -ETIMEDOUT  it hung, and its processes were killed
 *   -EINTR      the user interrupted
 *   others      it failed */
int measurement_run(const struct measurement *measurement, const struct cpu_affinity *affinity,
                    const char *directory, int64_t seconds_ns, struct sample *sample,
                    struct histogram *latency, char *detail);

#endif
