/* SPDX-License-Identifier: MIT
 *
 * What the processes of the part descriptor share: the streams, and what became of them. The
 * producer that runs writes it, or the killer after that one's death. */
#ifndef SHMFLIP_TESTS_CRASH_DESCRIPTOR_NOTES_H
#define SHMFLIP_TESTS_CRASH_DESCRIPTOR_NOTES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define STREAMS_NOTED 256

enum stream_state {
	STREAM_CHANGING, /* a call is about to end it, or has just begun it */
	STREAM_RUNNING,
	STREAM_OVER, /* viewers have to leave it */
};

struct stream_note {
	_Atomic uint64_t generation; /* 0: this note is being written */
	_Atomic uint64_t published;  /* the last frame; 0: none */
	_Atomic uint32_t state;
	_Atomic int64_t over_ns;
	_Atomic bool is_late; /* another process may keep the dead producer's files open */
};

struct descriptor_tally {
	_Atomic uint64_t polls;
	_Atomic uint64_t frames;
	_Atomic uint64_t ends;
	_Atomic uint64_t deaths; /* and streams that failed */
	_Atomic uint64_t moves;
	_Atomic uint64_t interruptions;
	_Atomic uint64_t checks; /* of a descriptor while something was to be acquired */
};

struct descriptor_notes {
	_Atomic uint32_t streams; /* so many were noted; the last is the current one */
	struct stream_note stream[STREAMS_NOTED];
	_Atomic bool killing; /* from before a kill until it is noted */
	_Atomic uint64_t
		producers;   /* so many were killed; then children that have their files exit */
	_Atomic bool handed; /* the producer's descriptors were handed to a child */
	_Atomic bool stop;   /* pollers exit */
	_Atomic uint64_t changes; /* of anything that may make a descriptor readable */
	struct descriptor_tally tally;
};

/* What a viewer knows. */
struct viewer_position {
	uint64_t attached; /* the generation; 0: none */
	uint64_t latest;   /* the last generation attached to */
	uint64_t sequence; /* the last frame acquired from the last producer */
};

/* What is to be acquired. */
enum owed {
	OWED_NOTHING,
	OWED_FRAME,
	OWED_END, /* or death, or a move */
	OWED_PRODUCER,
};

extern const char *const owed_names[];

/* A stream began, and is the current one. */
void notes_begin(struct descriptor_notes *notes, uint64_t generation);

/* The current stream: a frame was published; a call is about to end it; it is over. */
void notes_publish(struct descriptor_notes *notes, uint64_t sequence);
void notes_change(struct descriptor_notes *notes);
void notes_end(struct descriptor_notes *notes);

/* What a viewer has not acquired although it was there before this call. Remains true until the
 * viewer acquires. */
enum owed notes_owed(struct descriptor_notes *notes, const struct viewer_position *position);

#endif
