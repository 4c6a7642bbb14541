/* SPDX-License-Identifier: MIT
 *
 * shmflip: image frames shared between processes without copying.
 *
 * A producer borrows a slot of a System V shared-memory segment, fills it, and publishes it as a
 * frame. Any number of viewers, in unrelated processes and with read permission only, acquire
 * frames and use the pixels where they lie. docs/protocol.md tells how and why it is safe.
 *
 * Conventions
 *   Errors      Functions that can fail return 0 or a negative errno value; out-parameters are
 *               written on success only. The vocabulary is below. After a failure other
 *               than -EAGAIN and -EINTR, shmflip_error_detail() has one line on what is at fault.
 *   Threads     A handle is used by one thread at a time, unless a function says otherwise.
 *               Different handles are independent, also within one process.
 *   Fork        A handle belongs to the process that made it. A child must exec or _exit: it
 *               shares the kernel locks of its parent and would keep them alive. A producer that
 *               puts another program in its own place by exec destroys its handles first.
 *   Timeouts    timeout_ms < 0 waits for ever, 0 does not wait.
 *   Signals     A function that waits returns -EINTR when a signal handler ran, and may when the
 *               process was stopped (SIGSTOP, Ctrl-Z) and goes on: wait again. A signal that
 *               comes just before the wait is not seen: a program that stops on a flag set by
 *               its handler waits in turns of some 100 ms.
 *   Times       *_ns are nanoseconds; points in time are readings of CLOCK_MONOTONIC. Those of a
 *               frame lie between -2^62 and 2^62: their differences do not overflow.
 *
 * Errors, the same everywhere
 *   -EINVAL          an argument is out of range, or is no channel name
 *   -ENOENT          there is no producer on this channel; or no directory to make its directory in
 *   -EBUSY           a live producer holds the channel; or: loans have to come back first
 *   -EAGAIN          nothing within timeout_ms: no new frame, no producer, no free slot
 *   -EINTR           a signal handler ran, or the process was stopped and goes on
 *   -ENODATA         the producer has ended its stream, and all of it was taken
 *   -EPIPE           the producer died; what it had published was taken
 *   -EMSGSIZE        the frame does not fit a slot
 *   -EOVERFLOW       a size is more than can be addressed
 *   -EPERM           a directory or file is another user's, or others may write or replace it
 *   -EACCES          the system refuses access
 *   -EPROTO          the channel holds something that no producer of ours would write
 *   -EPROTONOSUPPORT the producer speaks another version of the layout
 *   -ESTALE          somebody deleted the lock file, and another producer took the channel since
 *   -EEXIST          every System V key that the channel may use is taken by strangers
 *   -ENOMEM, -ENOSPC memory or a limit of the system (ipcs -l) is exhausted
 *   -ENOTSUP         the directory is on NFS; or a producer lives there whose file locks are not
 *                    seen (an overlay, a copy), or whose memory is in another IPC namespace; or
 *                    the kernel lacks OFD locks or SEM_UNDO
 *   Others are what a system call said: -EMFILE, -EIO, and so on.
 */
#ifndef SHMFLIP_H
#define SHMFLIP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SHMFLIP_API __attribute__((visibility("default")))
#else
#define SHMFLIP_API
#endif

#define SHMFLIP_SLOTS_MIN 2
#define SHMFLIP_SLOTS_MAX 64
#define SHMFLIP_NAME_MAX 63     /* bytes of a channel name, without the NUL */
#define SHMFLIP_SOURCE_SIZE 200 /* bytes of a frame's source name, with the NUL */

/* The version of the library, "MAJOR.MINOR.PATCH". Static. Any thread. */
SHMFLIP_API const char *shmflip_version(void);

/* One line, without a newline, on the latest failure of a shmflip function in the calling thread:
 * which directory, file or process it was about. Valid until the thread's next shmflip call. */
SHMFLIP_API const char *shmflip_error_detail(void);

/* ---- Frames ------------------------------------------------------------------------------- */

/* How the 32 bits of a pixel are laid out; the values are those of DRM's fourcc codes. Both mean
 * the bytes blue, green, red, and a fourth, in this order in memory. */
