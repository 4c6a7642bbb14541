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
		fault("cannot count the semaphore sets: %s", strerror(errno));
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

static void sandbox_close(void)
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
		        "crash: this IPC namespace has other programs' objects: run "
		        "tests/crash/campaign.sh,\n"
		        "or this command under unshare --ipc (as root) or unshare -c --ipc\n");
		exit(77);
	}
	snprintf(parent, sizeof(parent), "%.200s/shmflip-crash-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(parent))
		fault("cannot make a directory %s: %s", parent, strerror(errno));
	snprintf(directory, sizeof(directory), "%s/channels", parent);
	setenv("SHMFLIP_DIR", directory, 1);
	owner = getpid();
	atexit(sandbox_close);
}

void sandbox_check_empty(void)
{
	if (sandbox_segments() || sandbox_sets())
		fault("left behind: %d segments, %d semaphore sets", sandbox_segments(),
		      sandbox_sets());
	if (rmdir(directory) < 0 && errno != ENOENT)
		fault("left behind: files in the channel directory: %s", strerror(errno));
}
