/* SPDX-License-Identifier: MIT
 *
 * What a frame says about itself, as attributes: of a frame to read, of a loan to set. All
 * functions need the GIL. */
#ifndef DESCRIPTION_H
#define DESCRIPTION_H

#include "python_api.h"

#include "frame.h"
#include "shmflip.h"

enum { DESCRIPTION_ATTRIBUTES_MAX = 32 };

/* One attribute. */
struct description_field {
	const char *name;
	PyObject *(*get)(const struct shmflip_frame *frame, const struct description_field *field);
	/* NULL: read-only */
	int (*set)(struct shmflip_frame *frame, const struct description_field *field,
	           PyObject *value);
	size_t offset; /* in struct shmflip_frame */
	uint32_t flag; /* one of enum shmflip_frame_flags */
};

/* Fills a table of attributes with own ones, which end with an empty one, and then with those of
 * the description. Their closure is the field. set may be NULL. */
void description_fill_table(PyGetSetDef *table, const PyGetSetDef *own, getter get, setter set);

/* Likewise, for Frame. */
void description_fill_attributes(PyGetSetDef *table, const PyGetSetDef *own);

/* Reads and sets an attribute of an open frame. Python code may run meanwhile, and close the frame:
 * its memory stays. NULL or -1 with an exception. */
PyObject *description_get(struct frame *frame, const struct description_field *field);
int description_set(struct frame *frame, const struct description_field *field, PyObject *value);

/* metadata(type) of a frame. */
PyObject *description_metadata(PyObject *self, PyObject *value);

/* Reads a Colour. Returns 0, or -1 with an exception. */
int description_read_colour(PyObject *value, struct shmflip_colour *colour);

#endif
