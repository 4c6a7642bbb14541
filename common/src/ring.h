/* SPDX-License-Identifier: MIT
 *
 * The semaphore ring: viewers sleep on it, and the producer wakes them.
 *
 * Semaphore f % 64 is 0 once frame f is published. The producer keeps the next 32 raised, and
 * ALIVE, all with SEM_UNDO. When it dies, by whatever cause, the kernel lowers them, and every
 * sleeper wakes up. A viewer waits for a semaphore to become 0. That takes nothing away from other
 * viewers and needs read permission only. Never use SETVAL: it would delete the undo. */
#ifndef SHMFLIP_RING_H
#define SHMFLIP_RING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Creates the set. Until ring_start, a wait returns at once and ALIVE is 0.
 * -EEXIST  the key is in use */
int ring_create(key_t key, gid_t group, mode_t mode, int *id);

/* Raises ALIVE and the semaphores of the 32 frames after newest.
 * -ENOTSUP  this system has no SEM_UNDO */
int ring_start(int id, uint64_t newest);

/* Wakes all who wait for this frame, with one system call.
 * -EIDRM, -EINVAL  somebody removed the set */
int ring_publish(int id, uint64_t frame);

/* Wakes all who wait for the frame after newest, because it will not come. The producer stays
 * alive. Call it once, and publish no more. */
int ring_end(int id, uint64_t newest);

/* Sleeps until the frame after newest is published, the producer is dead, or the set is removed. A
 * viewer that falls 32 frames behind between reading newest and sleeping may sleep on. So give a
 * timeout.
 * -EAGAIN  timeout_ns passed
 * -EINTR   a signal handler ran */
int ring_wait(int id, uint64_t newest, int64_t timeout_ns);

/* Checks that this is the set that owner created for a channel under this key.
 * -EIDRM   the set does not exist any more; another one may have its id
 * -EACCES  this user may not read the set that has this id */
int ring_check(int id, key_t key, uid_t owner);

/* Queries whether the producer lives. *alive is false if it is dead or the set is removed.
 * -EACCES  this user may not read the set */
int ring_query_alive(int id, bool *alive);

/* The producer's process id; 0 before ring_start, and if it is in a pid namespace that this process
 * does not see into. */
int ring_producer_pid(int id, pid_t *pid);

/* Removes the set of this key if it is ours and dead. Returns whether it did. */
bool ring_remove_dead(key_t key);

/* Removes the set that has this id and key, if it is ours and dead. It is dead even while raised if
 * its process is known to produce no more: the process now runs another program. Returns whether it
 * did. */
bool ring_remove_dead_id(int id, key_t key, bool producer_is_gone);

void ring_remove(int id);

#endif
