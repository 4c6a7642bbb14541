/* SPDX-License-Identifier: MIT
 *
 * Pictures, drawn by gnuplot: it gets its script, data included, through a pipe. */
#ifndef BENCH_PLOT_H
#define BENCH_PLOT_H

#include <stdio.h>
#include <sys/types.h>

struct plot {
	const char *path;
	FILE *script; /* for the caller to write to */
	pid_t gnuplot;
};

/* Begins a picture of so many panels side by side, panels_across in each row, in the format that path
 * ends in. 0, or a negative errno after a message: -ENOENT: there is no gnuplot. */
int plot_begin(struct plot *plot, const char *path, unsigned panels, unsigned panels_across);

/* 0, or -EIO after a message. */
int plot_end(struct plot *plot);

/* Draws a bar for each line of $data: "NAME" MEDIAN LEAST LARGEST. angle turns the names. */
void plot_bars(struct plot *plot, int angle);

/* Writes text as gnuplot takes it between double quotes: what it would interpret comes as it is. */
void plot_text(struct plot *plot, const char *text);

#endif
