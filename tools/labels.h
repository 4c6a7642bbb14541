/* SPDX-License-Identifier: MIT
 *
 * Words for the numbers that commands print. Strings are static. */
#ifndef SHMFLIP_TOOLS_LABELS_H
#define SHMFLIP_TOOLS_LABELS_H

#include <stddef.h>

#include "snapshot.h"

/* "alive", "stopped", "ended", "failed", "stale" or "unknown". */
const char *label_state(const struct snapshot *snapshot);

/* "latest" or "lossless". */
const char *label_policy(uint32_t policy);

#define LABEL_FORMAT_SIZE 16

/* "NV12": the name in shmflip_format_info(), or a number. */
const char *label_format(char out[LABEL_FORMAT_SIZE], uint32_t fourcc);

/* The bits of a sample that mean something: never more than the format has. info: NULL if the
 * format is not known. */
uint32_t label_bits(const struct shmflip_format_info *info, const struct shmflip_colour *colour);

#define LABEL_PIXELS_SIZE 160

/* All that is known of pixels, for people: "P010, 10 bits, BT.709, limited range". */
void label_pixels(char out[LABEL_PIXELS_SIZE], uint32_t fourcc,
                  const struct shmflip_colour *colour);

#define LABEL_METADATA_SIZE 16

/* "icc", "hdr", or a number. */
const char *label_metadata(char out[LABEL_METADATA_SIZE], uint32_t type);

/* "full" or "limited"; NULL: not known. */
const char *label_range(uint32_t range);

/* "1234", or "?" for 0: a process that is not known, or of another pid namespace. */
void label_pid(char *out, size_t size, int32_t pid);

/* "230 KiB", "11.9 MiB". */
void label_bytes(char *out, size_t size, uint64_t bytes);

#endif
