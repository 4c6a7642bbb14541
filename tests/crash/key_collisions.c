/* SPDX-License-Identifier: MIT */
#include "key_collisions.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "process.h"
#include "sandbox.h"

#define FIRST_PROJECT 1 /* the first one that a channel tries with ftok */
#define SEMAPHORES 65   /* as many as a channel's set has; its last one is ALIVE */

struct stranger {
	char lock_file[300];
	bool segment; /* else a semaphore set */
	int id;       /* of its object */
	_Atomic bool ready;
};

/* Makes the lock file before there is a channel, so that the channel's keys follow from it. */
static void make_lock_file(struct stranger *stranger)
{
	const char *directory = getenv("SHMFLIP_DIR"); /* set by sandbox_open() */
	int fd;

	if (!directory || mkdir(directory, 0700) < 0)
		fault("cannot make the channel directory: %s", strerror(errno));
	snprintf(stranger->lock_file, sizeof(stranger->lock_file), "%.280s/default.lock",
	         directory);
	fd = open(stranger->lock_file, O_RDWR | O_CREAT, 0600);
	if (fd < 0)
		fault("cannot make %s: %s", stranger->lock_file, strerror(errno));
	close(fd);
}

/* The stranger's process. */
static void make_object(void *argument)
{
	struct stranger *stranger = argument;
	key_t key = ftok(stranger->lock_file, FIRST_PROJECT);
	struct sembuf raise_alive = { SEMAPHORES - 1, 1, SEM_UNDO };
	bool made;

	if (stranger->segment) {
		stranger->id = shmget(key, 65536, IPC_CREAT | IPC_EXCL | 0600);
		made = stranger->id >= 0 && (intptr_t)shmat(stranger->id, NULL, 0) != -1;
	} else {
		stranger->id = semget(key, SEMAPHORES, IPC_CREAT | IPC_EXCL | 0600);
		made = stranger->id >= 0 && semop(stranger->id, &raise_alive, 1) == 0;
	}
	if (!made)
		fault("the stranger cannot make its object: %s", strerror(errno));
	stranger->ready = true;
	for (;;)
		pause();
}

static void check_object(const struct stranger *stranger)
{
	struct shmid_ds segment;

	if (stranger->segment) {
		if (shmctl(stranger->id, IPC_STAT, &segment) < 0 ||
		    segment.shm_perm.mode & SHM_DEST)
			fault("the stranger's segment was removed");
		return;
	}
	if (semctl(stranger->id, SEMAPHORES - 1, GETVAL) != 1)
		fault("the stranger's semaphore set was removed");
}

static void remove_object(const struct stranger *stranger)
{
	if (stranger->segment)
		shmctl(stranger->id, IPC_RMID, NULL);
	else
		semctl(stranger->id, 0, IPC_RMID);
}

static void publish_and_wait(void *unused)
{
	struct fixture fixture = { .slots = 2 };

	(void)unused;
	fixture_open_producer(&fixture);
	fixture_publish(&fixture);
	for (;;)
		pause();
}

/* Kills a producer, and runs its successor. */
static void use_channel(const struct stranger *stranger)
{
	struct fixture fixture = { .slots = 2 };
	pid_t pid = process_start(publish_and_wait, NULL);

	fixture_open_viewer(&fixture, NEWEST);
	fixture_attach_viewers(&fixture);
	fixture_hold_frame(&fixture);
	check_object(stranger);
	kill(pid, SIGKILL);
	process_expect_killed(pid, "a producer beside a stranger");
	fixture_expect_death(&fixture, false);
	fixture.number = 1;
	fixture_open_producer(&fixture);
	fixture_attach_viewers(&fixture);
	fixture_publish(&fixture);
	fixture_take_newest(&fixture);
	check_object(stranger);
	fixture_close_producer(&fixture);
	fixture_close_viewers(&fixture);
	check_object(stranger);
}

static void collide(struct stranger *stranger)
{
	pid_t pid;

	make_lock_file(stranger);
	pid = process_start(make_object, stranger);
	process_await(&stranger->ready, "the stranger");
	use_channel(stranger);
	remove_object(stranger);
	kill(pid, SIGKILL);
	process_expect_killed(pid, "the stranger");
	sandbox_check_empty();
}

void key_collisions(void)
{
	struct stranger *stranger = process_share(sizeof(*stranger));

	for (int segment = 0; segment < 2; segment++) {
		process_context("collisions: %s", segment ? "a segment" : "a semaphore set");
		*stranger = (struct stranger){ .segment = segment };
		collide(stranger);
	}
	printf("collisions objects 2\n");
}
