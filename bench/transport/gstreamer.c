/* SPDX-License-Identifier: MIT
 *
 * GStreamer's elements for other processes: shmsink and shmsrc, and from GStreamer 1.24
 * unixfdsink and unixfdsrc. They are used at their best. Frames are made in memory of the sink's
 * own allocator, so that it copies nothing, and pushed from the sender's thread. Receivers pull
 * them from an appsink. */
#include <dirent.h>
#include <errno.h>
#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "table.h"

enum { BUFFERS = 2, MARGIN_BYTES = 1 << 20 };
enum variant { SHM, UNIXFD };

static const struct names {
	const char *sink;
	const char *source;
	const char *description; /* the receiver's pipeline */
} names[] = {
	[SHM] = { "shmsink", "shmsrc",
	          "shmsrc socket-path=%s is-live=true ! appsink name=end sync=false "
	          "max-buffers=1" },
	[UNIXFD] = { "unixfdsink", "unixfdsrc",
	             "unixfdsrc socket-path=%s ! appsink name=end sync=false max-buffers=1" },
};

struct state {
	_Atomic pid_t *sender; /* in shared memory, for finish() to clean up */
	GstElement *pipeline;
	GstElement *end; /* the sender's sink, or the receiver's appsink */
	GstPad *pad;     /* frames are pushed from it */
	GstMemory *memory[BUFFERS];
	unsigned next;
	sem_t returned;  /* counts memory blocks that no receiver holds */
	sem_t connected; /* counts receivers */
	bool waited;
	GstSample *sample;
	GstBuffer *buffer;
	GstMapInfo map;
};

static int prepare(struct link *link)
{
	struct state *state;
	void *memory;
	int error = link_make_state(link, sizeof(*state));

	if (!error)
		error = link_map(link, sizeof(*state->sender), true, &memory);
	if (error)
		return error;
	state = link->state;
	state->sender = memory;
	return 0;
}

/* A killed shmsink leaves its memory in /dev/shm, with its pid in the name. */
static void remove_memory_of(pid_t sender)
{
	DIR *directory = opendir("/dev/shm");
	struct dirent *entry;
	int pid;

	while (directory && (entry = readdir(directory)))
		if (sscanf(entry->d_name, "shmpipe.%d.", &pid) == 1 && pid == sender)
			unlinkat(dirfd(directory), entry->d_name, 0);
	if (directory)
		closedir(directory);
}

static void finish(struct link *link, bool killed)
{
	struct state *state = link->state;
	pid_t sender = atomic_load(state->sender);

	if (killed && sender)
		remove_memory_of(sender);
	munmap(state->sender, sizeof(*state->sender));
}

static int begin(struct link *link)
{
	const char *element = names[link->transport->variant].sink;
	GstElementFactory *factory;
	GError *reason = NULL;

	if (!gst_init_check(NULL, NULL, &reason))
		return link_fail(link, -ENOTSUP, "cannot start GStreamer: %s", reason->message);
	factory = gst_element_factory_find(element);
	if (!factory)
		return link_fail(link, -ENOTSUP, "%s has no %s", gst_version_string(), element);
	gst_object_unref(factory);
	return 0;
}

/* ---- Sender ---------------------------------------------------------------------------------- */

static void count_receiver(GstElement *sink, int fd, gpointer user)
{
	struct state *state = user;

	(void)sink, (void)fd;
	sem_post(&state->connected);
}

