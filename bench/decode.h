/* SPDX-License-Identifier: MIT
 *
 * `shmflip-bench decode`: PNG to pixels with each decoder. */
#ifndef SHMFLIP_BENCH_DECODE_H
#define SHMFLIP_BENCH_DECODE_H

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
	double ms[ROUNDS_MAX]; /* processor time of one decoding, per round */
	unsigned count;
	int error;
	bool differs; /* its pixels are not those of the reference */
};

struct decode_results {
	const struct options *options;
	struct environment environment;
	struct png_files png_files;
	struct trial *trials; /* [file * options->decoder_count + decoder] */
	size_t disturbed;
	struct load_shares load;
	struct validity validity;
};

/* One decoder on all files of a kind. */
struct decode_summary {
	size_t files;          /* that both it and the reference decoded */
	double ms;             /* processor time per file, median over files */
	double noise;          /* between rounds, median over files */
	struct spread speedup; /* how many times as fast as the reference, over files */
	double pixels_per_s;   /* bytes */
	double file_per_s;     /* bytes */
	double first;          /* share of files on which no other decoder was faster */
	double of_reference;   /* its time as a share of the reference's, median over files */
	double of_shmflip;     /* the same, of shmflip's time */
};

/* NULL: the decoder is not among options->decoders, or it failed on the file. */
const struct trial *decode_trial(const struct decode_results *results, size_t file,
                                 const struct decoder *decoder);
/* The median over rounds. */
double decode_ms(const struct trial *trial);

/* kind: NULL for all files. */
void decode_summarize(const struct decode_results *results, const struct decoder *decoder,
                      const char *kind, struct decode_summary *summary);

/* ---- Output: each in a file of its own ------------------------------------------------------- */

void decode_print(const struct decode_results *results, FILE *file);
json_t *decode_json(const struct decode_results *results);
int decode_plot(const struct decode_results *results);

#endif
