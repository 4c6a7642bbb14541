/* SPDX-License-Identifier: MIT
 *
 * The semaphore ring: viewers sleep on it, and the producer wakes them.
 *
 * Semaphore f % 64 is 0 when frame f is out. The producer keeps the next 32 raised, and ALIVE, all
 * with SEM_UNDO: when it dies, by whatever cause, the kernel takes the raises back and every sleeper
 * wakes. A viewer waits for a semaphore to become 0, which takes nothing away from other viewers and
 * needs the right to read only. Nobody ever sets a value: that would delete the undo. */
#ifndef SHMFLIP_RING_H
#define SHMFLIP_RING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Makes the set; nobody sleeps on it and it is not alive before ring_start. -EEXIST. */
int ring_create(key_t key, gid_t group, mode_t mode, int *id);

/* Raises ALIVE and the semaphores of the frames after newest. -ENOTSUP: no SEM_UNDO here. */
int ring_start(int id, uint64_t newest);

/* Frame is out: one system call, whoever sleeps. -EIDRM, -EINVAL: somebody removed the set. */
int ring_publish(int id, uint64_t frame);

/* Sleeps until the frame after newest is out, the producer is dead, or the set is gone: 0. A viewer
 * that falls behind by 32 frames between reading newest and sleeping may sleep on; so give a timeout.
 * -EAGAIN: timeout_ns passed. -EINTR. */
int ring_wait(int id, uint64_t newest, int64_t timeout_ns);

/* Whether this is a set that owner made for a channel. -EPROTO: a stranger's. -EIDRM: it is gone. */
int ring_check(int id, uid_t owner);

/* Whether its producer lives: 1, 0 (dead, or the set is gone), or -EACCES. */
int ring_alive(int id);

/* Its producer's process id, or a negative errno. */
int ring_producer_pid(int id);

/* Removes the set of this key if it is ours and dead. Returns whether it did. */
bool ring_remove_dead(key_t key);

/* The same by id. If process pid is known to have stopped producing, a set that it raised is dead even
 * while raised: the process now runs another program. 0: no such pid. */
bool ring_remove_dead_id(int id, pid_t pid);

void ring_remove(int id);

#endif