static int start_sink(struct link *link)
{
	struct state *state = link->state;
	GstPad *sink_pad;
	bool linked;

	state->pipeline = gst_pipeline_new(NULL);
	state->end = gst_element_factory_make(names[link->transport->variant].sink, NULL);
	g_object_set(state->end, "socket-path", link_path(link, "gstreamer"), "sync", FALSE,
	             "async", FALSE, NULL);
	if (link->transport->variant == SHM) {
		g_object_set(state->end, "shm-size",
		             (guint)(BUFFERS * link->frame_bytes + MARGIN_BYTES), NULL);
		g_signal_connect(state->end, "client-connected", G_CALLBACK(count_receiver), state);
	}
	gst_bin_add(GST_BIN(state->pipeline), state->end);
	state->pad = gst_pad_new("source", GST_PAD_SRC);
	sink_pad = gst_element_get_static_pad(state->end, "sink");
	linked = gst_pad_link(state->pad, sink_pad) == GST_PAD_LINK_OK;
	gst_object_unref(sink_pad);
	if (!linked || !gst_pad_set_active(state->pad, TRUE) ||
	    gst_element_set_state(state->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
		return link_fail(link, -EIO, "cannot start %s",
		                 names[link->transport->variant].sink);
	return 0;
}

static void announce(struct state *state, GstCaps *caps)
{
	GstSegment segment;

	gst_segment_init(&segment, GST_FORMAT_BYTES);
	gst_pad_push_event(state->pad, gst_event_new_stream_start("frames"));
	gst_pad_push_event(state->pad, gst_event_new_caps(caps));
	gst_pad_push_event(state->pad, gst_event_new_segment(&segment));
}

static int get_memory(struct link *link, GstCaps *caps)
{
	struct state *state = link->state;
	GstQuery *query = gst_query_new_allocation(caps, FALSE);
	GstAllocator *allocator = NULL;
	GstAllocationParams parameters;

	gst_allocation_params_init(&parameters);
	if (gst_pad_peer_query(state->pad, query) && gst_query_get_n_allocation_params(query) > 0)
		gst_query_parse_nth_allocation_param(query, 0, &allocator, &parameters);
	gst_query_unref(query);
	if (!allocator)
		return link_fail(link, -EIO, "the sink offers no memory");
	parameters.align = 63;
	for (unsigned i = 0; i < BUFFERS; i++) {
		state->memory[i] = gst_allocator_alloc(allocator, link->frame_bytes, &parameters);
		if (!state->memory[i] || state->memory[i]->allocator != allocator)
			return link_fail(link, -ENOMEM, "the sink has no memory");
	}
	gst_object_unref(allocator);
	return 0;
}

static int open_sender(struct link *link)
{
	int error = begin(link);
	struct state *state = link->state;
	GstCaps *caps;

	if (error)
		return error;
	atomic_store(state->sender, getpid());
	sem_init(&state->returned, 0, BUFFERS);
	sem_init(&state->connected, 0, 0);
	error = start_sink(link);
	if (error)
		return error;
	caps = gst_caps_new_empty_simple("application/octet-stream");
	announce(state, caps);
	error = get_memory(link, caps);
	gst_caps_unref(caps);
	return error;
}

static void wait_semaphore(sem_t *semaphore)
{
	while (sem_wait(semaphore) < 0 && errno == EINTR)
		;
}

/* shmsink sends only to receivers that are already connected. */
static void wait_for_receivers(struct link *link)
{
	struct state *state = link->state;

	if (state->waited)
		return;
	state->waited = true;
	for (unsigned i = 0; link->transport->variant == SHM && i < link->receivers; i++)
		wait_semaphore(&state->connected);
}

static int buffer(struct link *link, uint8_t **pixels)
{
	struct state *state = link->state;
	GstMapInfo map;

	wait_for_receivers(link);
	wait_semaphore(&state->returned);
	if (!gst_memory_map(state->memory[state->next], &map, GST_MAP_WRITE))
		return link_fail(link, -EIO, "gst_memory_map");
	*pixels = map.data;
	gst_memory_unmap(state->memory[state->next], &map);
	return 0;
}

static void return_memory(gpointer user, GstMiniObject *object)
{
	struct state *state = user;

	(void)object;
	sem_post(&state->returned);
}

static int send(struct link *link)
{
	struct state *state = link->state;
	GstBuffer *frame = gst_buffer_new();

	gst_buffer_append_memory(frame, gst_memory_ref(state->memory[state->next]));
	gst_mini_object_weak_ref(GST_MINI_OBJECT_CAST(frame), return_memory, state);
	state->next = (state->next + 1) % BUFFERS;
	if (gst_pad_push(state->pad, frame) != GST_FLOW_OK)
		return link_fail(link, -EIO, "gst_pad_push");
	return 0;
}

static void close_sender(struct link *link)
{
	struct state *state = link->state;

	for (unsigned i = 0; i < BUFFERS; i++)
		gst_memory_unref(state->memory[i]);
	gst_element_set_state(state->pipeline, GST_STATE_NULL);
	gst_object_unref(state->pad);
	gst_object_unref(state->pipeline);
}

/* ---- Receiver -------------------------------------------------------------------------------- */

static int open_receiver(struct link *link, unsigned receiver)
{
	struct state *state;
	GError *reason = NULL;
	char description[512];
	int error = begin(link);

	(void)receiver;
	if (error)
		return error;
	state = link->state;
	snprintf(description, sizeof(description), names[link->transport->variant].description,
	         link_path(link, "gstreamer"));
	state->pipeline = gst_parse_launch(description, &reason);
	if (reason)
		return link_fail(link, -EIO, "%s", reason->message);
	state->end = gst_bin_get_by_name(GST_BIN(state->pipeline), "end");
	if (gst_element_set_state(state->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
		return link_fail(link, -EIO, "cannot start %s",
		                 names[link->transport->variant].source);
	return 0;
}

static int receive(struct link *link, const uint8_t **pixels)
{
	struct state *state = link->state;

	state->sample = gst_app_sink_pull_sample(GST_APP_SINK(state->end));
	if (!state->sample)
		return link_fail(link, -EPIPE, "the stream ended");
	state->buffer = gst_sample_get_buffer(state->sample);
	if (!gst_buffer_map(state->buffer, &state->map, GST_MAP_READ))
		return link_fail(link, -EIO, "gst_buffer_map");
	if (state->map.size < link->frame_bytes)
		return link_fail(link, -EMSGSIZE, "the frame is too small");
	*pixels = state->map.data;
	return 0;
}

static void release(struct link *link)
{
	struct state *state = link->state;

	gst_buffer_unmap(state->buffer, &state->map);
	gst_sample_unref(state->sample);
}

static void close_receiver(struct link *link)
{
	struct state *state = link->state;

	gst_element_set_state(state->pipeline, GST_STATE_NULL);
	gst_object_unref(state->end);
	gst_object_unref(state->pipeline);
}

#define FUNCTIONS                                                                                  \
	.prepare = prepare, .finish = finish, .open_sender = open_sender, .buffer = buffer,        \
	.send = send, .close_sender = close_sender, .open_receiver = open_receiver,                \
	.receive = receive, .release = release, .close_receiver = close_receiver

const struct transport transport_gstreamer_shm = {
	.name = "gstreamer-shm",
	.title = "GStreamer's shmsink and shmsrc, in the sink's own memory",
	.traits = TRANSPORT_SHARED,
	.variant = SHM,
	FUNCTIONS,
};

const struct transport transport_gstreamer_unixfd = {
	.name = "gstreamer-unixfd",
	.title = "GStreamer's unixfdsink and unixfdsrc, in the sink's own memory",
	.traits = TRANSPORT_SHARED,
	.variant = UNIXFD,
	FUNCTIONS,
};