enum shmflip_format {
	SHMFLIP_FORMAT_XRGB8888 = 0x34325258, /* 'XR24': opaque; the fourth byte is 255 */
	SHMFLIP_FORMAT_ARGB8888 =
		0x34325241, /* 'AR24': the fourth byte is alpha, not premultiplied */
};

enum shmflip_frame_flags {
	SHMFLIP_FRAME_LAST = 1 << 0, /* end of stream: this producer publishes no frame after it */
};

/* What belongs to the pixels of one frame and travels with them. */
struct shmflip_frame_info {
	uint64_t sequence; /* 1 for a producer's first frame, then one more each; set by publish */
	int64_t presentation_ns; /* when to show it, from the start of the stream */
	int64_t published_ns;    /* when it was published; set by publish */
	int64_t decode_ns;       /* how long the producer took to make the pixels */
	uint32_t width;          /* pixels, at least 1 */
	uint32_t height;         /* rows, at least 1 */
	uint32_t stride_bytes;   /* from a row to the next: a multiple of 4, at least 4 * width */
	uint32_t format;         /* enum shmflip_format */
	uint32_t flags;          /* enum shmflip_frame_flags */
	char source[SHMFLIP_SOURCE_SIZE]; /* a name for people; NUL-terminated */
};

/* The stride that suits every consumer (rows aligned to 64 bytes), and the bytes that a frame of
 * this size takes with it. -EINVAL: a side is 0. -EOVERFLOW: too large to address. Any thread. */
SHMFLIP_API int shmflip_frame_size(uint32_t width, uint32_t height, uint32_t *stride_bytes,
                                   uint64_t *size_bytes);

/* ---- Channels ----------------------------------------------------------------------------- */

/* What a producer does when no slot is free. Viewers read it to choose their own way (see
 * SHMFLIP_VIEW_AUTO); the producer's program acts on it. */
enum shmflip_policy {
	SHMFLIP_POLICY_LATEST = 1,   /* drop the frame: viewers see the newest there is */
	SHMFLIP_POLICY_LOSSLESS = 2, /* wait: viewers see every frame */
};

/* What is known of a channel. */
struct shmflip_channel_info {
	uint64_t producer;   /* tells producers of a channel apart: larger is later */
	uint64_t generation; /* a producer has one or more: see shmflip_producer_resize */
	uint64_t slot_bytes; /* capacity of a slot */
	uint32_t slots;
	uint32_t policy;    /* enum shmflip_policy */
	uint32_t fps_milli; /* frames in 1000 seconds as announced; 0: none */
	int32_t pid;        /* the producer's, for people to read; 0: in another pid namespace */
	uint64_t published; /* frames this producer has published so far */
	uint64_t dropped;   /* frames this producer has dropped so far */
};

/* Who holds a channel. dir and channel as in struct shmflip_producer_options. 0: a live producer
 * does, and *pid is its process id (0: it is in another pid namespace, or has not come far enough
 * to say, after a second's waiting). -ENOENT: nobody. Any thread. */
SHMFLIP_API int shmflip_channel_holder(const char *dir, const char *channel, pid_t *pid);

#define SHMFLIP_PIDS_MAX 64

/* What can be seen of a channel without being one of its viewers.
 *   alive  1: a producer lives, by the kernel's word (its locks and semaphores).
 *          0: a dead one left this behind
 *   error  0; or why only alive and info.pid (0: not known) tell something. -EPIPE: the producer is
 *          dead. -EAGAIN: it is just opening the channel, or a process still holds
 *          its locks after its death. -EPROTO, -EPROTONOSUPPORT, ...: as for
 *          shmflip_viewer_wait_producer */
struct shmflip_channel_status {
	uint32_t alive;
	int32_t error;
	struct shmflip_channel_info info;
	struct shmflip_frame_info newest; /* sequence 0: there is none yet in this generation */
	uint32_t viewers;                 /* attached to this generation; 1000 at most */
	int32_t viewer_pids[SHMFLIP_PIDS_MAX]; /* of the first so many, as they say themselves; 0:
	                                        * in another pid namespace */
	uid_t owner;                           /* who the channel belongs to, */
	gid_t group;                           /* and who may attach */
	mode_t mode;                           /* 0600, 0640, ... */
	int32_t segment_id;                    /* the numbers that ipcs(1) shows */
	int32_t semaphores_id;                 /* likewise */
	uint64_t segment_bytes;                /* of shared memory */
};

