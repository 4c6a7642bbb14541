/* SPDX-License-Identifier: MIT
 *
 * A table of text. Columns fit their cells. The first is aligned left, the others right. */
#ifndef SHMFLIP_BENCH_TABLE_H
#define SHMFLIP_BENCH_TABLE_H

#include <stddef.h>
#include <stdio.h>

enum { TABLE_COLUMNS_MAX = 20, TABLE_CELL_MAX = 48 };

struct table {
	unsigned columns;
	size_t rows;
	size_t capacity;               /* in cells */
	unsigned next;                 /* column of the next cell */
	char (*cells)[TABLE_CELL_MAX]; /* row by row; the first row is the heading */
};

/* Zero-initialise the table. Adds the first row, which sets the number of columns. */
void table_heading(struct table *table, const char *const *words, unsigned count);
/* Appends a cell, from left to right, then to the next row. Longer text is cut. */
void table_cell(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));
void table_print(const struct table *table, FILE *file);
void table_finish(struct table *table);

/* ---- Cells ----------------------------------------------------------------------------------- */

/* Three significant digits, no exponent. */
void table_number(struct table *table, double value);
/* "3 %". */
void table_percent(struct table *table, double share);
/* "-". */
void table_nothing(struct table *table);

#endif
