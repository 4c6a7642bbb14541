/* SPDX-License-Identifier: MIT
 *
 * A table of text: columns as wide as they need to be, the first to the left, the others to the right. */
#ifndef BENCH_TABLE_H
#define BENCH_TABLE_H

#include <stddef.h>
#include <stdio.h>

enum { TABLE_COLUMNS_MAX = 20, TABLE_CELL_MAX = 48 };

struct table {
	unsigned columns;
	size_t rows;
	size_t capacity;
	unsigned next;                 /* the column that the next cell goes into */
	char (*cells)[TABLE_CELL_MAX]; /* row by row; the first is the heading */
};

/* Zero-initialise. The first row, of so many words, decides on the number of columns. */
void table_heading(struct table *table, const char *const *words, unsigned count);
/* The next cell, from left to right, and on in the next row. What is too long is cut. */
void table_cell(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));
void table_print(const struct table *table, FILE *file);
void table_finish(struct table *table);

/* ---- Cells ------------------------------------------------------------------------------------- */

/* With three digits that mean something, and no exponent. */
void table_number(struct table *table, double value);
/* "3 %". */
void table_percent(struct table *table, double share);
void table_nothing(struct table *table);

#endif
