/* SPDX-License-Identifier: MIT */
#include "shared_buffers.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/random.h>
#include <sys/shm.h>

#define ALIGNMENT 64
#define COOKIE_BYTES 64

/* Buffer i lies at place i. If buffers of another size are needed, there is another memory, and the
 * last buffer taken from this one frees it. */
struct shared_memory {
	int id;
	uint8_t *start; /* the cookie; then the buffers */
	size_t buffer_bytes;
	unsigned users; /* buffers taken, and 1 while it is the current memory */
};

/* ---- Memory -------------------------------------------------------------------------------- */

static int attach(struct shared_memory *memory)
{
	size_t bytes = COOKIE_BYTES + SHARED_BUFFERS * memory->buffer_bytes;
	int error = 0;

	memory->id = shmget(IPC_PRIVATE, bytes, SHM_NORESERVE | 0600);
	if (memory->id < 0)
		return -errno;
	memory->start = shmat(memory->id, NULL, 0);
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): shmat()'s only sign of failure */
	if (memory->start == (void *)-1)
		error = -errno;
	shmctl(memory->id, IPC_RMID, NULL);
	if (!error && getrandom(memory->start, COOKIE_BYTES, 0) != COOKIE_BYTES) {
		error = -EIO;
		shmdt(memory->start);
	}
	return error;
}

static int create_memory(size_t buffer_bytes, struct shared_memory **out)
{
	struct shared_memory *memory = calloc(1, sizeof(*memory));

	if (!memory)
		return -ENOMEM;
	memory->buffer_bytes = buffer_bytes;
	memory->users = 1;
	int error = attach(memory);
	if (error)
		free(memory);
	else
		*out = memory;
	return error;
}

static void release_memory(struct shared_memory *memory)
{
	if (!memory || --memory->users > 0)
		return;
	shmdt(memory->start);
	free(memory);
}

/* A memory that stays far too large is not kept: the frames were larger once. */
static bool use_again(struct shared_buffers *buffers, size_t bytes)
{
	const struct shared_memory *memory = buffers->memory;

	if (!memory || memory->buffer_bytes < bytes)
		return false;
	buffers->smaller = memory->buffer_bytes / 2 <= bytes ? 0 : buffers->smaller + 1;
	return buffers->smaller <= SHARED_BUFFERS_SMALLER_MAX;
}

static int prepare_memory(struct shared_buffers *buffers, size_t bytes)
{
	struct shared_memory *memory;

	bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (use_again(buffers, bytes))
		return 0;
	int error = create_memory(bytes, &memory);
	/* If there is none for smaller buffers, the larger ones serve on. */
	if (error)
		return buffers->memory && buffers->memory->buffer_bytes >= bytes ? 0 : error;
	release_memory(buffers->memory);
	buffers->memory = memory;
	buffers->smaller = 0;
	return 0;
}

/* ---- Buffers ------------------------------------------------------------------------------- */

/* frame: NULL finds a free buffer. */
static struct shared_buffer *find(struct shared_buffers *buffers, const struct shmflip_frame *frame)
{
	for (size_t i = 0; i < SHARED_BUFFERS; i++) {
		if (buffers->buffers[i].frame == frame)
			return &buffers->buffers[i];
	}
	return NULL;
}

static void place(struct shared_buffer *buffer, size_t number, struct shared_memory *memory)
{
	uint64_t offset = COOKIE_BYTES + number * memory->buffer_bytes;

	memory->users++;
	buffer->memory = memory;
	buffer->pixels = memory->start + offset;
	buffer->segment = (struct shmflip_segment){
		.id = memory->id,
		.cookie_bytes = COOKIE_BYTES,
		.cookie = memory->start,
		.offset_bytes = { offset },
	};
}

void shared_buffers_init(struct shared_buffers *buffers)
{
	*buffers = (struct shared_buffers){ 0 };
	pthread_mutex_init(&buffers->lock, NULL);
}

static int take(struct shared_buffers *buffers, const struct shmflip_frame *frame, size_t bytes,
                const struct shared_buffer **out)
{
	/* The first that is free, so that few pages are ever written to. */
	struct shared_buffer *buffer = find(buffers, NULL);

	if (!buffer)
		return -EBUSY;
	int error = prepare_memory(buffers, bytes);
	if (error)
		return error;
	place(buffer, (size_t)(buffer - buffers->buffers), buffers->memory);
	buffer->frame = frame;
	*out = buffer;
	return 0;
}

int shared_buffers_take(struct shared_buffers *buffers, const struct shmflip_frame *frame,
                        size_t bytes, const struct shared_buffer **out)
{
	pthread_mutex_lock(&buffers->lock);
	int error = take(buffers, frame, bytes, out);
	pthread_mutex_unlock(&buffers->lock);
	return error;
}

static void release(struct shared_buffer *buffer)
{
	release_memory(buffer->memory);
	*buffer = (struct shared_buffer){ 0 };
}

void shared_buffers_release(struct shared_buffers *buffers, const struct shmflip_frame *frame)
{
	pthread_mutex_lock(&buffers->lock);
	struct shared_buffer *buffer = frame ? find(buffers, frame) : NULL;
	if (buffer)
		release(buffer);
	pthread_mutex_unlock(&buffers->lock);
}

void shared_buffers_finish(struct shared_buffers *buffers)
{
	for (size_t i = 0; i < SHARED_BUFFERS; i++)
		release(&buffers->buffers[i]);
	release_memory(buffers->memory);
	pthread_mutex_destroy(&buffers->lock);
}
