/* SPDX-License-Identifier: MIT */
#include "sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>

#include "process.h"

static char parent[256];
static char directory[sizeof(parent) + 16];
static pid_t owner;

int sandbox_segments(void)
{
	struct shm_info info = { 0 };

	if (shmctl(0, SHM_INFO, (struct shmid_ds *)&info) < 0)
		fault("cannot count the segments: %s", strerror(errno));
	return info.used_ids;
}

int sandbox_sets(void)
{
	struct seminfo info = { 0 };
	union {
		struct seminfo *info;
	} argument = { &info };

	if (semctl(0, 0, SEM_INFO, argument) < 0)
		fault("cannot count the semaphores: %s", strerror(errno));
	return info.semusz;
}

static void remove_files(void)
{
	char path[sizeof(directory) + 256];
	DIR *dir = opendir(directory);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		unlink(path);
	}
	closedir(dir);
}

static void close_room(void)
{
	if (getpid() != owner)
		return;
	remove_files();
	rmdir(directory);
	rmdir(parent);
}

void sandbox_open(void)
{
	const char *tmp = getenv("TMPDIR");

	if (sandbox_segments() || sandbox_sets()) {
		fprintf(stderr,
		        "crash: others have System V objects here: run tests/crash/campaign.sh, "
		        "or\n"
		        "put before this command: unshare --ipc (root), or unshare -c --ipc\n");
		exit(77);
	}
	snprintf(parent, sizeof(parent), "%.200s/shmflip-crash-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(parent))
		fault("cannot make a directory %s: %s", parent, strerror(errno));
	snprintf(directory, sizeof(directory), "%s/channels", parent);
	setenv("SHMFLIP_DIR", directory, 1);
	owner = getpid();
	atexit(close_room);
}

void sandbox_check_empty(void)
{
	if (sandbox_segments() || sandbox_sets())
		fault("left behind: %d segments, %d sets of semaphores", sandbox_segments(),
		      sandbox_sets());
	if (rmdir(directory) < 0 && errno != ENOENT)
		fault("left behind in the directory: %s", strerror(errno));
}
