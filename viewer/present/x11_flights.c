/* SPDX-License-Identifier: MIT */
#include "x11_flights.h"

#include <stddef.h>

/* What is to be told when the lock is open again. */
struct news {
	struct shmflip_frame given_back[FLIGHTS_MAX];
	struct shmflip_frame_info on_screen[FLIGHTS_MAX];
	unsigned given_back_count;
	unsigned on_screen_count;
	bool wake;
};

static void tell(const struct flights_user *user, struct news *news)
{
	for (unsigned i = 0; i < news->on_screen_count; i++)
		user->on_screen(user->context, &news->on_screen[i]);
	for (unsigned i = 0; i < news->given_back_count; i++)
		user->release_frame(user->context, &news->given_back[i]);
	if (news->wake)
		user->wake(user->context);
}

void flights_init(struct flights *flights, const struct flights_user *user)
{
	*flights = (struct flights){ .user = *user };
	pthread_mutex_init(&flights->mutex, NULL);
	pthread_cond_init(&flights->changed, NULL);
}

void flights_finish(struct flights *flights)
{
	pthread_cond_destroy(&flights->changed);
	pthread_mutex_destroy(&flights->mutex);
}

static unsigned under_way(const struct flights *flights)
{
	unsigned count = 0;

	for (unsigned i = 0; i < FLIGHTS_MAX; i++)
		count += flights->flight[i].held && flights->flight[i].under_way;
	return count;
}

/* Gives back what nobody needs any more. */
static void sift(struct flights *flights, struct news *news)
{
	for (unsigned i = 0; i < FLIGHTS_MAX; i++) {
		struct flight *flight = &flights->flight[i];

		if (!flight->held || flight->under_way || flight == flights->newest)
			continue;
		flight->held = false;
		news->given_back[news->given_back_count++] = flight->frame;
		pthread_cond_broadcast(&flights->changed);
	}
}

static struct flight *free_place(struct flights *flights)
{
	for (unsigned i = 0; i < FLIGHTS_MAX; i++) {
		if (!flights->flight[i].held)
			return &flights->flight[i];
	}
	return NULL;
}

void flights_let_go(struct flights *flights)
{
	struct news news = { 0 };

	pthread_mutex_lock(&flights->mutex);
	flights->newest = NULL;
	sift(flights, &news);
	pthread_mutex_unlock(&flights->mutex);
	tell(&flights->user, &news);
}

void flights_withdraw(struct flights *flights)
{
	pthread_mutex_lock(&flights->mutex);
	flights->newest->held = false;
	flights->newest = NULL;
	pthread_cond_broadcast(&flights->changed);
	pthread_mutex_unlock(&flights->mutex);
}

void flights_hold(struct flights *flights, const struct shmflip_frame *frame)
{
	struct flight *flight;

	flights_let_go(flights);
	pthread_mutex_lock(&flights->mutex);
	while (!(flight = free_place(flights)))
		pthread_cond_wait(&flights->changed, &flights->mutex);
	*flight = (struct flight){ .frame = *frame, .held = true };
	flights->newest = flight;
	pthread_mutex_unlock(&flights->mutex);
}

const struct shmflip_frame *flights_newest(const struct flights *flights)
{
	return flights->newest ? &flights->newest->frame : NULL;
}

void flights_lock(struct flights *flights)
{
	pthread_mutex_lock(&flights->mutex);
}

void flights_sent(struct flights *flights, unsigned number)
{
	struct flight *flight = flights->newest;

	if (!flight->under_way && !flight->announced)
		flight->first = number;
	flight->last = number;
	flight->under_way = !flights->abandoned;
	pthread_mutex_unlock(&flights->mutex);
}

bool flights_ready(struct flights *flights)
{
	pthread_mutex_lock(&flights->mutex);
	bool ready = under_way(flights) < FLIGHTS_UNDER_WAY_MAX;
	flights->awaited = !ready;
	pthread_mutex_unlock(&flights->mutex);
	return ready;
}

/* Numbers wrap around: a is not after b if the way from a to b is the shorter one. */
static bool reaches(unsigned number, unsigned wanted)
{
	return (int)(number - wanted) >= 0;
}

static void land(struct flight *flight, unsigned number, struct news *news)
{
	if (!flight->held || !flight->under_way)
		return;
	if (!flight->announced && reaches(number, flight->first)) {
		flight->announced = true;
		news->on_screen[news->on_screen_count++] = flight->frame.info;
	}
	if (reaches(number, flight->last))
		flight->under_way = false;
}

void flights_settle(struct flights *flights)
{
	pthread_mutex_lock(&flights->mutex);
	while (flights->newest && flights->newest->under_way)
		pthread_cond_wait(&flights->changed, &flights->mutex);
	pthread_mutex_unlock(&flights->mutex);
}

void flights_done(struct flights *flights, unsigned number)
{
	struct news news = { 0 };

	pthread_mutex_lock(&flights->mutex);
	for (unsigned i = 0; i < FLIGHTS_MAX; i++)
		land(&flights->flight[i], number, &news);
	pthread_cond_broadcast(&flights->changed);
	sift(flights, &news);
	news.wake = flights->awaited && under_way(flights) < FLIGHTS_UNDER_WAY_MAX;
	flights->awaited = flights->awaited && !news.wake;
	pthread_mutex_unlock(&flights->mutex);
	tell(&flights->user, &news);
}

void flights_abandon(struct flights *flights)
{
	struct news news = { .wake = true };

	pthread_mutex_lock(&flights->mutex);
	flights->abandoned = true;
	for (unsigned i = 0; i < FLIGHTS_MAX; i++)
		flights->flight[i].under_way = false;
	pthread_cond_broadcast(&flights->changed);
	sift(flights, &news);
	pthread_mutex_unlock(&flights->mutex);
	tell(&flights->user, &news);
}
