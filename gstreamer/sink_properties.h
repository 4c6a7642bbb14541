/* SPDX-License-Identifier: MIT
 *
 * The properties of shmflipsink. */
#ifndef SINK_PROPERTIES_H
#define SINK_PROPERTIES_H

#include <gst/gst.h>

#include <shmflip.h>

enum {
	GST_SHMFLIP_SINK_CHANNEL = 1,
	GST_SHMFLIP_SINK_DIR,
	GST_SHMFLIP_SINK_SLOTS,
	GST_SHMFLIP_SINK_POLICY,
	GST_SHMFLIP_SINK_WAIT_VIEWERS,
	GST_SHMFLIP_SINK_LEASE,
	GST_SHMFLIP_SINK_MODE,
	GST_SHMFLIP_SINK_STATS, /* no option: the sink's own */
};

struct gst_shmflip_sink_properties {
	gchar *channel;
	gchar *dir; /* NULL: the library's choice */
	guint slots;
	enum shmflip_policy policy;
	guint wait_viewers;
	gint64 lease_ms;
	guint mode;
};

void gst_shmflip_sink_properties_install(GObjectClass *class);
void gst_shmflip_sink_properties_init(struct gst_shmflip_sink_properties *properties);
void gst_shmflip_sink_properties_copy(const struct gst_shmflip_sink_properties *properties,
                                      struct gst_shmflip_sink_properties *copy);
void gst_shmflip_sink_properties_finish(struct gst_shmflip_sink_properties *properties);

/* FALSE: there is no such option. */
gboolean gst_shmflip_sink_properties_set(struct gst_shmflip_sink_properties *properties, guint id,
                                         const GValue *value);
gboolean gst_shmflip_sink_properties_get(const struct gst_shmflip_sink_properties *properties,
                                         guint id, GValue *value);

/* Strings stay those of properties. */
void gst_shmflip_sink_properties_to_producer(const struct gst_shmflip_sink_properties *properties,
                                             struct shmflip_producer_options *producer);

#endif
