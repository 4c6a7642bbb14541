/* SPDX-License-Identifier: MIT
 *
 * The module shmflip._shmflip. Its types are made once per process. */
#include "channels.h"
#include "classes.h"
#include "errors.h"
#include "frame.h"
#include "loan.h"
#include "orphans.h"
#include "producer.h"
#include "protection.h"
#include "python_api.h"
#include "viewer.h"

/* Other interpreters of the process would share the types, and the handles with them. */
static int refuse_subinterpreters(void)
{
	if (PyInterpreterState_GetID(PyInterpreterState_Get()) == 0)
		return 0;
	PyErr_SetString(PyExc_ImportError, "shmflip works in the main interpreter only: start a "
	                                   "process instead of a subinterpreter");
	return -1;
}

/* Once per process: a module may be imported again after sys.modules lost it. */
static int init_process(void)
{
	static int done;

	if (!done && orphans_init()) {
		PyErr_NoMemory();
		return -1;
	}
	done = 1;
	protection_init();
	return 0;
}

static int init(PyObject *module)
{
	if (refuse_subinterpreters() || errors_init() || classes_init() || init_process())
		return -1;
	if (frame_init(module) || loan_init(module) || viewer_init(module) || producer_init(module))
		return -1;
	return 0;
}

PyMODINIT_FUNC PyInit__shmflip(void);

PyMODINIT_FUNC PyInit__shmflip(void)
{
	static PyModuleDef_Slot slots[] = {
		{ Py_mod_exec, init },
		{ 0, NULL },
	};
	static struct PyModuleDef definition = {
		.m_base = PyModuleDef_HEAD_INIT,
		.m_name = "shmflip._shmflip",
		.m_methods = channels_functions,
		.m_slots = slots,
	};

	return PyModuleDef_Init(&definition);
}
