/* SPDX-License-Identifier: MIT
 *
 * Functions of the module that need no handle: of formats, and of channels from outside. */
#ifndef CHANNELS_H
#define CHANNELS_H

#include "python_api.h"

extern PyMethodDef channels_functions[];

#endif
