/* SPDX-License-Identifier: MIT */
#include "ring.h"

#include <errno.h>
#include <unistd.h>

#include "error.h"
#include "sysv.h"

#define FRAMES 64
#define AHEAD (FRAMES / 2)
#define ALIVE FRAMES
#define SEMAPHORES (FRAMES + 1)

int ring_create(key_t key, gid_t group, mode_t mode, int *id)
{
	int created;
	int error = sysv_semaphores_create(key, SEMAPHORES, &created);

	if (error)
		return error;
	error = sysv_semaphores_set_access(created, group, mode);
	if (error)
		ring_remove(created);
	else
		*id = created;
	return error;
}

int ring_start(int id, uint64_t newest)
{
	struct sysv_step steps[AHEAD + 1];
	int error;

	for (unsigned i = 0; i < AHEAD; i++)
		steps[i] = (struct sysv_step){ (newest + 1 + i) % FRAMES, 1 };
	steps[AHEAD] = (struct sysv_step){ ALIVE, 1 };
	error = sysv_semaphores_change(id, steps, AHEAD + 1);
	if (error == -ENOSYS || error == -EINVAL)
		return fail(-ENOTSUP, "this system has no SEM_UNDO, which shmflip needs");
	if (error)
		return fail(error,
		            "cannot raise the semaphores of set %d: check the system's limits "
		            "(ipcs -ls; sysctl kernel.sem)",
		            id);
	return 0;
}

int ring_publish(int id, uint64_t frame)
{
	const struct sysv_step steps[] = {
		{ frame % FRAMES, -1 },
		{ (frame + AHEAD) % FRAMES, 1 },
	};

	return sysv_semaphores_change(id, steps, 2);
}

int ring_wait(int id, uint64_t newest, int64_t timeout_ns)
{
	int error = sysv_semaphore_wait_zero(id, (newest + 1) % FRAMES, timeout_ns);

	return error == -EIDRM || error == -EINVAL ? 0 : error;
}

int ring_check(int id, uid_t owner)
{
	struct sysv_status status;
	int error = sysv_semaphores_status(id, &status);

	if (error == -EIDRM || error == -EINVAL)
		return -EIDRM;
	if (error)
		return fail(error, "cannot read semaphore set %d", id);
	if (status.creator != owner)
		return fail(-EPROTO,
		            "semaphore set %d belongs to user %u, not to the channel's, %u", id,
		            (unsigned)status.creator, (unsigned)owner);
	if (status.size != SEMAPHORES)
		return fail(-EPROTO,
		            "semaphore set %d is not a channel's: it has %llu semaphores, not %d",
		            id, (unsigned long long)status.size, SEMAPHORES);
	return 0;
}

int ring_query_alive(int id, bool *alive)
{
	int value;
	int error = sysv_semaphore_value(id, ALIVE, &value);

	if (error == -EIDRM || error == -EINVAL)
		value = 0;
	else if (error)
		return fail(error, "cannot read semaphore set %d", id);
	*alive = value > 0;
	return 0;
}

int ring_producer_pid(int id, pid_t *pid)
{
	return sysv_semaphore_pid(id, ALIVE, pid);
}

bool ring_is_of_process(int id, pid_t pid)
{
	pid_t producer;

	return pid > 0 && !ring_producer_pid(id, &producer) && producer == pid;
}

bool ring_remove_dead_id(int id, pid_t pid)
{
	struct sysv_status status;
	bool alive;

	if (sysv_semaphores_status(id, &status) || status.creator != geteuid() ||
	    status.size != SEMAPHORES || ring_query_alive(id, &alive))
		return false;
	return (!alive || ring_is_of_process(id, pid)) && !sysv_semaphores_remove(id);
}

bool ring_remove_dead(key_t key)
{
	int id;

	return !sysv_semaphores_find(key, &id) && ring_remove_dead_id(id, 0);
}

void ring_remove(int id)
{
	sysv_semaphores_remove(id);
}
