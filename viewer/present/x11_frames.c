/* SPDX-License-Identifier: MIT */
#include "x11_frames.h"

#include <stddef.h>

/* The callbacks to run once the mutex is unlocked. */
struct notifications {
	const struct shmflip_frame *released[X11_FRAMES_MAX];
	int64_t on_screen[X11_FRAMES_MAX]; /* when they were published */
	unsigned released_count;
	unsigned on_screen_count;
	bool wake;
};

static void notify(const struct x11_frames_callbacks *callbacks,
                   struct notifications *notifications)
{
	for (unsigned i = 0; i < notifications->on_screen_count; i++)
		callbacks->on_screen(callbacks->context, notifications->on_screen[i]);
	for (unsigned i = 0; i < notifications->released_count; i++)
		callbacks->release_frame(callbacks->context, notifications->released[i]);
	if (notifications->wake)
		callbacks->wake(callbacks->context);
}

void x11_frames_init(struct x11_frames *frames, const struct x11_frames_callbacks *callbacks)
{
	*frames = (struct x11_frames){ .callbacks = *callbacks };
	pthread_mutex_init(&frames->mutex, NULL);
	pthread_cond_init(&frames->changed, NULL);
}

void x11_frames_finish(struct x11_frames *frames)
{
	pthread_cond_destroy(&frames->changed);
	pthread_mutex_destroy(&frames->mutex);
}

static unsigned count_pending(const struct x11_frames *frames)
{
	unsigned count = 0;

	for (unsigned i = 0; i < X11_FRAMES_MAX; i++)
		count += frames->entries[i].held && frames->entries[i].pending;
	return count;
}

static void release_unused(struct x11_frames *frames, struct notifications *notifications)
{
	for (unsigned i = 0; i < X11_FRAMES_MAX; i++) {
		struct x11_frame *entry = &frames->entries[i];

		if (!entry->held || entry->pending || entry == frames->newest)
			continue;
		entry->held = false;
		notifications->released[notifications->released_count++] = entry->picture.frame;
		pthread_cond_broadcast(&frames->changed);
	}
}

static struct x11_frame *find_free_entry(struct x11_frames *frames)
{
	for (unsigned i = 0; i < X11_FRAMES_MAX; i++) {
		if (!frames->entries[i].held)
			return &frames->entries[i];
	}
	return NULL;
}

void x11_frames_release_newest(struct x11_frames *frames)
{
	struct notifications notifications = { 0 };

	pthread_mutex_lock(&frames->mutex);
	frames->newest = NULL;
	release_unused(frames, &notifications);
	pthread_mutex_unlock(&frames->mutex);
	notify(&frames->callbacks, &notifications);
}

void x11_frames_forget_newest(struct x11_frames *frames)
{
	pthread_mutex_lock(&frames->mutex);
	frames->newest->held = false;
	frames->newest = NULL;
	pthread_cond_broadcast(&frames->changed);
	pthread_mutex_unlock(&frames->mutex);
}

void x11_frames_add(struct x11_frames *frames, const struct picture *picture)
{
	struct x11_frame *entry;

	x11_frames_release_newest(frames);
	pthread_mutex_lock(&frames->mutex);
	while (!(entry = find_free_entry(frames)))
		pthread_cond_wait(&frames->changed, &frames->mutex);
	*entry = (struct x11_frame){ .picture = *picture, .held = true };
	frames->newest = entry;
	pthread_mutex_unlock(&frames->mutex);
}

const struct picture *x11_frames_newest(const struct x11_frames *frames)
{
	return frames->newest ? &frames->newest->picture : NULL;
}

void x11_frames_begin_request(struct x11_frames *frames)
{
	pthread_mutex_lock(&frames->mutex);
}

void x11_frames_end_request(struct x11_frames *frames, unsigned request)
{
	struct x11_frame *newest = frames->newest;

	if (!newest->pending && !newest->on_screen_reported)
		newest->first_request = request;
	newest->last_request = request;
	newest->pending = !frames->abandoned;
	pthread_mutex_unlock(&frames->mutex);
}

bool x11_frames_ready(struct x11_frames *frames)
{
	pthread_mutex_lock(&frames->mutex);
	bool ready = count_pending(frames) < X11_FRAMES_PENDING_MAX;
	frames->wake_wanted = !ready;
	pthread_mutex_unlock(&frames->mutex);
	return ready;
}

/* Sequence numbers wrap around: the shorter way between two numbers tells which came first. */
static bool has_reached(unsigned completed, unsigned request)
{
	return (int)(completed - request) >= 0;
}

static void complete_entry(struct x11_frame *entry, unsigned request,
                           struct notifications *notifications)
{
	if (!entry->held || !entry->pending)
		return;
	if (!entry->on_screen_reported && has_reached(request, entry->first_request)) {
		entry->on_screen_reported = true;
		notifications->on_screen[notifications->on_screen_count++] =
			entry->picture.info.published_ns;
	}
	if (has_reached(request, entry->last_request))
		entry->pending = false;
}

void x11_frames_wait(struct x11_frames *frames)
{
	pthread_mutex_lock(&frames->mutex);
	while (frames->newest && frames->newest->pending)
		pthread_cond_wait(&frames->changed, &frames->mutex);
	pthread_mutex_unlock(&frames->mutex);
}

void x11_frames_complete(struct x11_frames *frames, unsigned request)
{
	struct notifications notifications = { 0 };

	pthread_mutex_lock(&frames->mutex);
	for (unsigned i = 0; i < X11_FRAMES_MAX; i++)
		complete_entry(&frames->entries[i], request, &notifications);
	pthread_cond_broadcast(&frames->changed);
	release_unused(frames, &notifications);
	notifications.wake = frames->wake_wanted && count_pending(frames) < X11_FRAMES_PENDING_MAX;
	frames->wake_wanted = frames->wake_wanted && !notifications.wake;
	pthread_mutex_unlock(&frames->mutex);
	notify(&frames->callbacks, &notifications);
}

void x11_frames_abandon(struct x11_frames *frames)
{
	struct notifications notifications = { .wake = true };

	pthread_mutex_lock(&frames->mutex);
	frames->abandoned = true;
	for (unsigned i = 0; i < X11_FRAMES_MAX; i++)
		frames->entries[i].pending = false;
	pthread_cond_broadcast(&frames->changed);
	release_unused(frames, &notifications);
	pthread_mutex_unlock(&frames->mutex);
	notify(&frames->callbacks, &notifications);
}
