/* SPDX-License-Identifier: MIT
 *
 * A transport hands frames from one process to others. Each is a struct of functions in a file
 * of its own; table.def says how to add one.
 *
 * The benchmark calls prepare, then forks one process for the sender and one for each receiver.
 * All inherit the link. Once they have exited, normally or not, it calls finish. The sender
 * calls open_sender, then buffer and send for each frame, then close_sender. After open_sender
 * has returned, each receiver calls open_receiver, then receive and release for each frame, then
 * close_receiver. No frame is sent before every receiver is open. All functions may block
 * without limit: a measurement that takes too long is killed. A function that a transport does
 * not need is NULL.
 *
 * Functions return 0 or a negative errno, with the reason in link->detail:
 *   -ENOTSUP  this system lacks the transport, or it does not support what was asked; not a failure
 *   -EAGAIN   from buffer: no buffer is free, and this frame is dropped
 * A transport that never drops frames must not lose one under any load. */
#ifndef SHMFLIP_BENCH_TRANSPORT_H
#define SHMFLIP_BENCH_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { RECEIVERS_MAX = 16, LINK_DETAIL_SIZE = 160 };

struct link {
	const struct transport *transport;
	const char *directory; /* for files of this run; empty, and emptied afterwards */
	uint32_t width;
	uint32_t height;
	uint32_t fourcc;
	uint64_t frame_bytes; /* of all planes with padding; a multiple of 64 */
	unsigned receivers;
	unsigned slots; /* of shmflip's channel */
	bool paced;     /* frames come at a fixed rate, not as fast as possible */
	char *detail;   /* LINK_DETAIL_SIZE bytes: why this process failed */
	void *state;    /* of the transport, allocated by prepare or open; the benchmark frees it */
};

enum transport_traits {
	TRANSPORT_SHARED = 1 << 0, /* receivers see the memory from buffer: frames made elsewhere
				    * must be copied into it */
	TRANSPORT_SPINS = 1 << 1,  /* a side keeps its processor busy while it waits */
	TRANSPORT_LIMIT = 1 << 2,  /* the best that the machine can do, to compare with */
	TRANSPORT_ALONE = 1 << 3,  /* has no receiver: send does the receiver's work */
	TRANSPORT_EMPTY = 1 << 4,  /* no pixels: frames are of FRAME_BYTES_MIN, whatever the size */
	TRANSPORT_FRESH = 1 << 5,  /* memory from buffer is empty: the sender must write each frame,
				    * whatever the work */
};

struct transport {
	const char *name;  /* for --transports */
	const char *title; /* a short description */
	unsigned traits;
	unsigned kernel_copies; /* how often the kernel copies each byte per receiver */
	unsigned touches;       /* supported kinds of work, each 1 << enum touch; 0: all */
	int variant;            /* if one file defines several transports */

	int (*prepare)(struct link *link);
	void (*finish)(struct link *link, bool killed);

	int (*open_sender)(struct link *link);
	int (*buffer)(struct link *link, uint8_t **pixels);
	int (*send)(struct link *link);
	void (*close_sender)(struct link *link);

	int (*open_receiver)(struct link *link, unsigned receiver);
	int (*receive)(struct link *link, const uint8_t **pixels);
	void (*release)(struct link *link);
	void (*close_receiver)(struct link *link);
};

/* All transports of this build, in the order of table.def; NULL-terminated. */
extern const struct transport *const transports[];

/* NULL: no transport has that name. */
const struct transport *transport_named(const char *name);

/* ---- Helpers for transports ------------------------------------------------------------------ */

/* Each sets link->detail. Returns error, or -errno. */
int link_fail(struct link *link, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int link_fail_errno(struct link *link, const char *what);

/* Allocates link->state, zeroed. Returns 0 or -ENOMEM. */
int link_make_state(struct link *link, uint64_t bytes);

/* Maps zeroed pages, private or shared with processes forked later. Unmap them with munmap(), or
 * exit. Returns 0 or a negative errno. */
int link_map(struct link *link, uint64_t bytes, bool shared, void **memory);

/* Closes the descriptors, one per receiver, and sets them to -1: none. */
void link_close_fds(int fds[RECEIVERS_MAX]);

/* "DIRECTORY/NAME", in a static buffer that the next call overwrites. */
const char *link_path(const struct link *link, const char *name);

#endif
