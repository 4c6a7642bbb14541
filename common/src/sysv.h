/* SPDX-License-Identifier: MIT
 *
 * System V shared memory and semaphores: the only user of <sys/ipc.h>, <sys/shm.h>, <sys/sem.h>.
 * Everything returns 0 or a negative errno. EINTR is retried, except in waits. Any thread. */
#ifndef SHMFLIP_SYSV_H
#define SHMFLIP_SYSV_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What the kernel says about an object. */
struct sysv_status {
	uid_t creator;
	key_t key;      /* of a set; 0 for a segment */
	uint64_t size;  /* bytes of a segment, semaphores of a set */
	uint64_t users; /* attachments of a segment */
};

/* The key of an existing file. project is 1 to 255. */
int sysv_key(const char *path, int project, key_t *key);

/* Creates a segment that only its owner may use.
 * -EEXIST  the key is in use */
int sysv_segment_create(key_t key, uint64_t bytes, int *id);
int sysv_segment_find(key_t key, int *id);
/* bytes: the segment's size. A child of fork() does not get the mapping. */
int sysv_segment_attach(int id, uint64_t bytes, bool writable, void **base);
void sysv_segment_detach(const void *base);
int sysv_segment_status(int id, struct sysv_status *status);
/* Sets group and exact mode. */
int sysv_segment_set_access(int id, gid_t group, mode_t mode);
/* Frees the key at once, and the memory when the last process has detached. */
int sysv_segment_remove(int id);

int sysv_semaphores_create(key_t key, unsigned count, int *id);
int sysv_semaphores_find(key_t key, int *id);
int sysv_semaphores_status(int id, struct sysv_status *status);
int sysv_semaphores_set_access(int id, gid_t group, mode_t mode);
int sysv_semaphores_remove(int id);
int sysv_semaphore_value(int id, unsigned number, int *value);
/* The process that last changed the semaphore, or waited for it to become 0. */
int sysv_semaphore_pid(int id, unsigned number, pid_t *pid);

struct sysv_step {
	unsigned short number;
	short change; /* added; the kernel undoes it when this process ends */
};

#define SYSV_STEPS_MAX 64

/* Makes all the changes at once, or none. Never sleeps.
 * -EAGAIN  a value would fall below 0 */
int sysv_semaphores_change(int id, const struct sysv_step *steps, unsigned count);

/* Sleeps until a semaphore is 0. Needs read permission only.
 * -EAGAIN          timeout_ns passed
 * -EINTR           a signal handler ran
 * -EIDRM, -EINVAL  the set does not exist any more */
int sysv_semaphore_wait_zero(int id, unsigned number, int64_t timeout_ns);

#endif
