/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <string.h>

const struct transport *const transports[] = {
	&transport_shmflip,        &transport_shmflip_awake,
	&transport_shmflip_latest, &transport_shmflip_latest_awake,
	&transport_sysv,           &transport_mqueue,
	&transport_memfd,          &transport_memfd_fresh,
#ifdef HAVE_GSTREAMER
	&transport_gstreamer_shm,  &transport_gstreamer_unixfd,
#endif
	&transport_vmsplice,       &transport_pipe_large,
	&transport_pipe,           &transport_fifo,
	&transport_unix_large,     &transport_unix,
	&transport_readv,
#ifdef HAVE_ZEROMQ
	&transport_zeromq,
#endif
	&transport_alone,          &transport_copy,
	&transport_wake_line,      &transport_wake_futex,
	&transport_wake_semaphore, NULL,
};

const struct transport *transport_named(const char *name)
{
	for (size_t i = 0; transports[i]; i++)
		if (strcmp(transports[i]->name, name) == 0)
			return transports[i];
	return NULL;
}
