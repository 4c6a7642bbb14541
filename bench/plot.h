/* SPDX-License-Identifier: MIT
 *
 * Plots drawn by gnuplot, which reads its script with the data through a pipe. */
#ifndef SHMFLIP_BENCH_PLOT_H
#define SHMFLIP_BENCH_PLOT_H

#include <stdio.h>
#include <sys/types.h>

struct plot {
	const char *path;
	FILE *script; /* the caller writes to it */
	pid_t gnuplot;
};

/* Begins a plot with panels_across panels in each row. The end of path selects the format.
 * Returns 0, or a negative errno after a message:
 *   -ENOENT  gnuplot is not installed */
int plot_begin(struct plot *plot, const char *path, unsigned panels, unsigned panels_across);

/* Returns 0, or -EIO after a message. */
int plot_end(struct plot *plot);

/* Draws a bar for each line of $data: "NAME" MEDIAN LEAST LARGEST. angle turns the names. */
void plot_bars(struct plot *plot, int angle);

/* Writes text for between double quotes, and escapes what gnuplot would interpret. */
void plot_text(struct plot *plot, const char *text);

#endif
