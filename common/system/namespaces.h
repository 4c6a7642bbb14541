/* SPDX-License-Identifier: MIT
 *
 * Linux namespaces (namespaces(7)) by number, for the library and the programs. Any thread. */
#ifndef SHMFLIP_NAMESPACES_H
#define SHMFLIP_NAMESPACES_H

#include <stdbool.h>
#include <stdint.h>

/* This process's namespace as the inode of /proc/self/ns/KIND: "ipc" or "pid". 0: not known,
 * for instance without /proc. The kernel may use a number again once its namespace is gone. */
uint32_t namespace_number(const char *kind);

/* Whether two known numbers differ. An unknown one differs from none. */
static inline bool namespaces_differ(uint32_t one, uint32_t other)
{
	return one != 0 && other != 0 && one != other;
}

#endif
