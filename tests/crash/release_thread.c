/* SPDX-License-Identifier: MIT */
#include "release_thread.h"

#include <string.h>

#include "frames.h"
#include "process.h"

void release_thread_init(struct release_thread *thread)
{
	memset(thread, 0, sizeof(*thread));
	pthread_mutex_init(&thread->mutex, NULL);
	pthread_cond_init(&thread->changed, NULL);
}

static bool wait_for_frame(struct release_thread *thread)
{
	while (thread->given == thread->released && !thread->is_finishing)
		pthread_cond_wait(&thread->changed, &thread->mutex);
	return thread->given != thread->released;
}

static void *run(void *release_thread)
{
	struct release_thread *thread = release_thread;
	const struct shmflip_frame *frame;

	pthread_mutex_lock(&thread->mutex);
	while (wait_for_frame(thread)) {
		frame = thread->frame[thread->released % RELEASE_THREAD_ROOM];
		pthread_mutex_unlock(&thread->mutex);
		frames_check_whole(frame, "before another thread released it");
		shmflip_frame_release(frame);
		pthread_mutex_lock(&thread->mutex);
		thread->released++;
		pthread_cond_signal(&thread->changed);
	}
	pthread_mutex_unlock(&thread->mutex);
	return NULL;
}

static void start(struct release_thread *thread)
{
	int error = pthread_create(&thread->thread, NULL, run, thread);

	if (error)
		fault("cannot start a thread: %s", strerror(error));
	thread->is_started = true;
}

void release_thread_give(struct release_thread *thread, const struct shmflip_frame *frame)
{
	if (!thread->is_started)
		start(thread);
	pthread_mutex_lock(&thread->mutex);
	while (thread->given - thread->released == RELEASE_THREAD_ROOM)
		pthread_cond_wait(&thread->changed, &thread->mutex);
	thread->frame[thread->given++ % RELEASE_THREAD_ROOM] = frame;
	pthread_cond_signal(&thread->changed);
	pthread_mutex_unlock(&thread->mutex);
}

void release_thread_finish(struct release_thread *thread)
{
	if (!thread->is_started)
		return;
	pthread_mutex_lock(&thread->mutex);
	thread->is_finishing = true;
	pthread_cond_signal(&thread->changed);
	pthread_mutex_unlock(&thread->mutex);
	pthread_join(thread->thread, NULL);
}
