/* SPDX-License-Identifier: MIT */
#include <gst/gst.h>

static gboolean plugin_init(GstPlugin *plugin)
{
	(void)plugin;
	return TRUE;
}

#define PACKAGE "shmflip"

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, shmflip,
                  "Video frames shared between processes without copying", plugin_init,
                  PROGRAM_VERSION, "MIT", "shmflip", "https://example.org")
