/* SPDX-License-Identifier: MIT */
#include "measurement.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "scratch_dir.h"
#include "shmflip.h"

enum { EMPTY_FRAME_BYTES = FRAME_BYTES_MIN, POLL_NS = 1000000 };

/* On top of the measuring time: for opening, warm-up, and the slowest transport's largest
 * frames. */
#define TIMEOUT_NS INT64_C(30000000000)

struct run {
	const struct measurement *measurement;
	const struct cpu_affinity *affinity;
	struct transfer transfer;
	struct side *sides; /* shared memory: the sender, then the receivers */
	pid_t children[1 + RECEIVERS_MAX];
	bool any_failed; /* exited with an error, was killed, or crashed */
};

/* In a child. Ctrl-C reaches all processes of the terminal, but only the parent decides when
 * children stop. They die with it. */
static void init_child(pid_t parent)
{
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
}

static void run_child(struct run *run, unsigned index)
{
	const struct measurement *measurement = run->measurement;
	int cpu = index == 0 ? run->affinity->cpus[0]
	                     : cpu_of_receiver(run->affinity, measurement->cores, index - 1);
	bool went_well;

	cpu_bind(cpu);
	went_well =
		index == 0 ? sender_run(&run->transfer) : receiver_run(&run->transfer, index - 1);
	_exit(went_well ? 0 : 1);
}

static int start_children(struct run *run)
{
	unsigned count = 1 + run->transfer.link.receivers;
	pid_t parent = getpid();

	for (unsigned i = 0; i < count; i++) {
		run->children[i] = fork();
		if (run->children[i] < 0) {
			run->children[i] = 0;
			return -errno;
		}
		if (run->children[i] == 0) {
			init_child(parent);
			run_child(run, i);
		}
	}
	return 0;
}

/* Reaps the children that have exited. Returns how many still run. */
static unsigned reap(struct run *run)
{
	unsigned running = 0;
	int status;
	pid_t reaped;

	for (unsigned i = 0; i <= RECEIVERS_MAX; i++) {
		if (run->children[i] == 0)
			continue;
		reaped = waitpid(run->children[i], &status, WNOHANG);
		if (reaped == 0) {
			running++;
			continue;
		}
		/* If SIGCHLD is ignored, nobody knows how the child exited. */
		if (reaped < 0 || status != 0)
			run->any_failed = true;
		run->children[i] = 0;
	}
	return running;
}

static void kill_children(struct run *run)
{
	for (unsigned i = 0; i <= RECEIVERS_MAX; i++) {
		if (run->children[i] == 0)
			continue;
		kill(run->children[i], SIGKILL);
		waitpid(run->children[i], NULL, 0);
		run->children[i] = 0;
		run->any_failed = true;
	}
}

/* Waits until all have exited. If one fails, others may wait for it forever, so it returns
 * -EPIPE at once. */
static int wait_for_children(struct run *run)
{
	int64_t deadline_ns = monotonic_now_ns() + run->transfer.seconds_ns + TIMEOUT_NS;

	while (reap(run) > 0) {
		if (cli_interrupted())
			return -EINTR;
		if (run->any_failed)
			return -EPIPE;
		if (monotonic_now_ns() >= deadline_ns)
			return -ETIMEDOUT;
		nanosleep(&(struct timespec){ .tv_nsec = POLL_NS }, NULL);
	}
	return run->any_failed ? -EPIPE : 0;
}

/* The error of the first side that reports a failure; else error. */
static int first_failure(const struct run *run, int error, char *detail)
{
	for (unsigned i = 0; i <= run->transfer.link.receivers && error != -EINTR; i++) {
		const struct side *side = &run->sides[i];

		if (atomic_load_explicit(&side->state, memory_order_acquire) != SIDE_FAILED)
			continue;
		snprintf(detail, LINK_DETAIL_SIZE, "%s", side->detail);
		return side->error ? side->error : -EIO;
	}
	if (error == -EPIPE)
		snprintf(detail, LINK_DETAIL_SIZE, "a process crashed");
	if (error == -ETIMEDOUT)
		snprintf(detail, LINK_DETAIL_SIZE, "timed out: killed");
	return error;
}

static void add_usage(struct sample *sample, const struct side *side)
{
	double frames = side->frames ? (double)side->frames : 1;

	sample->switches += (double)side->usage.switches / frames;
	sample->faults += (double)side->usage.faults / frames;
	sample->io_bytes += (double)side->usage.io_bytes / frames;
	sample->first_faults += (double)side->first_faults;
	sample->torn += side->torn;
	if ((double)side->setup_ns > sample->setup_ns)
		sample->setup_ns = (double)side->setup_ns;
}

static double rate_of(const struct side *side)
{
	return side->elapsed_ns ? (double)side->frames * 1e9 / (double)side->elapsed_ns : 0;
}

