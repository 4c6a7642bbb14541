/* SPDX-License-Identifier: MIT
 *
 * `shmflip-bench encode`: pixels to PNG with each encoder. */
#ifndef SHMFLIP_BENCH_ENCODE_H
#define SHMFLIP_BENCH_ENCODE_H

#include "encoder/encoder.h"
#include "environment.h"
#include "options.h"
#include "png_files.h"
#include "statistics.h"
#include "validity.h"

extern const struct command command_encode;

/* One encoder on one picture. */
struct encode_trial {
	double ms[ROUNDS_MAX]; /* processor time of one encoding, per round */
	unsigned count;
	int error;
	bool differs; /* libpng decodes its PNG to other pixels */
	size_t bytes; /* of its PNG */
};

struct encode_results {
	const struct options *options;
	struct environment environment;
	struct png_files png_files;  /* the pictures come from these */
	struct encode_trial *trials; /* [file * options->encoder_count + encoder] */
	size_t disturbed;
	struct load_shares load;
	struct validity validity;
};

/* One encoder on all pictures of a kind; medians over files. */
struct encode_summary {
	size_t files;
	double ms;
	double noise;            /* between rounds */
	struct spread of_libpng; /* its time as a share of the reference's */
	struct spread size;      /* of its PNG, as a share of the reference's */
	double pixels_per_s;
};

/* NULL: the encoder is not among options->encoders, or it failed on the file. */
const struct encode_trial *encode_trial(const struct encode_results *results, size_t file,
                                        const struct encoder *encoder);
/* The median over rounds. */
double encode_ms(const struct encode_trial *trial);

/* kind: NULL for all files. */
void encode_summarize(const struct encode_results *results, const struct encoder *encoder,
                      const char *kind, struct encode_summary *summary);

void encode_print(const struct encode_results *results, FILE *file);
/* NULL: out of memory. */
json_t *encode_json(const struct encode_results *results);
/* Returns 0, or a negative errno after a message. */
int encode_plot(const struct encode_results *results);

#endif
