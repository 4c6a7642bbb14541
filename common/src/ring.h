/* SPDX-License-Identifier: MIT
 *
 * The semaphore ring: viewers sleep on it, and the producer wakes them.
 *
 * Semaphore f % 64 is 0 once frame f is published. The producer keeps the next 32 raised, and
 * ALIVE, all with SEM_UNDO. When it dies, by whatever cause, the kernel lowers them, and every
 * sleeper wakes up. A viewer waits for a semaphore to become 0. That takes nothing away from other
 * viewers and needs read permission only. Never set a value (SETVAL): that would delete the
 * undo. */
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

/* Sleeps until the frame after newest is published, the producer is dead, or the set is removed. A
 * viewer that falls 32 frames behind between reading newest and sleeping may sleep on. So give a
 * timeout.
 * -EAGAIN  timeout_ns passed
 * -EINTR   a signal handler ran */
int ring_wait(int id, uint64_t newest, int64_t timeout_ns);

/* Checks that owner created this set for a channel.
 * -EPROTO  it is a foreign set
 * -EIDRM   it does not exist any more */
int ring_check(int id, uid_t owner);

/* Queries whether the producer lives. *alive is false if the producer is dead or the set is
 * removed.
 * -EACCES  this user may not read the set */
int ring_query_alive(int id, bool *alive);

/* The producer's process id; 0 before ring_start. */
int ring_producer_pid(int id, pid_t *pid);

/* Whether process pid raised the set. pid 0: no such process. */
bool ring_is_of_process(int id, pid_t pid);

/* Removes the set of this key if it is ours and dead. Returns whether it did. */
bool ring_remove_dead(key_t key);

/* The same by id. If process pid is known to have stopped producing, a set that it raised is dead
 * even while raised: the process now runs another program. 0: no such pid. */
bool ring_remove_dead_id(int id, pid_t pid);

void ring_remove(int id);

#endif
