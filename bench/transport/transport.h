/* SPDX-License-Identifier: MIT
 *
 * A way of handing frames from one process to others: a table of functions, in a file of its
 * own, and a line in table.c.
 *
 * The benchmark calls prepare, then forks one process for the sender and one for each receiver,
 * all of which inherit the link, then calls finish when they have ended, in whatever way. In the
 * sender: open_sender, then buffer and send by turns, close_sender. In a receiver, after every
 * sender's open has returned: open_receiver, then receive and release by turns, close_receiver.
 * No frame is sent before every receiver is open. All of them may block for as long as it takes:
 * whoever takes too long is killed. Functions that a transport has no use for are NULL.
 *
 * Errors are negative errno, with a line in link->detail; -ENOTSUP: this system does not have
 * it, or it is not made for what is asked, which is no failure. A transport that hands frames
 * over without loss does so under any load; one that drops them instead says so by -EAGAIN from
 * buffer. */
#ifndef BENCH_TRANSPORT_H
#define BENCH_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { RECEIVERS_MAX = 16, LINK_DETAIL_SIZE = 160 };

struct link {
	const struct transport *transport;
	const char *directory; /* for files of this run, empty; whatever is left in it is removed */
	uint32_t width;
	uint32_t height;
	uint32_t stride_bytes;
	uint64_t frame_bytes; /* a multiple of 64 */
	unsigned receivers;
	bool paced;   /* frames come at a rate, rather than as fast as they are taken */
	char *detail; /* LINK_DETAIL_SIZE bytes: what went wrong in this process */
	void *state;  /* the transport's own, made by prepare or open */
};

enum transport_traits {
	TRANSPORT_SHARED = 1 << 0, /* buffer gives memory that receivers see: frames that are ready
				    * elsewhere have to be copied into it */
	TRANSPORT_SPINS = 1 << 1,  /* a side burns its processor while it waits */
	TRANSPORT_LIMIT = 1 << 2,  /* what the machine can do at best, to compare with */
	TRANSPORT_ALONE = 1 << 3,  /* has no receiver: send does what one would do */
	TRANSPORT_EMPTY = 1 << 4,  /* its frames have no pixels, only a beginning and an end */
	TRANSPORT_FRESH = 1 << 5,  /* memory that buffer gives holds nothing: whatever the work, the
				    * sender has to write each frame */
};

struct transport {
	const char *name;  /* for --transports */
	const char *title; /* what it is, in a few words */
	unsigned traits;
	unsigned kernel_copies; /* times that the kernel copies each byte, for each receiver */
	unsigned touches;       /* 1 << enum touch: the only kinds of work that it is for; 0: all */
	int variant;            /* where one file serves several lines of the table */

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

/* All that this program was built with, opponents first, then limits; NULL-terminated. */
extern const struct transport *const transports[];

/* NULL: there is none of that name. */
const struct transport *transport_named(const char *name);

/* ---- What transports share ------------------------------------------------------------------ */

/* Writes link->detail; returns error, or what errno says. */
int link_fail(struct link *link, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int link_fail_errno(struct link *link, const char *what);

/* Zeroed memory of link->state. -ENOMEM. */
int link_make_state(struct link *link, uint64_t bytes);

/* Pages of this process's own, or to be shared with those that are forked from it. -ENOMEM.
 * To be unmapped by munmap, or by the end of the process. */
int link_map(struct link *link, uint64_t bytes, bool shared, void **memory);

/* Closes the descriptors, one per receiver, and sets them to -1: none. */
void link_close_fds(int fds[RECEIVERS_MAX]);

/* "DIRECTORY/NAME", in memory that the next call reuses. */
const char *link_path(const struct link *link, const char *name);

#endif
