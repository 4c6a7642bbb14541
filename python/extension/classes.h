/* SPDX-License-Identifier: MIT
 *
 * The classes of shmflip._types: what the extension hands out as tuples with names. All functions
 * need the GIL, and return NULL with an exception, or -1. */
#ifndef CLASSES_H
#define CLASSES_H

#include "python_api.h"

#include "shmflip.h"

/* Finds the classes. */
int classes_init(void);

PyObject *classes_colour(const struct shmflip_colour *colour);
PyObject *classes_stream(const struct shmflip_stream *stream);
PyObject *classes_format(const struct shmflip_format_info *info);
PyObject *classes_counts(const struct shmflip_counts *counts);
PyObject *classes_channel(const struct shmflip_channel *channel);
PyObject *classes_status(const struct shmflip_status *status);
PyObject *classes_removed(const struct shmflip_removed *removed);
PyObject *classes_layout(const struct shmflip_layout *layout);
PyObject *classes_segment(const struct shmflip_segment *segment, uint32_t planes);

/* Makes the name of a format: DRM's characters without spaces at the end. */
PyObject *classes_format_name(uint32_t fourcc);

#endif
