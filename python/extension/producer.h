/* SPDX-License-Identifier: MIT
 *
 * The type that shmflip.Producer is derived from. */
#ifndef PRODUCER_H
#define PRODUCER_H

#include "python_api.h"

/* Makes the type, and adds it to the module. Returns 0, or -1 with an exception. */
int producer_init(PyObject *module);

#endif
