/* SPDX-License-Identifier: MIT */
#include "descriptor_notes.h"

#include <stddef.h>

#include "monotonic.h"

/* The viewer's timer of one second finds a death that no event tells. */
#define LATE_NS (1100 * NS_PER_MS)

const char *const owed_names[] = {
	[OWED_NOTHING] = "nothing",
	[OWED_FRAME] = "a frame",
	[OWED_END] = "an end",
	[OWED_PRODUCER] = "a producer",
};

static struct stream_note *current(struct descriptor_notes *notes)
{
	return &notes->stream[(notes->streams - 1) % STREAMS_NOTED];
}

void notes_begin(struct descriptor_notes *notes, uint64_t generation)
{
	struct stream_note *note = &notes->stream[notes->streams % STREAMS_NOTED];

	note->generation = 0;
	note->published = 0;
	note->state = STREAM_RUNNING;
	note->is_late = false;
	note->generation = generation;
	notes->streams++;
	notes->changes++;
}

void notes_publish(struct descriptor_notes *notes, uint64_t sequence)
{
	current(notes)->published = sequence;
	notes->changes++;
}

void notes_change(struct descriptor_notes *notes)
{
	if (notes->streams && current(notes)->state == STREAM_RUNNING)
		current(notes)->state = STREAM_CHANGING;
	notes->changes++;
}

void notes_end(struct descriptor_notes *notes)
{
	if (!notes->streams || current(notes)->state == STREAM_OVER)
		return;
	current(notes)->is_late = notes->handed;
	current(notes)->over_ns = monotonic_now_ns();
	current(notes)->state = STREAM_OVER;
	notes->changes++;
}

/* The note of a generation; NULL: there is none, or no longer. */
static struct stream_note *find(struct descriptor_notes *notes, uint64_t generation)
{
	uint32_t streams = notes->streams;

	for (uint32_t i = 1; i <= streams && i < STREAMS_NOTED; i++) {
		struct stream_note *note = &notes->stream[(streams - i) % STREAMS_NOTED];

		if (note->generation == generation)
			return note;
	}
	return NULL;
}

static enum owed owed_there(struct descriptor_notes *notes, const struct viewer_position *position)
{
	struct stream_note *note = find(notes, position->attached);
	enum owed owed = OWED_NOTHING;

	if (!note)
		return OWED_NOTHING;
	if (note->state == STREAM_OVER) {
		if (!note->is_late || monotonic_now_ns() - note->over_ns > LATE_NS)
			owed = OWED_END;
	} else if (note->state == STREAM_RUNNING && note->published > position->sequence) {
		owed = OWED_FRAME;
	}
	/* Else the note is another stream's by now. */
	return note->generation == position->attached ? owed : OWED_NOTHING;
}

/* A viewer never comes back to a generation. */
static enum owed owed_to_detached(struct descriptor_notes *notes,
                                  const struct viewer_position *position)
{
	uint32_t streams = notes->streams;
	const struct stream_note *note;

	if (streams == 0)
		return OWED_NOTHING;
	note = &notes->stream[(streams - 1) % STREAMS_NOTED];
	if (note->generation > position->latest && note->state == STREAM_RUNNING &&
	    notes->streams == streams)
		return OWED_PRODUCER;
	return OWED_NOTHING;
}

enum owed notes_owed(struct descriptor_notes *notes, const struct viewer_position *position)
{
	enum owed owed = position->attached ? owed_there(notes, position)
	                                    : owed_to_detached(notes, position);

	/* A kill may have made the notes wrong already. */
	return notes->killing ? OWED_NOTHING : owed;
}
