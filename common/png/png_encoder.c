/* SPDX-License-Identifier: MIT */
#include "png_encoder.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "png_band.h"
#include "png_sums.h"

/* Bands that each thread may be ahead of the one that is written. */
#define SLOTS_PER_JOB 2

struct slot {
	struct png_band band;
	bool done;
};

struct png_encoder {
	unsigned jobs;
	unsigned threads_started;
	pthread_mutex_t lock;          /* of all below */
	pthread_cond_t work;           /* a band may be started, or stopping */
	pthread_cond_t done;           /* a band was encoded */
	const struct png_bands *bands; /* NULL: there is no picture */
	uint32_t started;              /* bands */
	uint32_t written;
	unsigned running; /* threads that encode a band */
	bool stopping;
	struct slot slots[SLOTS_PER_JOB * PNG_JOBS_MAX]; /* band n has slot n modulo their number */
	struct png_band_room rooms[PNG_JOBS_MAX];        /* the first is the caller's */
	pthread_t threads[PNG_JOBS_MAX];
};

/* ---- Pictures ------------------------------------------------------------------------------- */

static struct slot *slot_of(struct png_encoder *encoder, uint32_t band)
{
	return &encoder->slots[band % (SLOTS_PER_JOB * encoder->jobs)];
}

/* Called with the lock held. */
static bool may_start(const struct png_encoder *encoder)
{
	return encoder->bands && encoder->started < encoder->bands->count &&
	       encoder->started - encoder->written < SLOTS_PER_JOB * encoder->jobs;
}

/* Encodes the next band. Called with the lock held; releases it meanwhile. */
static void encode_next(struct png_encoder *encoder, struct png_band_room *room)
{
	uint32_t number = encoder->started++;
	struct slot *slot = slot_of(encoder, number);
	/* A failure to write forgets the picture meanwhile. */
	const struct png_bands *bands = encoder->bands;

	encoder->running++;
	pthread_mutex_unlock(&encoder->lock);
	png_band_encode(bands, number, room, &slot->band);
	pthread_mutex_lock(&encoder->lock);
	encoder->running--;
	slot->done = true;
	pthread_cond_signal(&encoder->done);
}

static void *encode_bands(void *argument)
{
	struct png_encoder *encoder = argument;
	struct png_band_room *room;

	pthread_mutex_lock(&encoder->lock);
	room = &encoder->rooms[++encoder->threads_started];
	while (!encoder->stopping) {
		if (may_start(encoder))
			encode_next(encoder, room);
		else
			pthread_cond_wait(&encoder->work, &encoder->lock);
	}
	pthread_mutex_unlock(&encoder->lock);
	return NULL;
}

/* Waits for a band, and encodes later ones meanwhile. Called with the lock held. */
static struct png_band *await(struct png_encoder *encoder, uint32_t number)
{
	struct slot *slot = slot_of(encoder, number);

	while (!slot->done) {
		if (may_start(encoder))
			encode_next(encoder, &encoder->rooms[0]);
		else
			pthread_cond_wait(&encoder->done, &encoder->lock);
	}
	slot->done = false;
	return &slot->band;
}

/* Called with the lock held; releases it meanwhile. */
static int write_band(struct png_encoder *encoder, const struct png_band *band,
                      png_write_function *write, void *context)
{
	int error;

	pthread_mutex_unlock(&encoder->lock);
	error = write(context, band->chunk, band->chunk_bytes);
	pthread_mutex_lock(&encoder->lock);
	encoder->written++;
	pthread_cond_signal(&encoder->work);
	return error;
}

/* Called with the lock held. */
static int write_bands(struct png_encoder *encoder, png_write_function *write, void *context)
{
	uint32_t count = encoder->bands->count, adler32 = PNG_ADLER32_START;
	int error = 0;

	for (uint32_t i = 0; i < count && !error; i++) {
		struct png_band *band = await(encoder, i);

		adler32 = png_adler32_combine(adler32, band->adler32, band->raw_bytes);
		if (i == count - 1)
			png_band_end(band, adler32);
		error = write_band(encoder, band, write, context);
	}
	return error;
}

int png_encoder_prepare(struct png_encoder *encoder, const struct png_bands *bands)
{
	unsigned slots = SLOTS_PER_JOB * encoder->jobs;
	int error = 0;

	for (unsigned i = 0; i < encoder->jobs && !error; i++)
		error = png_band_room_grow(&encoder->rooms[i], bands);
	for (unsigned i = 0; i < slots && i < bands->count && !error; i++)
		error = png_band_grow(&encoder->slots[i].band, bands);
	return error;
}

int png_encoder_write(struct png_encoder *encoder, const struct png_bands *bands,
                      png_write_function *write, void *context)
{
	int error;

	pthread_mutex_lock(&encoder->lock);
	encoder->bands = bands;
	encoder->started = encoder->written = 0;
	pthread_cond_broadcast(&encoder->work);
	error = write_bands(encoder, write, context);
	encoder->bands = NULL;
	while (encoder->running)
		pthread_cond_wait(&encoder->done, &encoder->lock);
	for (unsigned i = 0; i < SLOTS_PER_JOB * encoder->jobs; i++)
		encoder->slots[i].done = false;
	pthread_mutex_unlock(&encoder->lock);
	return error;
}

/* ---- Threads -------------------------------------------------------------------------------- */

void png_encoder_destroy(struct png_encoder *encoder)
{
	if (!encoder)
		return;
	pthread_mutex_lock(&encoder->lock);
	encoder->stopping = true;
	pthread_cond_broadcast(&encoder->work);
	pthread_mutex_unlock(&encoder->lock);
	for (unsigned i = 1; i < encoder->jobs; i++)
		pthread_join(encoder->threads[i], NULL);
	for (unsigned i = 0; i < PNG_JOBS_MAX; i++)
		png_band_room_finish(&encoder->rooms[i]);
	for (unsigned i = 0; i < SLOTS_PER_JOB * PNG_JOBS_MAX; i++)
		png_band_finish(&encoder->slots[i].band);
	pthread_cond_destroy(&encoder->done);
	pthread_cond_destroy(&encoder->work);
	pthread_mutex_destroy(&encoder->lock);
	free(encoder);
}

/* The threads block all signals, so that signals interrupt the waits of the main thread. */
static int start_threads(struct png_encoder *encoder, unsigned jobs)
{
	sigset_t all, before;
	int error = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (; encoder->jobs < jobs && !error; encoder->jobs += !error)
		error = -pthread_create(&encoder->threads[encoder->jobs], NULL, encode_bands,
		                        encoder);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

int png_encoder_create(unsigned jobs, struct png_encoder **encoder)
{
	struct png_encoder *made = calloc(1, sizeof(*made));
	int error;

	if (!made)
		return -ENOMEM;
	made->jobs = 1;
	pthread_mutex_init(&made->lock, NULL);
	pthread_cond_init(&made->work, NULL);
	pthread_cond_init(&made->done, NULL);
	error = start_threads(made, jobs);
	if (error) {
		png_encoder_destroy(made);
		return error;
	}
	*encoder = made;
	return 0;
}
