/* SPDX-License-Identifier: MIT */
#include "sink_properties.h"

#define FLAGS (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)
#define DEFAULT_CHANNEL "default"

static GType get_policy_type(void)
{
	static const GEnumValue values[] = {
		{ SHMFLIP_POLICY_LATEST, "No slot is free: drop the frame", "latest" },
		{ SHMFLIP_POLICY_LOSSLESS, "No slot is free: wait", "lossless" },
		{ 0, NULL, NULL },
	};
	static GType type;

	if (g_once_init_enter(&type))
		g_once_init_leave(&type, g_enum_register_static("GstShmflipPolicy", values));
	return type;
}

static void install_channel(GObjectClass *class)
{
	g_object_class_install_property(
		class, GST_SHMFLIP_SINK_CHANNEL,
		g_param_spec_string("channel", "Channel",
	                            "Name of the channel: letters, digits, - _ and .",
	                            DEFAULT_CHANNEL, FLAGS));
	g_object_class_install_property(
		class, GST_SHMFLIP_SINK_DIR,
		g_param_spec_string("dir", "Directory",
	                            "Directory of channels (unset: $SHMFLIP_DIR, else "
	                            "$XDG_RUNTIME_DIR/shmflip, else /tmp/shmflip-UID)",
	                            NULL, FLAGS));
	g_object_class_install_property(
		class, GST_SHMFLIP_SINK_MODE,
		g_param_spec_uint(
			"mode", "Mode",
			"Who may attach: 0600 the user, 0640 the group too, 0644 all (octal, with "
			"the 0)",
			0, 07777, 0600, FLAGS));
}

static void install_waiting(GObjectClass *class)
{
	g_object_class_install_property(
		class, GST_SHMFLIP_SINK_SLOTS,
		g_param_spec_uint(
			"slots", "Slots",
			"Frames that shared memory has room for. Upstream raises it to the "
			"least number of its buffers and 2 more",
			SHMFLIP_SLOTS_MIN, SHMFLIP_SLOTS_MAX, 4, FLAGS));
	g_object_class_install_property(
		class, GST_SHMFLIP_SINK_POLICY,
		g_param_spec_enum("policy", "Policy", "What to do when viewers hold every slot",
	                          get_policy_type(), SHMFLIP_POLICY_LATEST, FLAGS));
	g_object_class_install_property(
		class, GST_SHMFLIP_SINK_WAIT_VIEWERS,
		g_param_spec_uint("wait-viewers", "Wait for viewers",
	                          "Wait for so many viewers before the first frame", 0,
	                          SHMFLIP_VIEWERS_MAX, 0, FLAGS));
	g_object_class_install_property(
		class, GST_SHMFLIP_SINK_LEASE,
		g_param_spec_int64("lease", "Lease",
	                           "Milliseconds that a viewer may hold the last free slot, before "
	                           "the sink takes other memory (0 = 2000 under latest, no limit "
	                           "under lossless; negative = no limit)",
	                           G_MININT64, G_MAXINT64, 0, FLAGS));
}

void gst_shmflip_sink_properties_install(GObjectClass *class)
{
	install_channel(class);
	install_waiting(class);
	g_object_class_install_property(
		class, GST_SHMFLIP_SINK_STATS,
		g_param_spec_boxed(
			"stats", "Statistics",
			"Frames published, of them copied, dropped, kept by upstream now; "
			"and buffers that were no slots (fallbacks)",
			GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
	gst_type_mark_as_plugin_api(get_policy_type(), 0);
}

void gst_shmflip_sink_properties_init(struct gst_shmflip_sink_properties *properties)
{
	*properties = (struct gst_shmflip_sink_properties){
		.channel = g_strdup(DEFAULT_CHANNEL),
		.slots = 4,
		.policy = SHMFLIP_POLICY_LATEST,
		.mode = 0600,
	};
}

void gst_shmflip_sink_properties_copy(const struct gst_shmflip_sink_properties *properties,
                                      struct gst_shmflip_sink_properties *copy)
{
	*copy = *properties;
	copy->channel = g_strdup(properties->channel);
	copy->dir = g_strdup(properties->dir);
}

void gst_shmflip_sink_properties_finish(struct gst_shmflip_sink_properties *properties)
{
	g_free(properties->channel);
	g_free(properties->dir);
}

static void set_string(gchar **string, const GValue *value, const char *otherwise)
{
	const char *text = g_value_get_string(value);

	g_free(*string);
	*string = g_strdup(text ? text : otherwise);
}

gboolean gst_shmflip_sink_properties_set(struct gst_shmflip_sink_properties *properties, guint id,
                                         const GValue *value)
{
	switch (id) {
	case GST_SHMFLIP_SINK_CHANNEL:
		set_string(&properties->channel, value, DEFAULT_CHANNEL);
		return TRUE;
	case GST_SHMFLIP_SINK_DIR:
		set_string(&properties->dir, value, NULL);
		return TRUE;
	case GST_SHMFLIP_SINK_SLOTS:
		properties->slots = g_value_get_uint(value);
		return TRUE;
	case GST_SHMFLIP_SINK_POLICY:
		properties->policy = (enum shmflip_policy)g_value_get_enum(value);
		return TRUE;
	case GST_SHMFLIP_SINK_WAIT_VIEWERS:
		properties->wait_viewers = g_value_get_uint(value);
		return TRUE;
	case GST_SHMFLIP_SINK_LEASE:
		properties->lease_ms = g_value_get_int64(value);
		return TRUE;
	case GST_SHMFLIP_SINK_MODE:
		properties->mode = g_value_get_uint(value);
		return TRUE;
	default:
		return FALSE;
	}
}

gboolean gst_shmflip_sink_properties_get(const struct gst_shmflip_sink_properties *properties,
                                         guint id, GValue *value)
{
	switch (id) {
	case GST_SHMFLIP_SINK_CHANNEL:
		g_value_set_string(value, properties->channel);
		return TRUE;
	case GST_SHMFLIP_SINK_DIR:
		g_value_set_string(value, properties->dir);
		return TRUE;
	case GST_SHMFLIP_SINK_SLOTS:
		g_value_set_uint(value, properties->slots);
		return TRUE;
	case GST_SHMFLIP_SINK_POLICY:
		g_value_set_enum(value, (gint)properties->policy);
		return TRUE;
	case GST_SHMFLIP_SINK_WAIT_VIEWERS:
		g_value_set_uint(value, properties->wait_viewers);
		return TRUE;
	case GST_SHMFLIP_SINK_LEASE:
		g_value_set_int64(value, properties->lease_ms);
		return TRUE;
	case GST_SHMFLIP_SINK_MODE:
		g_value_set_uint(value, properties->mode);
		return TRUE;
	default:
		return FALSE;
	}
}

void gst_shmflip_sink_properties_to_producer(const struct gst_shmflip_sink_properties *properties,
                                             struct shmflip_producer_options *producer)
{
	shmflip_init(producer);
	producer->channel = properties->channel;
	producer->dir = properties->dir;
	producer->policy = properties->policy;
	producer->lease_ms = properties->lease_ms;
	producer->mode = (mode_t)properties->mode;
}
