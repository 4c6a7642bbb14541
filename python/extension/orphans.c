/* SPDX-License-Identifier: MIT */
#include "orphans.h"

#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>

/* A fork waits for the mutex, so that a child sees a complete list. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct orphan_memory *list;
unsigned orphans_forks;

static void before_fork(void)
{
	pthread_mutex_lock(&mutex);
}

static void after_fork_in_parent(void)
{
	pthread_mutex_unlock(&mutex);
}

static void after_fork_in_child(void)
{
	/* If a grandchild has zeros already, the call fails, and they stay. */
	for (struct orphan_memory *memory = list; memory; memory = memory->next)
		(void)mmap(memory->address, memory->bytes, PROT_READ | PROT_WRITE,
		           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1,
		           0);
	orphans_forks++;
	pthread_mutex_unlock(&mutex);
}

int orphans_init(void)
{
	return -pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

void orphans_add(struct orphan_memory *memory, const void *address, size_t bytes)
{
	memory->forks = orphans_forks;
	memory->address = (void *)(uintptr_t)address;
	memory->bytes = bytes;
	pthread_mutex_lock(&mutex);
	memory->next = list;
	memory->link = &list;
	if (list)
		list->link = &memory->next;
	list = memory;
	pthread_mutex_unlock(&mutex);
}

void orphans_remove(struct orphan_memory *memory)
{
	pthread_mutex_lock(&mutex);
	*memory->link = memory->next;
	if (memory->next)
		memory->next->link = memory->link;
	pthread_mutex_unlock(&mutex);
	if (memory->forks != orphans_forks)
		munmap(memory->address, memory->bytes);
}
