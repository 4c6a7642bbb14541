/* SPDX-License-Identifier: MIT */
#include "crew.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

#include "cli.h"
#include "png_fast.h"

#define NS_PER_S INT64_C(1000000000)

void crew_init(struct crew *crew, const struct options *options, struct feed *feed)
{
	pthread_condattr_t attributes;

	*crew = (struct crew){ .options = options, .feed = feed, .ahead = 1, .place_count = 1 };
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&crew->news, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_cond_init(&crew->work, NULL);
	pthread_cond_init(&crew->room, NULL);
	pthread_mutex_init(&crew->lock, NULL);
}

static struct place *place_of(struct crew *crew, uint64_t number)
{
	return &crew->places[number % crew->place_count];
}

/* With the lock held. */
static void tell(struct crew *crew)
{
	crew->told = true;
	pthread_cond_signal(&crew->news);
}

/* With the lock held. */
static bool has_room(const struct crew *crew)
{
	return crew->fetched - crew->concluded < crew->place_count;
}

/* One frame more; with the lock held, but while it waits for the frame. */
static int fetch(struct crew *crew)
{
	struct place *place = place_of(crew, crew->fetched);
	int result;

	pthread_mutex_unlock(&crew->lock);
	place->done = false;
	result = feed_fetch(crew->feed, &place->job);
	pthread_mutex_lock(&crew->lock);
	if (!result)
		crew->fetched++;
	else if (result != -EAGAIN)
		crew->end = result;
	return result;
}

static void *read_frames(void *argument)
{
	struct crew *crew = argument;

	pthread_mutex_lock(&crew->lock);
	while (!crew->closing && !crew->end) {
		if (has_room(crew)) {
			fetch(crew);
			tell(crew);
		} else {
			pthread_cond_wait(&crew->room, &crew->lock);
		}
	}
	pthread_mutex_unlock(&crew->lock);
	return NULL;
}

/* The next frame to decode, with the lock held; NULL: it is time to go. */
static struct place *next_work(struct crew *crew)
{
	while (!crew->closing) {
		while (crew->begun < crew->lent) {
			struct place *place = place_of(crew, crew->begun++);

			if (!place->done)
				return place;
		}
		pthread_cond_wait(&crew->work, &crew->lock);
	}
	return NULL;
}

static void *decode_frames(void *argument)
{
	struct crew *crew = argument;
	struct png_fast *fast = png_fast_create(false, 0);
	struct place *place;

	pthread_mutex_lock(&crew->lock);
	while ((place = next_work(crew))) {
		pthread_mutex_unlock(&crew->lock);
		job_decode(&place->job, &crew->feed->capacity, crew->options, fast);
		pthread_mutex_lock(&crew->lock);
		place->done = true;
		/* Whoever waits could do nothing with another one. */
		if (place == place_of(crew, crew->concluded))
			tell(crew);
	}
	pthread_mutex_unlock(&crew->lock);
	png_fast_destroy(fast);
	return NULL;
}

static int start_thread(struct crew *crew, void *(*run)(void *))
{
	int error = pthread_create(&crew->threads[crew->thread_count], NULL, run, crew);

	if (!error)
		crew->thread_count++;
	return -error;
}

/* While there is but one place one frame at most is under way. It stays where it is, as the first. The
 * reader is one frame ahead of what may be lent, so that one is there when the next slot comes free. */
static void make_places(struct crew *crew, unsigned ahead)
{
	crew->fetched -= crew->concluded;
	crew->lent = crew->begun = crew->concluded = 0;
	crew->ahead = ahead;
	crew->place_count = ahead + crew->has_reader;
}

/* Signals are for the main thread, whose waits they are to end. */
int crew_start(struct crew *crew, unsigned workers, unsigned ahead)
{
	sigset_t all, before;
	int result = 0;

	crew->has_reader = workers && crew->feed->is_stream;
	make_places(crew, ahead);
	if (workers == 0)
		return 0;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (crew->has_reader)
		result = start_thread(crew, read_frames);
	for (unsigned i = 0; i < workers && !result; i++)
		result = start_thread(crew, decode_frames);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}

bool crew_is_alone(const struct crew *crew)
{
	return crew->thread_count == 0;
}

void crew_finish(struct crew *crew)
{
	feed_stop(crew->feed);
	pthread_mutex_lock(&crew->lock);
	crew->closing = true;
	pthread_cond_broadcast(&crew->work);
	pthread_cond_broadcast(&crew->room);
	pthread_mutex_unlock(&crew->lock);
	while (crew->thread_count)
		pthread_join(crew->threads[--crew->thread_count], NULL);
	for (size_t i = 0; i < CREW_PLACES; i++)
		job_finish(&crew->places[i].job);
	png_fast_destroy(crew->fast);
	pthread_cond_destroy(&crew->work);
	pthread_cond_destroy(&crew->room);
	pthread_cond_destroy(&crew->news);
	pthread_mutex_destroy(&crew->lock);
}

int crew_fetch(struct crew *crew)
{
	int result = -EAGAIN;

	pthread_mutex_lock(&crew->lock);
	if (!crew->end && !crew->has_reader && has_room(crew))
		result = fetch(crew);
	if (crew->end)
		result = crew->concluded == crew->fetched ? crew->end : -EAGAIN;
	pthread_mutex_unlock(&crew->lock);
	return result;
}

struct job *crew_oldest(struct crew *crew)
{
	struct place *place = place_of(crew, crew->concluded);
	bool done;

	pthread_mutex_lock(&crew->lock);
	done = crew->concluded < crew->lent && place->done;
	pthread_mutex_unlock(&crew->lock);
	return done ? &place->job : NULL;
}

struct job *crew_next(struct crew *crew)
{
	bool there;

	pthread_mutex_lock(&crew->lock);
	there = crew->lent < crew->fetched && crew->lent - crew->concluded < crew->ahead;
	pthread_mutex_unlock(&crew->lock);
	return there ? &place_of(crew, crew->lent)->job : NULL;
}

void crew_lend(struct crew *crew)
{
	struct place *place = place_of(crew, crew->lent);
	bool nothing_to_do = !place->job.loan.pixels;

	if (!nothing_to_do && crew_is_alone(crew)) {
		if (!crew->fast)
			crew->fast = png_fast_create(false, 0);
		job_decode(&place->job, &crew->feed->capacity, crew->options, crew->fast);
		nothing_to_do = true;
	}
	pthread_mutex_lock(&crew->lock);
	place->done = nothing_to_do;
	crew->lent++;
	pthread_cond_signal(&crew->work);
	pthread_mutex_unlock(&crew->lock);
}

void crew_conclude(struct crew *crew)
{
	pthread_mutex_lock(&crew->lock);
	crew->concluded++;
	/* One with nothing to do may be concluded before a worker has seen that. */
	if (crew->begun < crew->concluded)
		crew->begun = crew->concluded;
	pthread_cond_signal(&crew->room);
	pthread_mutex_unlock(&crew->lock);
}

void crew_wait(struct crew *crew, int64_t until_ns)
{
	struct timespec until = { .tv_sec = until_ns / NS_PER_S, .tv_nsec = until_ns % NS_PER_S };
	int error = 0;

	pthread_mutex_lock(&crew->lock);
	while (!crew->told && error != ETIMEDOUT)
		error = pthread_cond_timedwait(&crew->news, &crew->lock, &until);
	crew->told = false;
	pthread_mutex_unlock(&crew->lock);
}
