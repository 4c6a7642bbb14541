/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* NULL: out of memory; the table then lacks the rest of its cells. */
static char *next_cell(struct table *table)
{
	size_t needed = (table->rows + 1) * table->columns;
	char(*cells)[TABLE_CELL_MAX];

	if (needed > table->capacity) {
		cells = realloc(table->cells, 2 * needed * sizeof(*cells));
		if (!cells)
			return NULL;
		table->cells = cells;
		table->capacity = 2 * needed;
	}
	return table->cells[table->rows * table->columns + table->next];
}

void table_cell(struct table *table, const char *format, ...)
{
	char *cell = next_cell(table), text[512];
	va_list arguments;

	if (!cell)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	text_copy_plain(cell, TABLE_CELL_MAX, text);
	if (++table->next == table->columns) {
		table->next = 0;
		table->rows++;
	}
}

void table_heading(struct table *table, const char *const *words, unsigned count)
{
	table->columns = count;
	for (unsigned i = 0; i < count; i++)
		table_cell(table, "%s", words[i]);
}

void table_number(struct table *table, double value)
{
	int digits = value >= 99.95 || value <= 0 ? 0
	             : value >= 9.995             ? 1
	             : value >= 0.9995            ? 2
	                                          : 3;

	table_cell(table, "%.*f", digits, value);
}

void table_percent(struct table *table, double share)
{
	table_cell(table, "%.0f %%", share * 100);
}

void table_nothing(struct table *table)
{
	table_cell(table, "-");
}

static int width_of(const struct table *table, unsigned column)
{
	int width = 0;

	for (size_t row = 0; row < table->rows; row++) {
		int length = (int)strlen(table->cells[row * table->columns + column]);

		if (length > width)
			width = length;
	}
	return width;
}

void table_print(const struct table *table, FILE *file)
{
	int widths[TABLE_COLUMNS_MAX];

	for (unsigned column = 0; column < table->columns; column++)
		widths[column] = width_of(table, column);
	for (size_t row = 0; row < table->rows; row++) {
		for (unsigned column = 0; column < table->columns; column++) {
			const char *cell = table->cells[row * table->columns + column];

			if (column == 0)
				fprintf(file, "%-*s", widths[column], cell);
			else
				fprintf(file, "  %*s", widths[column], cell);
		}
		fputc('\n', file);
	}
}

void table_finish(struct table *table)
{
	free(table->cells);
	*table = (struct table){ 0 };
}
