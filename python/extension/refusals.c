/* SPDX-License-Identifier: MIT */
#include "refusals.h"

PyObject *refuse_pickle(PyObject *self, PyObject *unused)
{
	(void)unused;
	PyErr_Format(PyExc_TypeError,
	             "%R cannot go to another process or be copied: open a viewer there by the "
	             "channel's name, or send frame.copy()",
	             self);
	return NULL;
}
