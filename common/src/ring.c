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
	int made;
	int error = sysv_semaphores_create(key, SEMAPHORES, &made);

	if (error)
		return error;
	error = sysv_semaphores_set_access(made, group, mode);
	if (error)
		ring_remove(made);
	else
		*id = made;
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
		return fail(-ENOTSUP, "this system has no SEM_UNDO, which shmflip relies on");
	if (error)
		return fail(error,
		            "cannot raise the semaphores of set %d: see the system's limits "
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
		return fail(-EPROTO, "semaphore set %d is not a channel's: it has %llu, not %d", id,
		            (unsigned long long)status.size, SEMAPHORES);
	return 0;
}

int ring_alive(int id)
{
	int value = sysv_semaphore_value(id, ALIVE);

	if (value == -EIDRM || value == -EINVAL)
		return 0;
	if (value < 0)
		return fail(value, "cannot read semaphore set %d", id);
	return value > 0;
}

int ring_producer_pid(int id)
{
	return sysv_semaphore_pid(id, ALIVE);
}

bool ring_remove_dead_id(int id, pid_t pid)
{
	struct sysv_status status;
	int alive;

	if (sysv_semaphores_status(id, &status) || status.creator != geteuid() ||
	    status.size != SEMAPHORES)
		return false;
	alive = ring_alive(id);
	if (alive == 1 && pid > 0 && ring_producer_pid(id) == pid)
		alive = 0;
	return alive == 0 && sysv_semaphores_remove(id) == 0;
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
