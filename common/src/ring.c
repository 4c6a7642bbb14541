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

int ring_end(int id, uint64_t newest)
{
	const struct sysv_step step = { (newest + 1) % FRAMES, -1 };

	return sysv_semaphores_change(id, &step, 1);
}

int ring_wait(int id, uint64_t newest, int64_t timeout_ns)
{
	int error = sysv_semaphore_wait_zero(id, (newest + 1) % FRAMES, timeout_ns);

	return error == -EIDRM || error == -EINVAL ? 0 : error;
}

/* A kernel counts ids anew in each IPC namespace, and after a restart: the same id may be another
 * channel's set by now. */
int ring_check(int id, key_t key, uid_t owner)
{
	struct sysv_status status;
	int error = sysv_semaphores_status(id, &status);

	if (error == -EIDRM || error == -EINVAL)
		return -EIDRM;
	if (error)
		return fail(error, "cannot read semaphore set %d", id);
	if (status.key != key || status.creator != owner || status.size != SEMAPHORES)
		return -EIDRM;
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

bool ring_remove_dead_id(int id, key_t key, bool producer_is_gone)
{
	bool alive;

	if (ring_check(id, key, geteuid()) || ring_query_alive(id, &alive))
		return false;
	return (!alive || producer_is_gone) && !sysv_semaphores_remove(id);
}

bool ring_remove_dead(key_t key)
{
	int id;

	return !sysv_semaphores_find(key, &id) && ring_remove_dead_id(id, key, false);
}

void ring_remove(int id)
{
	sysv_semaphores_remove(id);
}
