/* SPDX-License-Identifier: MIT */
#include "description.h"

#include <math.h>
#include <string.h>

#include "classes.h"
#include "errors.h"
#include "frame.h"
#include "numbers.h"

/* The library's, which it does not publish. */
enum { RANGE_MAX = 2, SITING_MAX = 6, ORIENTATION_MAX = 8 };

static const void *at(const struct shmflip_frame *frame, const struct description_field *field)
{
	return (const char *)frame + field->offset;
}

static void *at_lent(struct shmflip_frame *frame, const struct description_field *field)
{
	return (char *)frame + field->offset;
}

/* ---- Kinds of fields ---- */

static PyObject *get_u64(const struct shmflip_frame *frame, const struct description_field *field)
{
	return PyLong_FromUnsignedLongLong(*(const uint64_t *)at(frame, field));
}

static PyObject *get_u32(const struct shmflip_frame *frame, const struct description_field *field)
{
	return PyLong_FromUnsignedLong(*(const uint32_t *)at(frame, field));
}

static int set_orientation(struct shmflip_frame *frame, const struct description_field *field,
                           PyObject *value)
{
	return number_u32(value, field->name, 0, ORIENTATION_MAX, at_lent(frame, field));
}

static PyObject *get_time(const struct shmflip_frame *frame, const struct description_field *field)
{
	int64_t ns = *(const int64_t *)at(frame, field);

	if (ns == SHMFLIP_NO_TIME)
		Py_RETURN_NONE;
	return PyLong_FromLongLong(ns);
}

static int set_time(struct shmflip_frame *frame, const struct description_field *field,
                    PyObject *value)
{
	return number_time(value, field->name, at_lent(frame, field));
}

static int set_duration(struct shmflip_frame *frame, const struct description_field *field,
                        PyObject *value)
{
	return number_duration(value, field->name, at_lent(frame, field));
}

static PyObject *get_float(const struct shmflip_frame *frame, const struct description_field *field)
{
	return PyFloat_FromDouble((double)*(const float *)at(frame, field));
}

static int set_float(struct shmflip_frame *frame, const struct description_field *field,
                     PyObject *value)
{
	double number;

	if (number_real(value, field->name, "a number", &number))
		return -1;
	if (!isfinite((float)number))
		return errors_bad_argument("%s is out of range: use a finite number of float32",
		                           field->name);
	*(float *)at_lent(frame, field) = (float)number;
	return 0;
}

static PyObject *get_flag(const struct shmflip_frame *frame, const struct description_field *field)
{
	return PyBool_FromLong((frame->flags & field->flag) != 0);
}

static int set_flag(struct shmflip_frame *frame, const struct description_field *field,
                    PyObject *value)
{
	int is_true = PyObject_IsTrue(value);

	if (is_true < 0)
		return -1;
	frame->flags = is_true ? frame->flags | field->flag : frame->flags & ~field->flag;
	return 0;
}

static PyObject *get_colour(const struct shmflip_frame *frame,
                            const struct description_field *field)
{
	(void)field;
	return classes_colour(&frame->colour);
}

enum { CODES = 7, WHITE = 6 };

static int read_codes(PyObject *tuple, uint32_t code[CODES])
{
	static const struct {
		const char *name;
		uint32_t max;
	} codes[CODES] = {
		{ "colour.primaries", UINT8_MAX }, { "colour.transfer", UINT8_MAX },
		{ "colour.matrix", UINT8_MAX },    { "colour.range", RANGE_MAX },
		{ "colour.siting", SITING_MAX },   { "colour.bits", UINT8_MAX },
		{ "colour.white", UINT16_MAX },
	};
	int error = 0;

	if (PyTuple_Size(tuple) != CODES)
		return errors_bad_argument("a colour has %d numbers: use shmflip.Colour", CODES);
	for (Py_ssize_t i = 0; !error && i < CODES; i++)
		error = number_u32(PyTuple_GetItem(tuple, i), codes[i].name, 0, codes[i].max,
		                   &code[i]);
	return error;
}

int description_read_colour(PyObject *value, struct shmflip_colour *colour)
{
	bool is_tuple = PyTuple_Check(value) || PyList_Check(value);
	PyObject *tuple = is_tuple ? PySequence_Tuple(value) : NULL;
	uint32_t code[CODES];
	int error;

	if (!is_tuple)
		return errors_wrong_type(value, "colour", "a shmflip.Colour");
	error = tuple ? read_codes(tuple, code) : -1;
	Py_XDECREF(tuple);
	if (!error)
		*colour = (struct shmflip_colour){ (uint8_t)code[0],     (uint8_t)code[1],
			                           (uint8_t)code[2],     (uint8_t)code[3],
			                           (uint8_t)code[4],     (uint8_t)code[5],
			                           (uint16_t)code[WHITE] };
	return error;
}