static void add_receiver(struct sample *sample, const struct side *side,
                         struct histogram *own_latency)
{
	add_usage(sample, side);
	sample->receivers_cpu_ns +=
		(double)side->usage.cpu_ns / (side->frames ? (double)side->frames : 1);
	if (rate_of(side) < sample->fps)
		sample->fps = rate_of(side);
	if ((double)side->first_ns > sample->first_ns)
		sample->first_ns = (double)side->first_ns;
	histogram_merge(own_latency, &side->latency);
}

static void summarize(const struct run *run, struct sample *sample, struct histogram *latency)
{
	static struct histogram own_latency;
	const struct side *sender = run->transfer.sender;

	memset(&own_latency, 0, sizeof(own_latency));
	memset(sample, 0, sizeof(*sample));
	add_usage(sample, sender);
	sample->frames = sender->frames;
	sample->sender_cpu_ns = (double)sender->usage.cpu_ns / (double)sender->frames;
	sample->send_p50_ns = (double)histogram_percentile_ns(&sender->latency, 50);
	sample->dropped = (double)sender->dropped / (double)(sender->dropped + sender->frames);
	sample->fps = rate_of(sender);
	for (unsigned i = 0; i < run->transfer.link.receivers; i++)
		add_receiver(sample, &run->transfer.receivers[i], &own_latency);
	sample->latency_p50_ns = (double)histogram_percentile_ns(&own_latency, 50);
	histogram_merge(latency, &own_latency);
}

uint64_t measurement_pixel_bytes(const struct measurement *measurement)
{
	struct shmflip_layout layout;
	uint64_t bytes = 0;

	shmflip_init(&layout);
	if (shmflip_format_layout(measurement->fourcc, measurement->width, measurement->height,
	                          &layout))
		return 0;
	for (uint32_t plane = 0; plane < layout.planes; plane++)
		bytes += (uint64_t)layout.row_bytes[plane] * layout.rows[plane];
	return bytes;
}

static int prepare_run(struct run *run, const char *directory, int64_t seconds_ns, char *detail)
{
	const struct measurement *measurement = run->measurement;
	struct link *link = &run->transfer.link;
	struct shmflip_layout layout;
	void *memory;
	int error;

	*link = (struct link){
		.transport = measurement->transport,
		.directory = directory,
		.width = measurement->width,
		.height = measurement->height,
		.fourcc = measurement->fourcc,
		.receivers = measurement->transport->traits & TRANSPORT_ALONE
		                     ? 0
		                     : measurement->receivers,
		.slots = measurement->slots,
		.paced = measurement->rate_milli > 0,
	};
	link->detail = detail;
	shmflip_init(&layout);
	error = shmflip_format_layout(link->fourcc, link->width, link->height, &layout);
	if (error)
		return link_fail(link, error, "frames are too large");
	link->frame_bytes = layout.bytes;
	if (measurement->transport->traits & TRANSPORT_EMPTY)
		link->frame_bytes = EMPTY_FRAME_BYTES;
	error = link_map(link, (1 + link->receivers) * sizeof(struct side), true, &memory);
	if (error)
		return error;
	run->sides = memory;
	run->transfer.touch = measurement->touch;
	run->transfer.interval_ns =
		measurement->rate_milli ? INT64_C(1000000000000) / measurement->rate_milli : 0;
	run->transfer.seconds_ns = seconds_ns;
	run->transfer.sender = &run->sides[0];
	run->transfer.receivers = &run->sides[1];
	return 0;
}

static int run_processes(struct run *run, struct sample *sample, struct histogram *latency,
                         char *detail)
{
	struct load before;
	int error;

	load_now(&before);
	error = start_children(run);
	if (!error)
		error = wait_for_children(run);
	kill_children(run);
	error = first_failure(run, error, detail);
	if (error)
		return error;
	summarize(run, sample, latency);
	load_since(&before, &sample->load);
	return 0;
}

int measurement_run(const struct measurement *measurement, const struct cpu_affinity *affinity,
                    const char *directory, int64_t seconds_ns, struct sample *sample,
                    struct histogram *latency, char *detail)
{
	struct run run = { .measurement = measurement, .affinity = affinity };
	struct link *link = &run.transfer.link;
	int error;

	*detail = '\0';
	error = prepare_run(&run, directory, seconds_ns, detail);
	if (error)
		return error;
	error = measurement->transport->prepare ? measurement->transport->prepare(link) : 0;
	if (!error) {
		error = run_processes(&run, sample, latency, detail);
		if (measurement->transport->finish)
			measurement->transport->finish(link, run.any_failed);
	}
	free(link->state);
	scratch_dir_empty(directory);
	munmap(run.sides, (1 + link->receivers) * sizeof(struct side));
	return error;
}
