/* SPDX-License-Identifier: MIT
 *
 * The type that shmflip.Viewer is derived from. */
#ifndef VIEWER_H
#define VIEWER_H

#include "python_api.h"

/* Makes the type, and adds it to the module. Returns 0, or -1 with an exception. */
int viewer_init(PyObject *module);

#endif
