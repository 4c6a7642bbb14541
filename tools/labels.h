/* SPDX-License-Identifier: MIT
 *
 * The words that commands use for what numbers mean. Static. */
#ifndef TOOLS_WORDS_H
#define TOOLS_WORDS_H

#include <stddef.h>

#include "shmflip.h"

/* "alive" or "stale". */
const char *words_state(const struct shmflip_channel_status *status);

/* "latest" or "lossless". */
const char *words_policy(uint32_t policy);

/* "XRGB8888" or "ARGB8888". */
const char *words_format(uint32_t format);

/* Copies text that may hold anything, cut to size, without what a terminal would obey. */
void words_plain(char *out, size_t size, const char *text);

/* "230 KiB", "11.9 MiB". */
void words_bytes(char *out, size_t size, uint64_t bytes);

#endif
