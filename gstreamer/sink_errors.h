/* SPDX-License-Identifier: MIT
 *
 * What shmflipsink says when it cannot work. */
#ifndef SINK_ERRORS_H
#define SINK_ERRORS_H

#include <gst/gst.h>

/* Posts an error of channel.h or sender.h: one line that says what to do. If the library has a line
 * for it, call no other of its functions in between. */
void gst_shmflip_sink_report(GstElement *sink, int error);

#endif