/* Looks at a channel, alive or not. Holds the newest frame for a few microseconds, and is not
 * counted as a viewer. Waits, a second at most, where a producer is just coming or a cleanup goes
 * on. With status->error shmflip_error_detail() says what that is about. -ENOENT: there is nothing
 * of this name, or no directory. -EINVAL, -EPERM, -EACCES, -ENOMEM, -EMFILE. Any thread. */
SHMFLIP_API int shmflip_channel_inspect(const char *dir, const char *channel,
                                        struct shmflip_channel_status *status);

/* Calls found for each channel of a directory, alive or not, in no order, until it returns
 * something else than 0, which is then what this returns. -ENOENT: no directory. -EPERM, -EACCES,
 * -ENOMEM, -EMFILE. Any thread. */
SHMFLIP_API int shmflip_channel_list(const char *dir,
                                     int (*found)(const char *channel, void *context),
                                     void *context);

/* What was removed of a channel. */
struct shmflip_removed {
	uint32_t files;
	uint32_t segments;
	uint32_t semaphores; /* sets of them */
};

/* Removes what dead producers left of a channel, as the next one would before it starts. Owns the
 * channel while it does so: a producer that starts meanwhile waits for the moment that it takes.
 * Waits itself, a second at most, for a producer that is just coming. -EBUSY: a producer lives, and
 * nothing was touched.
 * -ENOENT: there is nothing, or nothing that shmflip wrote. -EPERM, -EACCES. Any thread. */
SHMFLIP_API int shmflip_channel_clean(const char *dir, const char *channel,
                                      struct shmflip_removed *removed);

/* ---- Producer ----------------------------------------------------------------------------- */

struct shmflip_producer; /* opaque */

/* Zero-initialise, then set what differs. Strings are copied. */
struct shmflip_producer_options {
	const char *dir;     /* directory of the channel's files. NULL: $SHMFLIP_DIR, else
			      * $XDG_RUNTIME_DIR/shmflip, else /tmp/shmflip-UID. Made if missing */
	const char *channel; /* NULL: "default". Letters, digits, - _ and . (not first) */
	uint32_t slots;      /* SHMFLIP_SLOTS_MIN to _MAX; 0: 2 */
	uint64_t slot_bytes; /* capacity of a slot: see shmflip_frame_size */
	uint32_t policy;     /* enum shmflip_policy; 0: latest */
	uint32_t fps_milli;  /* announced to viewers; 0: none */
	mode_t mode;      /* who may attach, as 0600, 0640 or 0644; write bits of group and others
			      * are ignored. 0: 0600 */
	gid_t group;      /* (gid_t)-1 or 0: the process's own */
	int64_t lease_ms; /* how long a viewer may hold the last reusable slot before the producer
			      * goes on in fresh memory; which it does not while four earlier
			      * generations are still in use. 0: 2000 under latest, for ever
			      * under lossless. Negative: for ever */
};

/* Takes the channel over, cleans up what dead producers left, makes the segment with every page in
 * place, and lets viewers in. Blocks for the time that takes. *out belongs to the caller, who ends
 * it with shmflip_producer_destroy. -EBUSY: a live producer holds the channel. */
SHMFLIP_API int shmflip_producer_create(const struct shmflip_producer_options *options,
                                        struct shmflip_producer **out);

/* A slot on loan: size_bytes of memory at pixels, 4096-aligned, that nobody else sees. Its content
 * is undefined: whatever of the frame is not written shows an old one. */
struct shmflip_loan {
	uint8_t *pixels;
	uint64_t size_bytes;
	uint32_t slot;
};

/* Borrows a free slot, waiting for one at most timeout_ms. Up to slots - 1 loans may be out at
 * once, to be filled by whichever threads; each ends by publish or discard, in any order.
 * -EAGAIN: viewers hold all others. -EBUSY: slots - 1 loans are out already; or the channel has to
 * go on in fresh memory, for which loans have to come back. -EINTR. -ESTALE: until that producer
 * goes. Checks ten times a second that the channel's files still exist. If somebody deleted them,
 * it makes them again, and the channel continues in fresh memory. */
