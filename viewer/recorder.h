/* SPDX-License-Identifier: MIT
 *
 * Records frames in the background: a frame is copied to a queue and can be released, and a thread
 * writes it as a PNG file. The queue holds at most 32 frames and 256 MiB, but always two frames.
 * Copies take no more memory than that, whatever sizes frames have. If the disk or the encoder is
 * slower than the channel for longer than that, frames are missing; the recorder counts which.
 *
 * Main thread only. */
#ifndef SHMFLIP_VIEWER_RECORDER_H
#define SHMFLIP_VIEWER_RECORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "present/picture.h"
#include "record_tally.h"

struct recorder;

/* Creates the directory if it is missing. jobs: threads that encode. dir must live as long.
 * Reports a failure. Returns NULL after one. */
struct recorder *recorder_create(const char *dir, unsigned jobs);

/* producer: 1 for the first that this process saw. waits: if the queue is full, blocks until there
 * is room or the program is interrupted; else the frame will be missing. Returns 0, or a negative
 * errno after a message if an earlier frame could not be written: nothing more is recorded then. */
int recorder_add(struct recorder *recorder, uint64_t producer, const struct picture *picture,
                 bool waits);

/* What was added so far. */
const struct record_tally *recorder_tally(const struct recorder *recorder);

/* Writes what is in the queue, and reports which frames are missing. Returns as recorder_add(), if
 * that has not returned an error before. */
int recorder_finish(struct recorder *recorder);

/* Also without recorder_finish(), but then reports nothing. NULL: does nothing. */
void recorder_destroy(struct recorder *recorder);

#endif
