/* SPDX-License-Identifier: MIT */
#include "sink.h"
#include "src.h"

static gboolean plugin_init(GstPlugin *plugin)
{
	return GST_ELEMENT_REGISTER(shmflipsink, plugin) &&
	       gst_element_register(plugin, "shmflipsrc", GST_RANK_NONE, GST_TYPE_SHMFLIP_SRC);
}

#define PACKAGE "shmflip"

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, shmflip,
                  "Video frames shared between processes without copying", plugin_init,
                  PROGRAM_VERSION, "MIT", "shmflip", "Unknown package origin")
