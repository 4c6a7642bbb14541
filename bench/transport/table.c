/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <string.h>

const struct transport *const transports[] = {
#define TRANSPORT(name) &transport_##name,
#include "table.def"
#undef TRANSPORT
	NULL,
};

const struct transport *transport_named(const char *name)
{
	for (size_t i = 0; transports[i]; i++)
		if (strcmp(transports[i]->name, name) == 0)
			return transports[i];
	return NULL;
}
