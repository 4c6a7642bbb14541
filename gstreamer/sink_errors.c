/* SPDX-License-Identifier: MIT */
#include "sink_errors.h"

#include <errno.h>

#include <shmflip.h>

/* The library's line says what is wrong. It knows no properties. */
static const char *hint_of(int error)
{
	switch (error) {
	case -EBUSY:
		return " (property channel)";
	case -EPERM:
	case -EACCES:
		return " (property dir chooses another directory)";
	default:
		return "";
	}
}

static GstResourceError code_of(int error)
{
	switch (error) {
	case -EBUSY:
	case -ESTALE:
		return GST_RESOURCE_ERROR_BUSY;
	case -ENOSPC:
	case -ENOMEM:
		return GST_RESOURCE_ERROR_NO_SPACE_LEFT;
	case -EINVAL:
	case -EOVERFLOW:
	case -ENAMETOOLONG:
		return GST_RESOURCE_ERROR_SETTINGS;
	default:
		return GST_RESOURCE_ERROR_OPEN_WRITE;
	}
}

/* GST_ELEMENT_ERROR takes only the name of a code. */
static void report_library(GstElement *sink, int error)
{
	gchar *text = g_strconcat(shmflip_error_detail(), hint_of(error), NULL);

	gst_element_message_full(sink, GST_MESSAGE_ERROR, GST_RESOURCE_ERROR, code_of(error), text,
	                         NULL, __FILE__, GST_FUNCTION, __LINE__);
}

void gst_shmflip_sink_report(GstElement *sink, int error)
{
	if (error == -ENOTCONN)
		GST_ELEMENT_ERROR(sink, CORE, NEGOTIATION,
		                  ("a buffer came before caps: put a capsfilter before the sink"),
		                  (NULL));
	else if (error == -EBADMSG)
		GST_ELEMENT_ERROR(sink, STREAM, FORMAT,
		                  ("a buffer does not hold a frame of the size that caps say"),
		                  (NULL));
	else
		report_library(sink, error);
}
