/* SPDX-License-Identifier: MIT
 *
 * The properties of shmflipsink. */
#ifndef SINK_OPTIONS_H
#define SINK_OPTIONS_H

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

struct gst_shmflip_sink_options {
	gchar *channel;
	gchar *dir; /* NULL: the library's choice */
	guint slots;
	enum shmflip_policy policy;
	guint wait_viewers;
	gint64 lease_ms;
	guint mode;
};

void gst_shmflip_sink_options_install(GObjectClass *class);
void gst_shmflip_sink_options_init(struct gst_shmflip_sink_options *options);
void gst_shmflip_sink_options_finish(struct gst_shmflip_sink_options *options);

/* FALSE: there is no such option. */
gboolean gst_shmflip_sink_options_set(struct gst_shmflip_sink_options *options, guint id,
                                      const GValue *value);
gboolean gst_shmflip_sink_options_get(const struct gst_shmflip_sink_options *options, guint id,
                                      GValue *value);

/* Strings stay those of options. */
void gst_shmflip_sink_options_of_producer(const struct gst_shmflip_sink_options *options,
                                          struct shmflip_producer_options *producer);

#endif
