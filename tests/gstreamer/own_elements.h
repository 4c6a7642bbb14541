/* SPDX-License-Identifier: MIT
 *
 * The elements of the test's own program. A plugin that is loaded beside them would register the
 * same types again, and GStreamer's scanner of plugins cannot load one that has sanitizers. */
#ifndef OWN_ELEMENTS_H
#define OWN_ELEMENTS_H

#include <gst/gst.h>

#include "sink.h"
#include "src.h"

static inline void init_own_elements(int *argc, char ***argv)
{
	gst_init(argc, argv);
	GST_ELEMENT_REGISTER(shmflipsink, NULL);
	GST_ELEMENT_REGISTER(shmflipsrc, NULL);
}

#endif
