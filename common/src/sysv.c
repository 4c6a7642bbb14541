/* SPDX-License-Identifier: MIT */
#include "sysv.h"

#include <errno.h>
#include <stdint.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <time.h>

#include "clock.h"
#include "error.h"
#include "fork.h"

#define OWNER_ONLY 0600

union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
};

int sysv_key(const char *path, int project, key_t *key)
{
	key_t found = ftok(path, project);

	if (found == -1)
		return fail_errno("cannot make a System V key from %s", path);
	*key = found;
	return 0;
}

int sysv_segment_create(key_t key, uint64_t bytes, int *id)
{
	int created = -1;

	if (bytes > SIZE_MAX)
		errno = EINVAL;
	else
		created = shmget(key, bytes, IPC_CREAT | IPC_EXCL | OWNER_ONLY);
	if (created < 0 && errno == EINVAL)
		return fail(-ENOSPC,
		            "%llu bytes are more than a shared-memory segment may have here: use "
		            "smaller frames, or raise the limit (sysctl kernel.shmmax)",
		            (unsigned long long)bytes);
	if (created < 0 && errno == ENOSPC)
		return fail(
			-ENOSPC,
			"the system's limit of shared memory is reached: remove unused segments "
			"(ipcs -m), or raise the limit (sysctl kernel.shmmni, kernel.shmall)");
	if (created < 0)
		return fail_errno("cannot create a shared-memory segment of %llu bytes",
		                  (unsigned long long)bytes);
	*id = created;
	return 0;
}

int sysv_segment_find(key_t key, int *id)
{
	int found = shmget(key, 0, 0);

	if (found < 0)
		return -errno;
	*id = found;
	return 0;
}

int sysv_segment_attach(int id, uint64_t bytes, bool writable, void **base)
{
	const void *failed = (void *)-1; /* NOLINT(performance-no-int-to-ptr): shmat(2) says so */
	void *address;

	/* A child that got the mapping in between would keep the memory. */
	fork_hold();
	address = shmat(id, NULL, writable ? 0 : SHM_RDONLY);
	if (address != failed)
		madvise(address, bytes, MADV_DONTFORK);
	fork_resume();
	if (address == failed)
		return fail_errno("cannot attach shared-memory segment %d", id);
	*base = address;
	return 0;
}

void sysv_segment_detach(const void *base)
{
	if (base)
		shmdt(base);
}

static int query_segment(int id, struct shmid_ds *ds)
{
	if (shmctl(id, IPC_STAT, ds) < 0)
		return fail_errno("cannot query shared-memory segment %d", id);
	return 0;
}

int sysv_segment_status(int id, struct sysv_status *status)
{
	struct shmid_ds ds;
	int error = query_segment(id, &ds);

	if (!error)
		*status = (struct sysv_status){ .creator = ds.shm_perm.cuid,
			                        .size = ds.shm_segsz,
			                        .users = ds.shm_nattch };
	return error;
}

int sysv_segment_set_access(int id, gid_t group, mode_t mode)
{
	struct shmid_ds ds;
	int error = query_segment(id, &ds);

	if (error)
		return error;
	ds.shm_perm.gid = group;
	ds.shm_perm.mode = mode;
	if (shmctl(id, IPC_SET, &ds) < 0)
		return fail_errno("cannot set the mode of shared-memory segment %d", id);
	return 0;
}

int sysv_segment_remove(int id)
{
	if (shmctl(id, IPC_RMID, NULL) < 0)
		return fail_errno("cannot remove shared-memory segment %d", id);
	return 0;
}

int sysv_semaphores_create(key_t key, unsigned count, int *id)
{
	int created = semget(key, (int)count, IPC_CREAT | IPC_EXCL | OWNER_ONLY);

	if (created < 0 && (errno == ENOSPC || errno == EINVAL))
		return fail(-ENOSPC,
		            "the system's limit of semaphores has no room for %u more: remove "
		            "unused sets (ipcs -s), or raise the limit (sysctl kernel.sem)",
		            count);
	if (created < 0)
		return fail_errno("cannot create a set of %u semaphores", count);
	*id = created;
	return 0;
}

int sysv_semaphores_find(key_t key, int *id)
{
	int found = semget(key, 0, 0);

	if (found < 0)
		return -errno;
	*id = found;
	return 0;
}

int sysv_semaphores_status(int id, struct sysv_status *status)
{
	struct semid_ds ds;
	union semun arg = { .buf = &ds };

	if (semctl(id, 0, IPC_STAT, arg) < 0)
		return -errno;
	*status = (struct sysv_status){ .creator = ds.sem_perm.cuid,
		                        .key = ds.sem_perm.__key,
		                        .size = ds.sem_nsems };
	return 0;
}

int sysv_semaphores_set_access(int id, gid_t group, mode_t mode)
{
	struct semid_ds ds;
	union semun arg = { .buf = &ds };

	if (semctl(id, 0, IPC_STAT, arg) < 0)
		return fail_errno("cannot query semaphore set %d", id);
	ds.sem_perm.gid = group;
	ds.sem_perm.mode = mode;
	if (semctl(id, 0, IPC_SET, arg) < 0)
		return fail_errno("cannot set the mode of semaphore set %d", id);
	return 0;
}

int sysv_semaphores_remove(int id)
{
	if (semctl(id, 0, IPC_RMID) < 0)
		return fail_errno("cannot remove semaphore set %d", id);
	return 0;
}

int sysv_semaphore_value(int id, unsigned number, int *value)
{
	int found = semctl(id, (int)number, GETVAL);

	if (found < 0)
		return -errno;
	*value = found;
	return 0;
}

int sysv_semaphore_pid(int id, unsigned number, pid_t *pid)
{
	int found = semctl(id, (int)number, GETPID);

	if (found < 0)
		return -errno;
	*pid = found;
	return 0;
}

int sysv_semaphores_change(int id, const struct sysv_step *steps, unsigned count)
{
	struct sembuf operations[SYSV_STEPS_MAX];

	if (count > SYSV_STEPS_MAX)
		return -E2BIG;
	for (unsigned i = 0; i < count; i++)
		operations[i] =
			(struct sembuf){ steps[i].number, steps[i].change, IPC_NOWAIT | SEM_UNDO };
	while (semop(id, operations, count) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

int sysv_semaphore_wait_zero(int id, unsigned number, int64_t timeout_ns)
{
	struct sembuf operation = { (unsigned short)number, 0, 0 };
	struct timespec timeout = { timeout_ns / NS_PER_S, timeout_ns % NS_PER_S };

	return semtimedop(id, &operation, 1, &timeout) < 0 ? -errno : 0;
}
