/* SPDX-License-Identifier: MIT */
#include "sink.h"
#include "src.h"

static gboolean plugin_init(GstPlugin *plugin)
{
	return GST_ELEMENT_REGISTER(shmflipsink, plugin) &&
	       GST_ELEMENT_REGISTER(shmflipsrc, plugin);
}

#define PACKAGE "shmflip"

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, shmflip,
                  "Video frames shared between processes without copying", plugin_init,
                  PROGRAM_VERSION, "MIT/X11", "shmflip", "Unknown package origin")
