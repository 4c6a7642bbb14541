/* SPDX-License-Identifier: MIT
 *
 * Memory files. The sender passes a descriptor with every frame.
 *
 * Pooled: two files in turn. Receivers recognise them and keep them mapped. Fresh: a new file
 * per frame, sealed against writing, as between programs that do not trust each other. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control_sockets.h"
#include "table.h"

enum variant { POOLED, FRESH };

struct file {
	int fd;
	ino_t inode;
	uint8_t *pixels; /* NULL: not mapped */
};

struct state {
	struct control_sockets sockets;
	struct file files[CONTROL_FRAMES];
	struct file *current;
};

_Static_assert(offsetof(struct state, sockets) == 0, "see control_sockets.h");

static int prepare(struct link *link)
{
	return control_sockets_prepare(link, sizeof(struct state));
}

static int make_file(struct link *link, struct file *file)
{
	file->fd = memfd_create("shmflip-bench", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (file->fd < 0)
		return link_fail_errno(link, "memfd_create");
	if (ftruncate(file->fd, (off_t)link->frame_bytes) < 0)
		return link_fail_errno(link, "ftruncate");
	file->pixels = mmap(NULL, link->frame_bytes, PROT_READ | PROT_WRITE,
	                    MAP_SHARED | MAP_POPULATE, file->fd, 0);
	if (file->pixels != MAP_FAILED)
		return 0;
	file->pixels = NULL;
	return link_fail_errno(link, "mmap");
}

static int open_sender(struct link *link)
{
	struct state *state = link->state;
	int error = 0;

	control_sockets_open_sender(link);
	for (unsigned i = 0; link->transport->variant == POOLED && i < CONTROL_FRAMES && !error;
	     i++)
		error = make_file(link, &state->files[i]);
	return error;
}

static int buffer(struct link *link, uint8_t **pixels)
{
	struct state *state = link->state;
	unsigned index;
	int error = control_sockets_wait_buffer(link, &index);

	if (error)
		return error;
	state->current = &state->files[index];
	if (link->transport->variant == FRESH)
		error = make_file(link, state->current);
	if (!error)
		*pixels = state->current->pixels;
	return error;
}

static int send(struct link *link)
{
	static const char message[CONTROL_MESSAGE_SIZE];
	struct state *state = link->state;
	struct file *file = state->current;
	bool is_fresh = link->transport->variant == FRESH;
	int error;

	if (is_fresh) {
		munmap(file->pixels, link->frame_bytes);
		if (fcntl(file->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
			return link_fail_errno(link, "F_ADD_SEALS");
	}
	error = control_sockets_send(link, message, file->fd);
	if (is_fresh)
		close(file->fd);
	return error;
}

/* The file with this inode, else a free entry; NULL: neither. */
static struct file *find_file(struct state *state, ino_t inode)
{
	for (unsigned i = 0; i < CONTROL_FRAMES; i++)
		if (!state->files[i].pixels || state->files[i].inode == inode)
			return &state->files[i];
	return NULL;
}

static int map_file(struct link *link, int fd, struct file **found)
{
	struct stat status;
	struct file *file;

	if (fstat(fd, &status) < 0)
		return link_fail_errno(link, "fstat");
	file = find_file(link->state, status.st_ino);
	if (!file || (uint64_t)status.st_size < link->frame_bytes)
		return link_fail(link, -EPROTO, "unexpected file");
	*found = file;
	if (file->pixels)
		return 0;
	file->inode = status.st_ino;
	file->pixels = mmap(NULL, link->frame_bytes, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (file->pixels != MAP_FAILED)
		return 0;
	file->pixels = NULL;
	return link_fail_errno(link, "mmap");
}

static int receive(struct link *link, const uint8_t **pixels)
{
	struct state *state = link->state;
	char message[CONTROL_MESSAGE_SIZE];
	int fd, error = control_sockets_receive(link, message, &fd);

	if (error)
		return error;
	error = map_file(link, fd, &state->current);
	close(fd);
	if (!error)
		*pixels = state->current->pixels;
	return error;
}

static void release(struct link *link)
{
	struct state *state = link->state;

	if (link->transport->variant == FRESH) {
		munmap(state->current->pixels, link->frame_bytes);
		state->current->pixels = NULL;
	}
	control_sockets_answer(link);
}

#define FUNCTIONS                                                                                  \
	.prepare = prepare, .finish = control_sockets_finish, .open_sender = open_sender,          \
	.buffer = buffer, .send = send, .open_receiver = control_sockets_open_receiver,            \
	.receive = receive, .release = release

const struct transport transport_memfd = {
	.name = "memfd",
	.title = "two memory files in turn, passed by descriptor",
	.traits = TRANSPORT_SHARED,
	.variant = POOLED,
	FUNCTIONS,
};

const struct transport transport_memfd_fresh = {
	.name = "memfd-fresh",
	.title = "a new, sealed memory file per frame, passed by descriptor",
	.traits = TRANSPORT_SHARED | TRANSPORT_FRESH,
	.variant = FRESH,
	FUNCTIONS,
};
