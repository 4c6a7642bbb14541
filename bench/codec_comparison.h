/* SPDX-License-Identifier: MIT
 *
 * `shmflip-bench decode` and `shmflip-bench encode`: compares codecs on PNG files. What differs
 * between the two is a struct codec_task: see decode.c and encode.c. */
#ifndef SHMFLIP_BENCH_CODEC_COMPARISON_H
#define SHMFLIP_BENCH_CODEC_COMPARISON_H

#include <jansson.h>

#include "codec.h"
#include "environment.h"
#include "options.h"
#include "png_files.h"
#include "statistics.h"
#include "validity.h"

extern const struct command command_decode, command_encode;

/* ---- Results --------------------------------------------------------------------------------- */

/* One codec on one file. */
struct codec_trial {
	double ms[ROUNDS_MAX]; /* processor time of one run, per round */
	unsigned count;
	int error;
	bool differs; /* its pixels, or those that libpng decodes from its PNG, are not libpng's */
	size_t bytes; /* of an encoder's PNG */
};

struct codec_results {
	const struct codec_task *task;
	const struct options *options;
	struct environment environment;
	struct png_files png_files;
	struct codec_trial *trials; /* [file * options->codec_count + codec] */
	size_t disturbed;
	struct load_shares load;
	struct validity validity;
};

/* One codec on all files of a kind. */
struct codec_summary {
	size_t files;            /* that both it and the reference did */
	double ms;               /* processor time per file, median over files */
	double noise;            /* between rounds, median over files */
	struct spread speedup;   /* how many times as fast as the reference, over files */
	struct spread of_libpng; /* its time as a share of the reference's, over files */
	struct spread size;  /* of an encoder's PNG, as a share of the reference's, over files */
	double of_shmflip;   /* its time as a share of shmflip's, median over files */
	double pixels_per_s; /* bytes */
	double file_per_s;   /* bytes of the files */
	double first;        /* share of files on which no other codec was faster */
};

/* ---- Tasks ----------------------------------------------------------------------------------- */

/* What codecs work on. Each buffer is large enough for the largest file. */
struct codec_work {
	struct encoder_picture picture; /* what libpng decodes from the file */
	uint8_t *expected;              /* its pixels */
	uint8_t *pixels;                /* from the codec under test */
	struct encoder_output output;   /* of an encoder under test */
};

enum codec_format {
	CODEC_PERCENT,
	CODEC_PERCENT_UNLESS_STAGE,
	CODEC_TIMES,
	CODEC_SHARE,
	CODEC_MEGABYTES,
};

/* A double of struct codec_summary. */
struct codec_column {
	const char *heading;
	const char *field; /* in JSON. NULL: not there */
	size_t offset;
	enum codec_format format;
};

/* A panel of a plot: a struct spread of struct codec_summary. */
struct codec_panel {
	const char *title;
	const char *axis;
	size_t offset;
};

enum { CODEC_PANELS_MAX = 2 };

struct codec_task {
	const char *noun;    /* "decoder": the name of the JSON fields */
	const char *absent;  /* of a failure, in JSON */
	const char *cannot;  /* behind a number of files that it could not do */
	const char *changes; /* behind a number of files that it did otherwise than libpng */
	const char *legend;  /* below the tables */
	const struct codec_column *columns; /* behind those of both tasks; ends with no heading */
	struct codec_panel panels[CODEC_PANELS_MAX];
	unsigned panel_count;

	/* Runs a codec once: what is timed. */
	int (*run)(const struct codec *codec, void *state, const struct png_file *file,
	           struct codec_work *work);
	/* After a run: leaves what libpng has to agree with in work->pixels. */
	int (*read_back)(const struct png_file *file, struct codec_work *work);
	/* Adds the fields that only this task has to a trial in JSON. */
	void (*add_fields)(json_t *object, const struct codec *codec,
	                   const struct codec_trial *trial);
	/* Why shmflip's own codec failed, as a verb before the path. */
	const char *(*describe_failure)(const struct codec_trial *trial);
};

/* Returns the exit status. */
int codec_compare(const struct codec_task *task, const struct options *options);

/* ---- For the output, each in a file of its own ----------------------------------------------- */

/* codec: its place in options->codecs. NULL: it failed on the file. */
const struct codec_trial *codec_trial(const struct codec_results *results, size_t file,
                                      unsigned codec);
/* The median over rounds. */
double codec_ms(const struct codec_trial *trial);

/* kind: NULL for all files. */
void codec_summarize(const struct codec_results *results, unsigned codec, const char *kind,
                     struct codec_summary *summary);

double codec_column_value(const struct codec_column *column, const struct codec_summary *summary);

void codec_print(const struct codec_results *results, FILE *file);
/* NULL: out of memory. */
json_t *codec_json(const struct codec_results *results);
/* Returns 0, or a negative errno after a message. */
int codec_plot(const struct codec_results *results);

#endif