SHMFLIP_API int shmflip_producer_loan(struct shmflip_producer *producer, struct shmflip_loan *loan,
                                      int timeout_ms);

/* Makes the pixels of a loan the newest frame and wakes whoever waits for it: one system call,
 * however many viewers there are. Does not block. The caller sets *info but for sequence and
 * published_ns, which are filled in. The loan ends; its pixels must not be touched again.
 * -EMSGSIZE: by its stride and height the frame exceeds the slot. -EINVAL: other fields are wrong,
 * or there is no such loan. After these two the loan goes on. */
SHMFLIP_API int shmflip_producer_publish(struct shmflip_producer *producer,
                                         struct shmflip_loan *loan,
                                         struct shmflip_frame_info *info);

/* Gives a loan back without a frame: nobody ever sees what was written. */
SHMFLIP_API void shmflip_producer_discard(struct shmflip_producer *producer,
                                          struct shmflip_loan *loan);

/* Counts a frame that the program dropped because no slot was free, for viewers to see. */
SHMFLIP_API void shmflip_producer_drop(struct shmflip_producer *producer);

/* Goes on in a fresh generation with another slot capacity. Viewers move over by themselves, after
 * they have taken what was left: under lossless the next loan waits for those that want every frame
 * (no longer than the lease). -EBUSY: a loan is out. On failure all is as before. */
SHMFLIP_API int shmflip_producer_resize(struct shmflip_producer *producer, uint64_t slot_bytes);

/* The number of viewers attached now, by the kernel's word: the dead are not counted. Costs some
 * 2 us and 4 us a viewer; counts no further than 1000. */
SHMFLIP_API int shmflip_producer_viewers(struct shmflip_producer *producer, unsigned *viewers);

/* Waits until at least so many viewers, 1000 at most, are attached. Looks after the channel's files
 * as shmflip_producer_loan does. -EINVAL, -EAGAIN, -EINTR, -EBUSY, -ESTALE. */
SHMFLIP_API int shmflip_producer_wait_viewers(struct shmflip_producer *producer, unsigned viewers,
                                              int timeout_ms);

struct shmflip_producer_stats {
	uint64_t published;
	uint64_t dropped;     /* as told by shmflip_producer_drop */
	uint64_t discarded;   /* loans given back */
	uint64_t generations; /* 1, and one for each resize and each frozen viewer */
	int64_t waited_ns;    /* spent in loan, waiting for a slot */
};

SHMFLIP_API void shmflip_producer_stats(const struct shmflip_producer *producer,
                                        struct shmflip_producer_stats *stats);

/* Ends the stream: viewers take what is left in the generation that they are attached to, then
 * learn that this is the end. Loans end with it. Removes the channel's files and System V objects;
 * viewers keep the frames that they hold. Takes NULL. */
SHMFLIP_API void shmflip_producer_destroy(struct shmflip_producer *producer);

/* ---- Viewer ------------------------------------------------------------------------------- */

struct shmflip_viewer; /* opaque */

enum shmflip_view {
	SHMFLIP_VIEW_AUTO =
		0, /* as the producer's policy: newest under latest, every under lossless */
	SHMFLIP_VIEW_NEWEST = 1, /* the newest frame; what came between is missed, and counted */
	SHMFLIP_VIEW_EVERY =
		2, /* each frame, in order: the producer may not reuse a slot before this
				  * viewer has released it (see lease_ms) */
};

/* Zero-initialise, then set what differs. Strings are copied. */
struct shmflip_viewer_options {
	const char *dir;     /* as for the producer */
	const char *channel; /* as for the producer */
	uint32_t view;       /* enum shmflip_view */
	uint32_t prefault;   /* 1: attaching brings every page in, so that reading the first frames
			      * costs no page faults. For viewers that read pixels */
	uint32_t untouched;  /* 1: the pixels are mapped without the right to read them, and
			      * reading one is a SIGSEGV. For viewers that hand frames on by
			      * segment_id, to prove that they look at none. Not with prefault */
};

/* Makes a viewer, which needs no producer yet. Does not block. *out belongs to the caller, who ends
 * it with shmflip_viewer_destroy. -EINVAL, -EPERM. */
