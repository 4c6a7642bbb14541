/* SPDX-License-Identifier: MIT
 *
 * The frames that the X server reads: which are held for it, and until when.
 *
 * A frame is held from flights_hold() on, and given back once, as soon as two things are true: it is
 * no longer the newest, which a repainting may want again, and the server has carried out the last
 * request that reads it. Requests are known by their numbers on the connection, which wrap around;
 * the server carries them out in order.
 *
 * Holding the newest frame takes nothing from its producer, who may not reuse that slot before
 * it has published another.
 *
 * flights_done() and flights_abandon() are for the thread that hears from the server, the others
 * for the main thread. The two callbacks run in either, without a lock. */
#ifndef SHMFLIP_VIEWER_PRESENT_X11_FLIGHTS_H
#define SHMFLIP_VIEWER_PRESENT_X11_FLIGHTS_H

#include <pthread.h>
#include <stdbool.h>

#include "shmflip.h"

/* Two for the server, which then never waits for the next, the newest, and one that comes. */
#define FLIGHTS_MAX 4
#define FLIGHTS_UNDER_WAY_MAX 2

struct flights_user {
	void (*release_frame)(void *context, struct shmflip_frame *frame);
	/* The server has carried out the first request that reads this frame. */
	void (*on_screen)(void *context, const struct shmflip_frame_info *info);
	/* The number under way has fallen below its limit, after flights_ready() said no. */
	void (*wake)(void *context);
	void *context;
};

struct flight {
	struct shmflip_frame frame;
	unsigned first; /* number of the first request that reads it */
	unsigned last;
	bool held;
	bool under_way; /* there are requests that the server has not carried out */
	bool announced;
};

struct flights {
	struct flights_user user;
	pthread_mutex_t mutex;  /* of all below */
	pthread_cond_t changed; /* a place is free, or a flight has landed */
	struct flight flight[FLIGHTS_MAX];
	struct flight *newest; /* NULL: none is held as such */
	bool awaited;
	bool abandoned;
};

void flights_init(struct flights *flights, const struct flights_user *user);

/* Takes a frame over as the newest, and lets the one before go. Waits while all places are taken,
 * which it never does for a caller who asks flights_ready() before. */
void flights_hold(struct flights *flights, const struct shmflip_frame *frame);

/* The newest, or NULL. */
const struct shmflip_frame *flights_newest(const struct flights *flights);

/* A request that reads the newest is about to be sent: call between flights_lock() and
 * flights_sent(). The server's answer cannot come in between. */
void flights_lock(struct flights *flights);
void flights_sent(struct flights *flights, unsigned number);

/* Waits until the server has carried out, or refused, all requests that read the newest, or there are no
 * more answers. What came with its answer has been heard of by then. */
void flights_settle(struct flights *flights);

/* Lets the newest go. */
void flights_let_go(struct flights *flights);

/* Leaves the newest to the caller after all: it is not given back. */
void flights_withdraw(struct flights *flights);

/* Whether fewer than FLIGHTS_UNDER_WAY_MAX are under way. If not, wake() will be called. */
bool flights_ready(struct flights *flights);

/* The server has carried out, or refused, this request and all before it. */
void flights_done(struct flights *flights, unsigned number);

/* There will be no more answers: gives everything back but the newest. */
void flights_abandon(struct flights *flights);

void flights_finish(struct flights *flights);

#endif