static int set_colour(struct shmflip_frame *frame, const struct description_field *field,
                      PyObject *value)
{
	(void)field;
	return description_read_colour(value, &frame->colour);
}

static PyObject *get_format(const struct shmflip_frame *frame,
                            const struct description_field *field)
{
	(void)field;
	return classes_format_name(frame->fourcc);
}

/* Foreign bytes need not be UTF-8. */
static PyObject *get_source(const struct shmflip_frame *frame,
                            const struct description_field *field)
{
	(void)field;
	return PyUnicode_DecodeUTF8(frame->source, (Py_ssize_t)strlen(frame->source), "replace");
}

static PyObject *get_stream(const struct shmflip_frame *frame,
                            const struct description_field *field)
{
	(void)field;
	return classes_stream(frame->stream);
}

static PyObject *get_segment(const struct shmflip_frame *frame,
                             const struct description_field *field)
{
	(void)field;
	return classes_segment(shmflip_frame_segment(frame), frame->planes);
}

/* ---- The fields ---- */

#define AT(member) offsetof(struct shmflip_frame, member), 0
#define FLAG(name) 0, SHMFLIP_FRAME_##name

static const struct description_field fields[] = {
	{ "sequence", get_u64, NULL, AT(sequence) },
	{ "published_ns", get_time, NULL, AT(published_ns) },
	{ "captured_ns", get_time, set_time, AT(captured_ns) },
	{ "presentation_ns", get_time, set_time, AT(presentation_ns) },
	{ "duration_ns", get_time, set_duration, AT(duration_ns) },
	{ "decode_ns", get_time, set_duration, AT(decode_ns) },
	{ "last", get_flag, set_flag, FLAG(LAST) },
	{ "corrupt", get_flag, set_flag, FLAG(CORRUPT) },
	{ "premultiplied", get_flag, set_flag, FLAG(PREMULTIPLIED) },
	{ "orientation", get_u32, set_orientation, AT(orientation) },
	{ "value_scale", get_float, set_float, AT(value_scale) },
	{ "value_offset", get_float, set_float, AT(value_offset) },
	{ "format", get_format, NULL, AT(fourcc) },
	{ "fourcc", get_u32, NULL, AT(fourcc) },
	{ "width", get_u32, NULL, AT(width) },
	{ "height", get_u32, NULL, AT(height) },
	{ "colour", get_colour, set_colour, AT(colour) },
	{ "source", get_source, NULL, AT(source) },
	{ "stream", get_stream, NULL, AT(stream) },
	{ "segment", get_segment, NULL, 0, 0 },
};

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

void description_fill_table(PyGetSetDef *table, const PyGetSetDef *own, getter get, setter set)
{
	const PyGetSetDef *other;

	for (other = own; other->name; other++)
		*table++ = *other;
	for (size_t i = 0; i < FIELDS; i++) {
		for (other = own; other->name && strcmp(other->name, fields[i].name) != 0; other++)
			continue;
		if (!other->name)
			*table++ = (PyGetSetDef){ fields[i].name, get, fields[i].set ? set : NULL,
				                  NULL, (void *)&fields[i] };
	}
}

PyObject *description_get(struct frame *frame, const struct description_field *field)
{
	PyObject *value;

	if (frame_check_open(frame))
		return NULL;
	frame_begin_use(frame);
	value = field->get(frame->handle, field);
	frame_end_use(frame);
	return value;
}

int description_set(struct frame *frame, const struct description_field *field, PyObject *value)
{
	int error;

	frame_begin_use(frame);
	error = field->set(frame->handle, field, value);
	frame_end_use(frame);
	return error;
}

static PyObject *get(PyObject *self, void *closure)
{
	const struct description_field *field = closure;

	return description_get((struct frame *)self, field);
}

void description_fill_attributes(PyGetSetDef *table, const PyGetSetDef *own)
{
	description_fill_table(table, own, get, NULL);
}

PyObject *description_metadata(PyObject *self, PyObject *value)
{
	const struct frame *frame = (const struct frame *)self;
	uint32_t type, bytes;
	const void *data;

	if (number_u32(value, "the type of metadata", 0, UINT32_MAX, &type) ||
	    frame_check_open(frame))
		return NULL;
	data = shmflip_frame_metadata(frame->handle, type, &bytes);
	if (!data)
		Py_RETURN_NONE;
	return PyBytes_FromStringAndSize(data, bytes);
}
