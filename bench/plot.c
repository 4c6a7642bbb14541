/* SPDX-License-Identifier: MIT */
#include "plot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

enum { PANEL_WIDTH = 760, PANEL_HEIGHT = 480 };

/* Starts gnuplot with fd as its standard input. */
static int start(struct plot *plot, int fd)
{
	char program[] = "gnuplot";
	char *words[] = { program, NULL };
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return -error;
	error = posix_spawn_file_actions_adddup2(&actions, fd, STDIN_FILENO);
	if (!error)
		error = posix_spawnp(&plot->gnuplot, program, &actions, NULL, words, environ);
	posix_spawn_file_actions_destroy(&actions);
	return -error;
}

static void write_head(struct plot *plot, unsigned panels, unsigned panels_across)
{
	unsigned rows = (panels + panels_across - 1) / panels_across;
	const char *end = strrchr(plot->path, '.');
	bool is_svg = end && strcmp(end, ".svg") == 0;

	fprintf(plot->script, "set terminal %s size %u,%u noenhanced font 'sans,12'%s\n",
	        is_svg ? "svg" : "pngcairo", PANEL_WIDTH * panels_across, PANEL_HEIGHT * rows,
	        is_svg ? " background 'white'" : "");
	fputs("set output \"", plot->script);
	plot_text(plot, plot->path);
	fprintf(plot->script, "\"\nset multiplot layout %u,%u\nset grid y\n", rows, panels_across);
}

int plot_begin(struct plot *plot, const char *path, unsigned panels, unsigned panels_across)
{
	int ends[2], error;

	*plot = (struct plot){ .path = path };
	if (panels_across > panels)
		panels_across = panels;
	if (pipe2(ends, O_CLOEXEC) < 0) {
		error = -errno;
		cli_error("cannot draw %s: %s", path, strerror(-error));
		return error;
	}
	error = start(plot, ends[0]);
	close(ends[0]);
	if (error) {
		close(ends[1]);
		cli_error("cannot draw %s without gnuplot: %s (on Debian: apt-get install "
		          "gnuplot-nox)",
		          path, strerror(-error));
		return error;
	}
	plot->script = fdopen(ends[1], "w");
	if (!plot->script) {
		close(ends[1]);
		waitpid(plot->gnuplot, NULL, 0);
		return -ENOMEM;
	}
	write_head(plot, panels, panels_across);
	return 0;
}

void plot_bars(struct plot *plot, int angle)
{
	fprintf(plot->script,
	        "set xtics rotate by %d\nset style fill solid 0.6\nset boxwidth 0.7\n"
	        "plot $data using 0:2:xtic(1) with boxes, '' using 0:2:3:4 with yerrorbars lc "
	        "'black' pt 0\n",
	        angle);
}

void plot_text(struct plot *plot, const char *text)
{
	for (; *text; text++) {
		if (strchr("\"\\`", *text))
			fputc('\\', plot->script);
		if ((unsigned char)*text >= ' ')
			fputc(*text, plot->script);
	}
}

int plot_end(struct plot *plot)
{
	int status;
	pid_t reaped;

	fclose(plot->script);
	do
		reaped = waitpid(plot->gnuplot, &status, 0);
	while (reaped < 0 && errno == EINTR);
	if (reaped > 0 && status == 0)
		return 0;
	cli_error("gnuplot failed to draw %s", plot->path);
	return -EIO;
}
