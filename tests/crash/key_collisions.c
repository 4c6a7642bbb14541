/* SPDX-License-Identifier: MIT */
#include "key_collisions.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "process.h"
#include "sandbox.h"

#define FIRST_PROJECT 1 /* that a channel tries with ftok */
#define SEMAPHORES 65   /* as many as a channel's, of which the last says that its maker lives */

struct guest {
	char lock_file[300];
	bool segment; /* else semaphores */
	int id;       /* of its object */
	_Atomic int settled;
};

/* Before there is a channel: its lock file will be this one. */
static void make_lock_file(struct guest *guest)
{
	const char *directory = getenv("SHMFLIP_DIR"); /* by sandbox_open() */
	int fd;

	if (!directory || mkdir(directory, 0700) < 0)
		fault("cannot make the directory: %s", strerror(errno));
	snprintf(guest->lock_file, sizeof(guest->lock_file), "%.280s/default.lock", directory);
	fd = open(guest->lock_file, O_RDWR | O_CREAT, 0600);
	if (fd < 0)
		fault("cannot make %s: %s", guest->lock_file, strerror(errno));
	close(fd);
}

static void settle(void *argument)
{
	struct guest *guest = argument;
	key_t key = ftok(guest->lock_file, FIRST_PROJECT);
	struct sembuf alive = { SEMAPHORES - 1, 1, SEM_UNDO };
	int made;

	if (guest->segment) {
		guest->id = shmget(key, 65536, IPC_CREAT | IPC_EXCL | 0600);
		made = guest->id < 0 ? -1 : (intptr_t)shmat(guest->id, NULL, 0) == -1 ? -1 : 0;
	} else {
		guest->id = semget(key, SEMAPHORES, IPC_CREAT | IPC_EXCL | 0600);
		made = guest->id < 0 ? -1 : semop(guest->id, &alive, 1);
	}
	if (made < 0)
		fault("a stranger cannot settle: %s", strerror(errno));
	guest->settled = 1;
	for (;;)
		pause();
}

static void check_is_there(const struct guest *guest)
{
	struct shmid_ds segment;
	int alive;

	if (guest->segment) {
		if (shmctl(guest->id, IPC_STAT, &segment) < 0 || segment.shm_perm.mode & SHM_DEST)
			fault("a stranger's memory was removed");
		return;
	}
	alive = semctl(guest->id, SEMAPHORES - 1, GETVAL);
	if (alive != 1)
		fault("a stranger's semaphores were removed");
}

static void evict(const struct guest *guest)
{
	if (guest->segment)
		shmctl(guest->id, IPC_RMID, NULL);
	else
		semctl(guest->id, 0, IPC_RMID);
}

static void work(void *unused)
{
	struct fixture fixture = { .slots = 2 };

	(void)unused;
	fixture_create(&fixture);
	fixture_publish(&fixture);
	for (;;)
		pause();
}

/* A producer that is killed, and one that comes after it. */
static void use_channel(const struct guest *guest)
{
	struct fixture fixture = { .slots = 2 };
	pid_t pid = process_start(work, NULL);

	fixture_open_viewer(&fixture, NEWEST);
	fixture_attach_viewers(&fixture);
	fixture_hold(&fixture);
	check_is_there(guest);
	kill(pid, SIGKILL);
	process_expect_killed(pid, "a producer beside strangers");
	fixture_see_death(&fixture, 0);
	fixture.number = 1;
	fixture_create(&fixture);
	fixture_attach_viewers(&fixture);
	fixture_publish(&fixture);
	fixture_see(&fixture);
	check_is_there(guest);
	fixture_end(&fixture);
	fixture_close_viewers(&fixture);
	check_is_there(guest);
}

static void meet(struct guest *guest)
{
	pid_t pid;

	make_lock_file(guest);
	pid = process_start(settle, guest);
	for (int i = 0; !guest->settled; i++) {
		if (i > patience_ms)
			fault("a stranger does not settle");
		process_nap_ns(1000000);
	}
	use_channel(guest);
	evict(guest);
	kill(pid, SIGKILL);
	process_expect_killed(pid, "a stranger");
	sandbox_check_empty();
}

void key_collisions(void)
{
	struct guest *guest = mmap(NULL, sizeof(*guest), PROT_READ | PROT_WRITE,
	                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (guest == MAP_FAILED)
		fault("no memory");
	for (int segment = 0; segment < 2; segment++) {
		process_context("guests: %s", segment ? "a segment" : "semaphores");
		*guest = (struct guest){ .segment = segment };
		meet(guest);
	}
	printf("guests meetings 2\n");
}
