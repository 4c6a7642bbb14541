/* SPDX-License-Identifier: MIT
 *
 * Whether the producer of the current frame lives, without taking a frame. Main thread. */
#ifndef SHMFLIP_VIEWER_SESSION_PRODUCER_H
#define SHMFLIP_VIEWER_SESSION_PRODUCER_H

#include "session.h"

/* For a caller that takes no frames. SESSION_LOST if the producer of the current frame is gone,
 * else SESSION_NOTHING. Opens and attaches the channel anew, which takes some tens of us. Reports
 * and counts nothing: session_take_frame() will, after the last frame. */
enum session_event session_check_producer(struct session *session);

#endif
