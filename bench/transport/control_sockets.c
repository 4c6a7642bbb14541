/* SPDX-License-Identifier: MIT */
#include "control_sockets.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

union control {
	struct cmsghdr header;
	char room[CMSG_SPACE(sizeof(int))];
};

static int connect_receiver(struct link *link, unsigned receiver)
{
	struct control_sockets *sockets = link->state;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return link_fail_errno(link, "socketpair");
	sockets->sender_fds[receiver] = ends[0];
	sockets->receiver_fds[receiver] = ends[1];
	return 0;
}

int control_sockets_prepare(struct link *link, uint64_t state_bytes)
{
	struct control_sockets *sockets;
	int error = link_make_state(link, state_bytes);

	if (error)
		return error;
	sockets = link->state;
	for (int i = 0; i < RECEIVERS_MAX; i++)
		sockets->sender_fds[i] = sockets->receiver_fds[i] = -1;
	for (unsigned i = 0; i < link->receivers && !error; i++)
		error = connect_receiver(link, i);
	if (error)
		control_sockets_finish(link, false);
	return error;
}

void control_sockets_finish(struct link *link, bool killed)
{
	struct control_sockets *sockets = link->state;

	(void)killed;
	link_close_fds(sockets->sender_fds);
	link_close_fds(sockets->receiver_fds);
}

void control_sockets_open_sender(struct link *link)
{
	struct control_sockets *sockets = link->state;

	link_close_fds(sockets->receiver_fds);
}

int control_sockets_open_receiver(struct link *link, unsigned receiver)
{
	struct control_sockets *sockets = link->state;

	sockets->fd = sockets->receiver_fds[receiver];
	sockets->receiver_fds[receiver] = -1;
	control_sockets_finish(link, false);
	return 0;
}

int control_sockets_wait_buffer(struct link *link, unsigned *index)
{
	const struct control_sockets *sockets = link->state;
	ssize_t bytes;
	char answer;

	for (unsigned i = 0; sockets->sent >= CONTROL_FRAMES && i < link->receivers; i++) {
		do
			bytes = read(sockets->sender_fds[i], &answer, 1);
		while (bytes < 0 && errno == EINTR);
		if (bytes < 0)
			return link_fail_errno(link, "read");
		if (bytes == 0)
			return link_fail(link, -EPIPE, "a receiver closed its end");
	}
	*index = (unsigned)(sockets->sent % CONTROL_FRAMES);
	return 0;
}

static void attach_fd(struct msghdr *packet, union control *control, int fd)
{
	memset(control, 0, sizeof(*control));
	packet->msg_control = control->room;
	packet->msg_controllen = sizeof(control->room);
	control->header.cmsg_level = SOL_SOCKET;
	control->header.cmsg_type = SCM_RIGHTS;
	control->header.cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(&control->header), &fd, sizeof(fd));
}

int control_sockets_send(struct link *link, const void *message, int fd)
{
	struct control_sockets *sockets = link->state;
	struct iovec piece = { .iov_base = (void *)message, .iov_len = CONTROL_MESSAGE_SIZE };
	struct msghdr packet = { .msg_iov = &piece, .msg_iovlen = 1 };
	union control control;

	if (fd >= 0)
		attach_fd(&packet, &control, fd);
	for (unsigned i = 0; i < link->receivers; i++)
		while (sendmsg(sockets->sender_fds[i], &packet, MSG_NOSIGNAL) < 0)
			if (errno != EINTR)
				return link_fail_errno(link, "sendmsg");
	sockets->sent++;
	return 0;
}

int control_sockets_receive(struct link *link, void *message, int *fd)
{
	const struct control_sockets *sockets = link->state;
	struct iovec piece = { .iov_base = message, .iov_len = CONTROL_MESSAGE_SIZE };
	union control control = { 0 };
	struct msghdr packet = { .msg_iov = &piece,
		                 .msg_iovlen = 1,
		                 .msg_control = control.room,
		                 .msg_controllen = sizeof(control.room) };
	const struct cmsghdr *header;
	ssize_t bytes;

	do
		bytes = recvmsg(sockets->fd, &packet, MSG_CMSG_CLOEXEC);
	while (bytes < 0 && errno == EINTR);
	if (bytes < 0)
		return link_fail_errno(link, "recvmsg");
	if (bytes != CONTROL_MESSAGE_SIZE)
		return link_fail(link, -EPIPE, "the sender closed its end");
	header = CMSG_FIRSTHDR(&packet);
	*fd = -1;
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(header), sizeof(*fd));
	return 0;
}

void control_sockets_answer(struct link *link)
{
	const struct control_sockets *sockets = link->state;

	while (write(sockets->fd, "", 1) < 0 && errno == EINTR)
		;
}
