/* SPDX-License-Identifier: MIT
 *
 * `shmflip-bench decode`: PNG to pixels by each decoder there is. */
#ifndef BENCH_DECODE_H
#define BENCH_DECODE_H

#include "cpu_affinity.h"
#include "decoder/decoder.h"
#include "environment.h"
#include "options.h"
#include "png_files.h"
#include "statistics.h"
#include "validity.h"

extern const struct command command_decode;

/* One decoder on one file. */
struct trial {
	double ms[ROUNDS_MAX]; /* of processor time, for one decoding */
	unsigned count;
	int error;
	bool differs; /* its pixels are not the reference's */
};

struct decode_results {
	const struct options *options;
	struct environment environment;
	struct png_files png_files;
	struct trial *trials; /* of each file, those of all decoders side by side */
	size_t disturbed;
	struct load_shares load;
	struct validity validity;
};

/* The decoders of a kind of files, or of all of them, summed up. */
struct decode_summary {
	size_t files;          /* that it decoded, and the reference too */
	double ms;             /* in the median */
	double noise;          /* between rounds, in the median */
	struct spread speedup; /* times as fast as the reference */
	double pixels_per_s;   /* bytes */
	double file_per_s;     /* bytes */
	double first;          /* share of the files on which no other decoder was faster */
	double of_reference;   /* the time as a share of the reference's, in the median */
	double of_shmflip;     /* and of shmflip's */
};

/* NULL: that trial, or the decoder's on that file, came to nothing. */
const struct trial *decode_trial(const struct decode_results *results, size_t file,
                                 const struct decoder *decoder);
double decode_ms(const struct trial *trial);

/* kind: NULL: of all files. */
void decode_summarize(const struct decode_results *results, const struct decoder *decoder,
                      const char *kind, struct decode_summary *summary);

/* The kinds of files there are, each once, in the order of their paths; at most max of them. */
size_t decode_kinds(const struct decode_results *results, const char **kinds, size_t max);
enum { DECODE_KINDS_MAX = 32 };

/* ---- What it puts out: each in a file of its own ---------------------------------------------- */

void decode_print(const struct decode_results *results, FILE *file);
json_t *decode_json(const struct decode_results *results);
int decode_plot(const struct decode_results *results);

#endif