SHMFLIP_API int shmflip_viewer_open(const struct shmflip_viewer_options *options,
                                    struct shmflip_viewer **out);

/* Waits until the viewer is attached to a live producer; 0 at once when it is, also if that one has
 * come to its end since, which acquire tells. From then on the
 * producer counts it, and a viewer that wants every frame misses none. -EAGAIN: none came.
 * -EPROTO, -EPROTONOSUPPORT, -ENOTSUP, -EPERM, -EACCES: there is one, and it cannot be attached.
 * -EINTR. */
SHMFLIP_API int shmflip_viewer_wait_producer(struct shmflip_viewer *viewer, int timeout_ms);

/* Waits until shmflip_viewer_acquire would not return -EAGAIN: a frame not taken yet, the stream's
 * end, the producer's death, a producer to attach to. Sleeps, after at most 50 us of watching where
 * that has paid off before. May run in one thread while another releases frames; all other calls on
 * this handle must wait until it has returned. -EAGAIN, -EINTR. */
SHMFLIP_API int shmflip_viewer_wait(struct shmflip_viewer *viewer, int timeout_ms);

/* A segment's first bytes, which name its generation and never change. They are what else attaches
 * by segment_id has to find there: another IPC namespace may have a segment of the same id.
 * Readable at pixels - segment_offset while a frame of it is held, also with untouched. */
#define SHMFLIP_SEGMENT_COOKIE_SIZE 88

/* A frame held by a viewer: read-only memory that does not change while it is held. */
struct shmflip_frame {
	const uint8_t *pixels; /* info.height rows of info.width pixels, info.stride_bytes apart */
	struct shmflip_frame_info info; /* checked: all of it lies within the slot */
	int segment_id;                 /* where it lies, for a server that attaches by itself */
	uint64_t segment_offset;        /* bytes from the segment's start to pixels */
	void *hold;                     /* the library's */
};

/* Takes the newest frame, or the next one, according to the viewer's way. Never the same twice.
 * Attaches by itself to a producer, and to the next one after the first has gone. Several frames
 * may be held at once: under latest with so many slots to spare, or frames drop. *frame is to be
 * released; its pixels stay what they are until then, also when the producer dies, is replaced, or
 * takes the holder for frozen.
 * -EAGAIN: no newer frame within timeout_ms. -ENODATA, -EPIPE: the producer ended, or died; said
 * once, and at once (with timeout_ms 0 the death is asked about once a millisecond): its memory is
 * let go of by the next call, which waits for the next producer.
 * -EPROTO: the frame's description is invalid, and it counts as missed; or the segment is, and the
 * viewer abandons this producer. -EINTR, and what shmflip_viewer_wait_producer returns. */
SHMFLIP_API int shmflip_viewer_acquire(struct shmflip_viewer *viewer, struct shmflip_frame *frame,
                                       int timeout_ms);

/* Gives a frame back. May run in any thread, whatever another does with the viewer meanwhile, short
 * of destroying it. Frames may be released in any order. Releasing a frame twice, or one zeroed,
 * does nothing. */
SHMFLIP_API void shmflip_viewer_release(struct shmflip_viewer *viewer, struct shmflip_frame *frame);

/* The producer this viewer is attached to. -ENOENT: none. */
SHMFLIP_API int shmflip_viewer_channel(struct shmflip_viewer *viewer,
                                       struct shmflip_channel_info *info);

/* published = acquired + missed, always: published counts from the first frame that this viewer
 * could have taken of each producer to the last it has taken or passed over. */
struct shmflip_viewer_stats {
	uint64_t published;
	uint64_t acquired;
	uint64_t missed;
	uint64_t dropped;     /* by those producers, for want of a free slot, in that time */
	uint64_t producers;   /* producers attached to so far */
	uint64_t generations; /* generations attached to so far */
};

SHMFLIP_API void shmflip_viewer_stats(struct shmflip_viewer *viewer,
                                      struct shmflip_viewer_stats *stats);

/* Detaches. Release every frame first. Takes NULL. */
SHMFLIP_API void shmflip_viewer_destroy(struct shmflip_viewer *viewer);

#ifdef __cplusplus
}
#endif

#endif
