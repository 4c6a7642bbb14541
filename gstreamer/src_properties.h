/* SPDX-License-Identifier: MIT
 *
 * What a user sets of shmflipsrc. The element's object lock protects it. */
#ifndef SRC_PROPERTIES_H
#define SRC_PROPERTIES_H

#include <gst/gst.h>

#include <shmflip.h>

enum gst_shmflip_timestamps { GST_SHMFLIP_PUBLISHED, GST_SHMFLIP_PRESENTATION };
enum gst_shmflip_on_end { GST_SHMFLIP_EOS, GST_SHMFLIP_WAIT };
enum { GST_SHMFLIP_MAX_HELD_AUTO = -1 };

struct gst_shmflip_src_properties {
	char *channel;
	char *dir;      /* NULL: shmflip's default */
	int view;       /* enum shmflip_view */
	int timestamps; /* enum gst_shmflip_timestamps */
	int on_end;     /* enum gst_shmflip_on_end */
	int max_held;
	gboolean is_live;
};

enum { GST_SHMFLIP_SRC_STATS = 8 }; /* the id of the property that the element itself answers */

/* Sets the defaults; frees the strings. */
void gst_shmflip_src_properties_init(struct gst_shmflip_src_properties *properties);
void gst_shmflip_src_properties_finish(struct gst_shmflip_src_properties *properties);

/* Declares all properties of the element. */
void gst_shmflip_src_properties_install(GObjectClass *class);

/* Sets or gets one, except stats. FALSE: there is none with this id. */
gboolean gst_shmflip_src_properties_set(struct gst_shmflip_src_properties *properties, guint id,
                                        const GValue *value);
gboolean gst_shmflip_src_properties_get(const struct gst_shmflip_src_properties *properties,
                                        guint id, GValue *value);

#endif
