/* SPDX-License-Identifier: MIT */
#include "codec.h"

#include <string.h>

const struct codec *codec_named(const struct codec *const *codecs, const char *name)
{
	for (size_t i = 0; codecs[i]; i++)
		if (strcmp(codecs[i]->name, name) == 0)
			return codecs[i];
	return NULL;
}
