/* SPDX-License-Identifier: MIT
 *
 * The library's errors as a sink's messages. */
#ifndef SINK_ERRORS_H
#define SINK_ERRORS_H

#include <gst/gst.h>

/* [any] Posts the calling thread's last error of the library, a negative errno, as a message of
 * type ERROR with one line. */
void gst_shmflip_sink_report(GstElement *element, int error);

#endif
