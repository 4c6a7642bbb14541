/* SPDX-License-Identifier: MIT */
#include "verdicts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int verdicts_init(struct verdicts *verdicts, size_t files)
{
	*verdicts = (struct verdicts){ .count = files };
	verdicts->texts = calloc(files ? files : 1, sizeof(*verdicts->texts));
	return verdicts->texts ? 0 : -ENOMEM;
}

void verdicts_finish(struct verdicts *verdicts)
{
	for (size_t i = 0; i < verdicts->count && verdicts->texts; i++)
		free(verdicts->texts[i]);
	free(verdicts->texts);
	*verdicts = (struct verdicts){ 0 };
}

/* If memory runs out, the file is named once more. */
bool verdicts_set(struct verdicts *verdicts, size_t file, const char *text)
{
	char **last = &verdicts->texts[file];

	if (strcmp(*last ? *last : "", text) == 0)
		return false;
	free(*last);
	*last = *text ? strdup(text) : NULL;
	return true;
}
