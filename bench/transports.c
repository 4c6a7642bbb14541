/* SPDX-License-Identifier: MIT */
#include "transports.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "report.h"

enum {
	TRIES = 3,           /* of a disturbed measurement */
	DISTURBED_LIMIT = 8, /* after so many measurements stayed disturbed, do not repeat any */
};

struct progress {
	int64_t begin_ns;
	size_t done;
	size_t all;
};

static void show_progress(const struct progress *progress, const struct measurement *measurement)
{
	int64_t elapsed_ns = monotonic_now_ns() - progress->begin_ns;
	int64_t remaining_ns = progress->done ? elapsed_ns / (int64_t)progress->done *
	                                                (int64_t)(progress->all - progress->done)
	                                      : 0;

	cli_status("%zu of %zu, %lld s left: %s %ux%u %s", progress->done, progress->all,
	           (long long)(remaining_ns / 1000000000), measurement->transport->name,
	           measurement->width, measurement->height, touch_names[measurement->touch]);
}

/* Returns 0, or -EINTR if the user interrupted. Other errors go into *result. */
static int measure(struct results *results, struct result *result, const char *directory)
{
	struct sample *sample = &result->samples[result->count];
	int tries = results->disturbed < DISTURBED_LIMIT ? TRIES : 1, error;
	static struct histogram latency;
	bool disturbed = false;

	for (int i = 0; i < tries; i++) {
		memset(&latency, 0, sizeof(latency));
		error = measurement_run(&result->measurement, &results->affinity, directory,
		                        results->options->seconds_ns, sample, &latency,
		                        result->detail);
		if (error == -EINTR)
			return error;
		result->error = error;
		if (error)
			return 0;
		disturbed = !results->options->quick && validity_is_disturbed(&sample->load);
		if (!disturbed)
			break;
	}
	results->disturbed += disturbed;
	result->count++;
	histogram_merge(&result->latency, &latency);
	return 0;
}

/* Every second round runs in reverse, so that no transport always follows the same one. */
static int run_round(struct results *results, unsigned round, struct progress *progress,
                     const char *directory)
{
	int error = 0;

	for (size_t i = 0; i < results->count && !error; i++) {
		struct result *result = &results->items[round % 2 ? results->count - 1 - i : i];

		show_progress(progress, &result->measurement);
		if (!result->error)
			error = measure(results, result, directory);
		progress->done++;
	}
	return error;
}

static int run_rounds(struct results *results, const char *directory)
{
	struct progress progress = { .begin_ns = monotonic_now_ns(),
		                     .all = results->count * results->options->rounds };
	struct load before;
	int error = 0;

	load_now(&before);
	for (unsigned round = 0; round < results->options->rounds && !error; round++)
		error = run_round(results, round, &progress, directory);
	load_since(&before, &results->load);
	cli_status_end();
	return error;
}

/* Prints what failed. Returns the number of failures. */
static unsigned report_failures(const struct results *results)
{
	unsigned failures = 0;

	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->items[i];

		if (result->error && result->error != -ENOTSUP) {
			cli_error("%s at %ux%u failed: %s", result->measurement.transport->name,
			          result->measurement.width, result->measurement.height,
			          result->detail[0] ? result->detail : strerror(-result->error));
			failures++;
		}
		if (result_torn(result)) {
			cli_error("%s at %ux%u: %llu frames arrived damaged",
			          result->measurement.transport->name, result->measurement.width,
			          result->measurement.height,
			          (unsigned long long)result_torn(result));
			failures++;
		}
	}
	return failures;
}

static int write_results(struct results *results)
{
	const struct options *options = results->options;
	bool all_well = report_failures(results) == 0;

	results_judge(results);
	if (report_is_table(options))
		transports_print(results, stdout);
	if (options->json_path && report_json(options->json_path, transports_json(results)))
		all_well = false;
	if (options->plot_path && transports_plot(results))
		all_well = false;
	if (!all_well)
		return CLI_FAILED;
	return report_validity(options, &results->validity);
}

static int run(const struct options *options)
{
	char directory[] = "/tmp/shmflip-bench-XXXXXX";
	struct results results;
	int error = results_init(&results, options), status = CLI_FAILED;

	if (error) {
		cli_error("out of memory");
		return CLI_FAILED;
	}
	if (!mkdtemp(directory)) {
		cli_error("cannot create a directory in /tmp: %s", strerror(errno));
		goto finish;
	}
	error = run_rounds(&results, directory);
	rmdir(directory);
	if (error)
		cli_error("interrupted: no results");
	else
		status = write_results(&results);

finish:
	results_finish(&results);
	return status;
}

static const char help[] =
	"\n"
	"Hands frames from one process to others with each transport, in rounds.\n"
	"\n"
	"      --transports LIST|all  (default all; an invalid name lists the valid ones)\n"
	"      --size WxH,...     (default 640x480,1920x1080,3840x2160)\n"
	"      --pixels FORMAT    by any name, as NV12 or yuv420p (default XR24)\n"
	"      --touch LIST       work on the pixels: none, read, write+read or copy+read\n"
	"                         (default none,read,write+read)\n"
	"      --cores LIST       sender and receivers on 1 core, or on 2 (default 2)\n"
	"      --rate LIST        frames per second; 0: flat out, as fast as possible\n"
	"                         (default 0)\n"
	"      --receivers LIST   number of receivers (default 1)\n"
	"      --slots N          slots of shmflip's channel (default 2)\n";

const struct command command_transports = {
	.name = "transports",
	.summary = "hand frames over with each transport",
	.help = help,
	.accepts = OPTIONS_TRANSPORTS,
	.seconds_ns = 500000000,
	.run = run,
};
