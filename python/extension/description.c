/* SPDX-License-Identifier: MIT */
#include "description.h"

#include <string.h>

#include "classes.h"
#include "errors.h"
#include "frame.h"
#include "numbers.h"

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

static int set_u32(struct shmflip_frame *frame, const struct description_field *field,
                   PyObject *value)
{
	return number_u32(value, field->name, at_lent(frame, field));
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

static PyObject *get_float(const struct shmflip_frame *frame, const struct description_field *field)
{
	return PyFloat_FromDouble((double)*(const float *)at(frame, field));
}

static int set_float(struct shmflip_frame *frame, const struct description_field *field,
                     PyObject *value)
{
	double number = PyFloat_AsDouble(value);

	if (PyErr_Occurred())
		return -1;
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

static int read_code(PyObject *tuple, Py_ssize_t index, const char *name, uint32_t max,
                     uint32_t *code)
{
	if (number_u32(PyTuple_GetItem(tuple, index), name, code))
		return -1;
	return *code <= max ? 0 : errors_bad_argument("%s is out of range: use 0 to %u", name, max);
}

int description_read_colour(PyObject *value, struct shmflip_colour *colour)
{
	static const char *const names[] = { "colour.primaries", "colour.transfer", "colour.matrix",
		                             "colour.range",     "colour.siting",   "colour.bits",
		                             "colour.white" };
	enum { CODES = 7, WHITE = 6 };
	PyObject *tuple = PySequence_Tuple(value);
	uint32_t code[CODES];
	int error = tuple ? 0 : -1;

	if (tuple && PyTuple_Size(tuple) != CODES)
		error = errors_bad_argument("a colour has %d numbers: use shmflip.Colour", CODES);
	for (Py_ssize_t i = 0; !error && i < CODES; i++)
		error = read_code(tuple, i, names[i], i == WHITE ? UINT16_MAX : UINT8_MAX,
		                  &code[i]);
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
	{ "duration_ns", get_time, set_time, AT(duration_ns) },
	{ "decode_ns", get_time, set_time, AT(decode_ns) },
	{ "last", get_flag, set_flag, FLAG(LAST) },
	{ "corrupt", get_flag, set_flag, FLAG(CORRUPT) },
	{ "premultiplied", get_flag, set_flag, FLAG(PREMULTIPLIED) },
	{ "orientation", get_u32, set_u32, AT(orientation) },
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

	if (number_u32(value, "the type of metadata", &type) || frame_check_open(frame))
		return NULL;
	data = shmflip_frame_metadata(frame->handle, type, &bytes);
	if (!data)
		Py_RETURN_NONE;
	return PyBytes_FromStringAndSize(data, bytes);
}
