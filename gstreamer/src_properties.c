/* SPDX-License-Identifier: MIT */
#include "src_properties.h"

enum {
	CHANNEL = 1,
	DIRECTORY,
	VIEW,
	IS_LIVE,
	TIMESTAMPS,
	MAX_HELD,
	ON_END,
	STATS = GST_SHMFLIP_SRC_STATS,
};

#define FLAGS (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)
#define DEFAULT_CHANNEL "default"

static GType view_type(void)
{
	static const GEnumValue values[] = {
		{ SHMFLIP_VIEW_AUTO, "Newest under policy latest, every under lossless", "auto" },
		{ SHMFLIP_VIEW_NEWEST, "The newest frame: skip those in between", "newest" },
		{ SHMFLIP_VIEW_EVERY, "Every frame: the producer may have to wait", "every" },
		{ 0, NULL, NULL },
	};
	static GType type;

	if (g_once_init_enter(&type))
		g_once_init_leave(&type, g_enum_register_static("GstShmflipSrcView", values));
	return type;
}

static GType timestamps_type(void)
{
	static const GEnumValue values[] = {
		{ GST_SHMFLIP_PUBLISHED, "When the producer published the frame", "published" },
		{ GST_SHMFLIP_PRESENTATION,
		  "When the producer says to show the frame, from its first frame on",
		  "presentation" },
		{ 0, NULL, NULL },
	};
	static GType type;

	if (g_once_init_enter(&type))
		g_once_init_leave(&type, g_enum_register_static("GstShmflipSrcTimestamps", values));
	return type;
}

static GType on_end_type(void)
{
	static const GEnumValue values[] = {
		{ GST_SHMFLIP_EOS, "End the stream", "eos" },
		{ GST_SHMFLIP_WAIT, "Wait for the channel's next producer", "wait" },
		{ 0, NULL, NULL },
	};
	static GType type;

	if (g_once_init_enter(&type))
		g_once_init_leave(&type, g_enum_register_static("GstShmflipSrcOnEnd", values));
	return type;
}

void gst_shmflip_src_properties_init(struct gst_shmflip_src_properties *properties)
{
	*properties = (struct gst_shmflip_src_properties){
		.channel = g_strdup(DEFAULT_CHANNEL),
		.view = SHMFLIP_VIEW_AUTO,
		.is_live = TRUE,
		.max_held = GST_SHMFLIP_MAX_HELD_AUTO,
	};
}

void gst_shmflip_src_properties_finish(struct gst_shmflip_src_properties *properties)
{
	g_free(properties->channel);
	g_free(properties->dir);
}

static void install_enum(GObjectClass *class, guint id, const char *name, const char *nick,
                         const char *blurb, GType type)
{
	gst_type_mark_as_plugin_api(type, 0);
	g_object_class_install_property(class, id,
	                                g_param_spec_enum(name, nick, blurb, type, 0, FLAGS));
}

void gst_shmflip_src_properties_install(GObjectClass *class)
{
	g_object_class_install_property(
		class, CHANNEL,
		g_param_spec_string("channel", "Channel",
	                            "Name of the channel: letters, digits, - _ and .",
	                            DEFAULT_CHANNEL, FLAGS));
	g_object_class_install_property(
		class, DIRECTORY,
		g_param_spec_string("dir", "Directory",
	                            "Directory of channels (unset: $SHMFLIP_DIR, else "
	                            "$XDG_RUNTIME_DIR/shmflip, else /tmp/shmflip-UID)",
	                            NULL, FLAGS));
	install_enum(class, VIEW, "view", "View", "Which frames to take", view_type());
	g_object_class_install_property(
		class, IS_LIVE,
		g_param_spec_boolean("is-live", "Is live",
	                             "Whether frames come in real time. If not, the pipeline waits "
	                             "for the first frame before it plays, and that frame's time "
	                             "is 0",
	                             TRUE, FLAGS));
	install_enum(class, TIMESTAMPS, "timestamps", "Timestamps",
	             "Where the buffers' times come from", timestamps_type());
	g_object_class_install_property(
		class, MAX_HELD,
		g_param_spec_int(
			"max-held", "Frames held",
			"Frames that buffers may hold in shared memory at once. Further "
			"buffers are copies, so that the producer never waits for this "
			"pipeline (-1: the channel's slots minus 2)",
			GST_SHMFLIP_MAX_HELD_AUTO, SHMFLIP_SLOTS_MAX, GST_SHMFLIP_MAX_HELD_AUTO,
			G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
	install_enum(class, ON_END, "on-end", "On end", "What to do when the producer ends or dies",
	             on_end_type());
	g_object_class_install_property(
		class, STATS,
		g_param_spec_boxed("stats", "Statistics",
	                           "Frames published, acquired, missed, dropped by the producer, "
	                           "copied; frames held now; producers so far",
	                           GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void set_string(char **to, const GValue *value, const char *otherwise)
{
	const char *text = g_value_get_string(value);

	g_free(*to);
	*to = g_strdup(text ? text : otherwise);
}

gboolean gst_shmflip_src_properties_set(struct gst_shmflip_src_properties *properties, guint id,
                                        const GValue *value)
{
	switch (id) {
	case CHANNEL:
		set_string(&properties->channel, value, DEFAULT_CHANNEL);
		return TRUE;
	case DIRECTORY:
		set_string(&properties->dir, value, NULL);
		return TRUE;
	case VIEW:
		properties->view = g_value_get_enum(value);
		return TRUE;
	case IS_LIVE:
		properties->is_live = g_value_get_boolean(value);
		return TRUE;
	case TIMESTAMPS:
		properties->timestamps = g_value_get_enum(value);
		return TRUE;
	case MAX_HELD:
		properties->max_held = g_value_get_int(value);
		return TRUE;
	case ON_END:
		properties->on_end = g_value_get_enum(value);
		return TRUE;
	default:
		return FALSE;
	}
}

gboolean gst_shmflip_src_properties_get(const struct gst_shmflip_src_properties *properties,
                                        guint id, GValue *value)
{
	switch (id) {
	case CHANNEL:
		g_value_set_string(value, properties->channel);
		return TRUE;
	case DIRECTORY:
		g_value_set_string(value, properties->dir);
		return TRUE;
	case VIEW:
		g_value_set_enum(value, properties->view);
		return TRUE;
	case IS_LIVE:
		g_value_set_boolean(value, properties->is_live);
		return TRUE;
	case TIMESTAMPS:
		g_value_set_enum(value, properties->timestamps);
		return TRUE;
	case MAX_HELD:
		g_value_set_int(value, properties->max_held);
		return TRUE;
	case ON_END:
		g_value_set_enum(value, properties->on_end);
		return TRUE;
	default:
		return FALSE;
	}
}
