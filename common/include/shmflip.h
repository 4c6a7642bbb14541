/* SPDX-License-Identifier: MIT
 *
 * shmflip: image frames shared between processes without copying.
 *
 * A producer takes a frame on loan, fills it, and publishes it. Any number of viewers, in unrelated
 * processes and with the right to read only, acquire frames and use the pixels where they lie. Each
 * frame that a function hands out is released once:
 *
 *     producer   loan -> [write] -> publish -> [read on] -> release
 *     viewer     acquire -> [read] -> release
 *
 * If a producer releases a frame without publishing it, no viewer ever sees it. docs/protocol.md
 * says how the library works, and why nothing tears.
 *
 * Conventions
 *   Errors      Functions that can fail return 0 or a negative errno value. On failure, they leave
 *               out-parameters alone, and shmflip_error_detail() has one line that says what is at
 *               fault. Pointers are not NULL, unless a function says that it takes NULL. Compilers
 *               warn if a result is not used.
 *   Structures  Those that the library hands out belong to it. Read them through their pointer;
 *               they may grow at their end. Those that the caller hands in begin with their size:
 *               shmflip_init() zeroes one and sets its size. A field that is 0 has its default, in
 *               every version to come.
 *   Threads     Functions marked [any] may run in any thread at any time, but not while or after
 *               another thread closes the handle. Other functions of a handle: one thread at a
 *               time. A frame: its functions may run in any thread, one at a time for each frame,
 *               whatever happens to its handle meanwhile.
 *   Generations A generation is one segment of shared memory. Each stream has a new one. A producer
 *               also moves to a new one when a viewer outlasts the lease, or when the channel's
 *               files were deleted. Viewers follow by themselves.
 *   Lifetime    A frame outlives its handle. Its pixels and its description stay as they are until
 *               its release, also when the producer dies, moves to a new generation, or is
 *               replaced.
 *   Fork        Handles and frames are dead in the child of a fork: functions return -ECHILD, and
 *               the pixels are not mapped. Close and release free what the child has of them, and
 *               change nothing for the parent. A program that replaces itself by exec closes its
 *               producers first.
 *   Timeouts    timeout_ms: negative waits without limit, 0 does not wait.
 *   Signals     A wait returns -EINTR after a signal handler ran, and may do so when the process
 *               continues after a stop (SIGSTOP, Ctrl-Z): wait again. A signal that comes just
 *               before the wait, or between two looks of a wait for a slot, a viewer or a
 *               producer, is not seen. So a handler that is to end a wait calls
 *               shmflip_viewer_interrupt() or shmflip_producer_interrupt(), which no wait misses
 *               before the handle is resumed.
 *   Times       *_ns are nanoseconds, between -2^62 and 2^62. Points in time are readings of
 *               CLOCK_MONOTONIC. SHMFLIP_NO_TIME: not known.
 *   Stack       A call needs less than 64 KiB.
 *
 * Errors
 *   -EINVAL     an argument is out of range
 *   -ENOENT     there is no such channel, or no directory
 *   -ENOTDIR    the directory's name is that of a file
 *   -EBUSY      a live producer holds the channel
 *   -EAGAIN     timeout: no free slot, no new frame, or no producer
 *   -EINTR      a signal handler ran: see Signals
 *   -ECANCELED  the handle is interrupted. Returned also where -EINTR or -EAGAIN would be due
 *   -ENOBUFS    the producer has all slots itself
 *   -ENODATA    the stream ended, and the viewer has taken or counted all of it
 *   -EPIPE      the producer died or its stream failed, and all that it published was taken
 *   -EMSGSIZE   the frame does not fit a slot
 *   -EOVERFLOW  a size is more than can be addressed
 *   -ENAMETOOLONG  a directory's name is too long
 *   -ENOSPC     there is no room for a frame's metadata; or as -ENOMEM
 *   -ESTALE     the frame's stream is over; or another producer took the channel
 *   -ECHILD     the handle or frame belongs to the parent process
 *   -EPERM      a directory or file is another user's, or others may write or replace it
 *   -EACCES     the system refuses access
 *   -EPROTO     shared memory or a file holds what no correct producer writes
 *   -EBADMSG    this frame cannot be handed out: its description is damaged, or it has a pixel
 *               format that this viewer did not ask for
 *   -EPROTONOSUPPORT  the producer speaks another version of the layout, or its stream has a pixel
 *               format that this viewer did not ask for
 *   -ENOTSUP    the directory is on NFS; the producer's locks are not seen there (an overlay, a
 *               copy); its memory is in another IPC namespace; or the kernel lacks OFD locks or
 *               SEM_UNDO
 *   -EEXIST     other programs use every System V key that the channel may use
 *   -ENOMEM, -EMFILE, -ENFILE  memory or a limit of the system is exhausted (ipcs -l)
 *   Others are what a system call returned. */
#ifndef SHMFLIP_H
#define SHMFLIP_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SHMFLIP_API __attribute__((visibility("default")))
#define SHMFLIP_CHECKED __attribute__((visibility("default"), warn_unused_result))
#else
#define SHMFLIP_API
#define SHMFLIP_CHECKED
#endif

/* ---- Library ------------------------------------------------------------------------------ */

/* The version of this header, and its number: 0x010203 is 1.2.3. */
#define SHMFLIP_VERSION_MAJOR 0
#define SHMFLIP_VERSION_MINOR 2
#define SHMFLIP_VERSION_PATCH 0
#define SHMFLIP_VERSION                                                                            \
	(SHMFLIP_VERSION_MAJOR << 16 | SHMFLIP_VERSION_MINOR << 8 | SHMFLIP_VERSION_PATCH)

/* [any] The number of the library's version. */
SHMFLIP_API uint32_t shmflip_version(void);

/* [any] One printable line without a newline: why the latest failed call of this thread failed, and
 * which directory, file or process is concerned. Valid until the thread's next call. */
SHMFLIP_API const char *shmflip_error_detail(void);

/* [any] Writes the directory that a NULL dir stands for: $SHMFLIP_DIR, else
 * $XDG_RUNTIME_DIR/shmflip, else /tmp/shmflip-UID. A set-user-ID program ignores the environment.
 * An empty variable counts as unset. The path may be relative. PATH_MAX bytes suffice.
 * -ENAMETOOLONG  it needs more than size bytes, or more than PATH_MAX */
SHMFLIP_CHECKED int shmflip_default_dir(char *path, size_t size);

/* Zeroes a structure that the caller hands in, and sets its size. If a structure is larger than the
 * library knows, whatever it does not know must be 0: else -EINVAL. */
#define shmflip_init(structure)                                                                    \
	(memset((structure), 0, sizeof(*(structure))),                                             \
	 (void)((structure)->size = sizeof(*(structure))))

#define SHMFLIP_NO_TIME INT64_MIN
#define SHMFLIP_PLANES_MAX 4
#define SHMFLIP_SLOTS_MIN 2
#define SHMFLIP_SLOTS_MAX 64
#define SHMFLIP_NAME_MAX 63                 /* bytes of a channel's name, without the NUL */
#define SHMFLIP_SOURCE_MAX 199              /* bytes of a frame's source, without the NUL */
#define SHMFLIP_FRAME_METADATA_MAX 65536    /* bytes for one frame */
#define SHMFLIP_STREAM_METADATA_MAX 1048576 /* bytes for a stream */
#define SHMFLIP_VIEWERS_MAX 1000            /* viewers of a channel that are counted */

/* ---- Pixels ------------------------------------------------------------------------------- */

/* DRM's fourcc codes, with linear memory; 16-bit words are little-endian. A frame may have another
 * code as well. Then its producer sets the planes itself: see struct shmflip_frame. */
enum shmflip_format {
	SHMFLIP_XRGB8888 = 0x34325258,     /* 'XR24': bytes B G R, and one that is undefined */
	SHMFLIP_ARGB8888 = 0x34325241,     /* 'AR24': bytes B G R A */
	SHMFLIP_XBGR8888 = 0x34324258,     /* 'XB24': bytes R G B, and one that is undefined */
	SHMFLIP_ABGR8888 = 0x34324241,     /* 'AB24': bytes R G B A */
	SHMFLIP_RGB888 = 0x34324752,       /* 'RG24': bytes B G R */
	SHMFLIP_BGR888 = 0x34324742,       /* 'BG24': bytes R G B */
	SHMFLIP_R8 = 0x20203852,           /* 'R8  ': bytes, gray */
	SHMFLIP_R16 = 0x20363152,          /* 'R16 ': words, gray or depth */
	SHMFLIP_R32F = 0x46202052,         /* 'R  F': floats */
	SHMFLIP_XBGR16161616 = 0x38344258, /* 'XB48': words R G B, and one that is undefined */
	SHMFLIP_ABGR16161616 = 0x38344241, /* 'AB48': words R G B A */
	SHMFLIP_YUYV = 0x56595559,         /* 'YUYV': bytes Y U Y V for two pixels */
	SHMFLIP_UYVY = 0x59565955,         /* 'UYVY': bytes U Y V Y for two pixels */
	SHMFLIP_NV12 = 0x3231564e,         /* Y; U V at half the width and height */
	SHMFLIP_NV21 = 0x3132564e,         /* Y; V U at half the width and height */
	SHMFLIP_NV16 = 0x3631564e,         /* Y; U V at half the width */
	SHMFLIP_YUV420 = 0x32315559,       /* 'YU12': Y; U; V at half the width and height */
	SHMFLIP_YUV422 = 0x36315559,       /* 'YU16': Y; U; V at half the width */
	SHMFLIP_YUV444 = 0x34325559,       /* 'YU24': Y; U; V */
	SHMFLIP_P010 = 0x30313050,         /* as NV12, in the upper 10 bits of words */
	SHMFLIP_S010 = 0x30313053,         /* as YUV420, in the lower 10 bits of words */
	SHMFLIP_S210 = 0x30313253,         /* as YUV422, likewise */
	SHMFLIP_S410 = 0x30313453,         /* as YUV444, likewise */
};

/* Code points of ITU-T H.273, as H.264, AV1, AVIF and PNG's cICP have them. 0: not known. */
struct shmflip_colour {
	uint8_t primaries;
	uint8_t transfer;
	uint8_t matrix; /* for RGB, H.273 says 0 */
	uint8_t range;  /* 1: limited. 2: full */
	uint8_t siting; /* of 4:2:0 chroma: Chroma420SampleLocType + 1 */
	uint8_t bits;   /* of a sample that carry information. For people. 0: all */
	uint16_t white; /* of 16-bit formats: the value that means white. 0: 65535 */
};

/* How the planes of a frame lie in memory. */
struct shmflip_layout {
	size_t size;
	uint64_t bytes; /* from the start of plane 0 to the end of the last one */
	uint32_t planes;
	uint32_t stride_bytes[SHMFLIP_PLANES_MAX]; /* from a row to the next */
	uint32_t rows[SHMFLIP_PLANES_MAX];
	uint64_t offset_bytes[SHMFLIP_PLANES_MAX]; /* from plane 0 to this one */
	uint32_t row_bytes[SHMFLIP_PLANES_MAX];    /* of each row that have pixels */
};

/* [any] Computes the layout that suits every consumer. Rows and planes start at multiples of 64
 * bytes. Chroma planes have rounded-up halves of an odd width or height.
 * -EINVAL     a side is 0, or the format is none of enum shmflip_format
 * -EOVERFLOW  the frame is too large to address */
SHMFLIP_CHECKED int shmflip_format_layout(uint32_t fourcc, uint32_t width, uint32_t height,
                                          struct shmflip_layout *layout);

/* Gray has one value for each pixel: brightness, depth, or what the program says. */
enum shmflip_model {
	SHMFLIP_MODEL_RGB = 1,
	SHMFLIP_MODEL_YUV = 2,
	SHMFLIP_MODEL_GRAY = 3,
};

enum shmflip_format_flags {
	SHMFLIP_FORMAT_ALPHA = 1 << 0,
	SHMFLIP_FORMAT_FLOAT = 1 << 1,
};

/* What a format is, and what other programs call it. */
struct shmflip_format_info {
	uint32_t fourcc;
	uint32_t planes;
	uint32_t model;           /* enum shmflip_model */
	uint32_t flags;           /* enum shmflip_format_flags */
	uint32_t bits;            /* of a sample that carry its value */
	uint32_t chroma_halved_x; /* 1: a chroma sample is for two pixels side by side */
	uint32_t chroma_halved_y; /* 1: and for two rows */
	const char *name;         /* the fourcc's characters, without spaces at the end */
	const char *ffmpeg;       /* the other programs' names. NULL: they have none */
	const char *gstreamer;
	const char *v4l2; /* as name */
};

/* [any] Describes a format. NULL: it is none of enum shmflip_format. */
SHMFLIP_API const struct shmflip_format_info *shmflip_format_info(uint32_t fourcc);

/* [any] Finds a format by any name of its description, in upper or lower case, or by V4L2's name
 * for the same planes in buffers of their own: NM12. A name means bytes: DRM's RG24 is ffmpeg's
 * bgr24.
 * -EINVAL  no format has this name; or the name leaves something open, and the detail says what to
 *          use */
SHMFLIP_CHECKED int shmflip_format_find(const char *name, uint32_t *fourcc);

/* ---- Streams ------------------------------------------------------------------------------ */

struct shmflip_metadata {
	uint32_t type; /* from SHMFLIP_METADATA_USER on, the type is the program's own */
	uint32_t bytes;
	const void *data;
};

enum shmflip_metadata_type {
	SHMFLIP_METADATA_ICC = 1, /* an ICC profile */
	SHMFLIP_METADATA_HDR = 2, /* struct hdr_output_metadata of Linux' drm_mode.h */
};
#define SHMFLIP_METADATA_USER 0x80000000u

/* What the frames of a stream have in common. A frame may differ in format and size, if it fits a
 * slot. */
struct shmflip_stream {
	size_t size;
	uint32_t fourcc; /* 0: SHMFLIP_XRGB8888 */
	uint32_t width;  /* pixels. 0, and height 0: each frame says; then slot_bytes is needed */
	uint32_t height; /* rows */
	uint32_t slots;  /* SHMFLIP_SLOTS_MIN to _MAX. 0: as before; 2 at first */
	uint64_t slot_bytes; /* room for a frame, if more than one of this format and size needs */
	uint32_t rate_num;   /* frames per second as a fraction, 30000 / 1001. 0: not known */
	uint32_t rate_den;   /* 0: 1 */
	uint32_t aspect_num; /* width : height of a pixel. 0: not known: shown as square */
	uint32_t aspect_den;
	struct shmflip_colour colour;
	uint32_t frame_metadata_bytes; /* room for each frame's own: 8 bytes and the data for each
	                                * item, rounded up to 8. 0: 256 */
	uint32_t metadata_count;
	const struct shmflip_metadata *metadata; /* for the whole stream */
};

/* ---- Frames ------------------------------------------------------------------------------- */

enum shmflip_frame_flags {
	SHMFLIP_FRAME_LAST = 1 << 0,          /* announces the end: no frame will follow it */
	SHMFLIP_FRAME_CORRUPT = 1 << 1,       /* pixels are missing or wrong */
	SHMFLIP_FRAME_PREMULTIPLIED = 1 << 2, /* colour is multiplied by alpha */
};

struct shmflip_plane {
	const uint8_t *pixels;
	uint32_t stride_bytes; /* from a row to the next */
	uint32_t rows;
};

/* Lent: format, size, colour and planes are set from the stream, times are SHMFLIP_NO_TIME, and the
 * source is empty; the producer changes what differs. After a change of format or size it calls
 * shmflip_frame_layout(), or sets the planes itself: plane[0].pixels stays, and others come after
 * it. Published or acquired: every field but the source's bytes was checked, and nothing
 * changes. */
struct shmflip_frame {
	uint64_t sequence; /* 1 for a producer's first frame, then one more each; set by publish */
	int64_t published_ns;    /* when it was published; set by publish */
	int64_t captured_ns;     /* when light fell on the sensor, or the screen was drawn */
	int64_t presentation_ns; /* when to show it, from the start of the stream */
	int64_t duration_ns;     /* how long to show it */
	int64_t decode_ns;       /* how long the producer took to make the pixels */
	uint32_t flags;          /* enum shmflip_frame_flags */
	uint32_t orientation;    /* EXIF's 1 to 8. 0: as it lies */
	float value_scale;  /* what R16 and R32F measure is value * scale + offset. 0: not known */
	float value_offset; /* a viewer gets 0 for both unless both are finite */
	uint32_t fourcc;    /* enum shmflip_format, or another code of DRM's */
	uint32_t width;     /* pixels */
	uint32_t height;    /* rows */
	uint32_t planes;
	struct shmflip_colour colour;
	struct shmflip_plane plane[SHMFLIP_PLANES_MAX];
	uint64_t slot_bytes; /* from plane 0 on, for layouts of the producer's own */
	const char *source;  /* a name for people: UTF-8. Lent: the producer's string until publish,
	                      * which copies SHMFLIP_SOURCE_MAX bytes of it */
	const struct shmflip_stream *stream; /* valid as long as the frame */
};

/* Lays the planes of a lent frame out for its fourcc, width and height, as shmflip_format_layout()
 * does.
 * -EMSGSIZE  the frame does not fit the slot
 * -EINVAL, -EOVERFLOW, -ECHILD */
SHMFLIP_CHECKED int shmflip_frame_layout(struct shmflip_frame *frame);

/* A plane of a lent frame, to write to. Its content is undefined: an old frame shows through
 * whatever is not written. NULL: the frame is not lent, or has no such plane. */
SHMFLIP_API uint8_t *shmflip_frame_writable(struct shmflip_frame *frame, uint32_t plane);

/* Adds an item to a lent frame, or replaces its item of this type. Copies the data.
 * -ENOSPC  there is no room left: see frame_metadata_bytes
 * -EINVAL, -ECHILD */
SHMFLIP_CHECKED int shmflip_frame_add_metadata(struct shmflip_frame *frame,
                                               const struct shmflip_metadata *metadata);

/* The frame's item of a type, else the stream's. 8-byte aligned, valid as long as the frame. NULL:
 * there is none; *bytes is 0 then. */
SHMFLIP_API const void *shmflip_frame_metadata(const struct shmflip_frame *frame, uint32_t type,
                                               uint32_t *bytes);

/* Makes a lent frame the newest one, and wakes all viewers that wait: two system calls, however
 * many there are. Does not block. From now on the producer may read the frame but not write to
 * it: no slot is reused before its release.
 * -EMSGSIZE  a plane lies outside the slot. The frame is still lent
 * -EINVAL    another field is wrong, or the frame is not lent. A lent one stays lent
 * -ESTALE    another stream was configured, or the stream ended or moved to a new generation:
 *            release the frame. Its pixels can still be read, to copy them into another loan
 * -ECHILD */
SHMFLIP_CHECKED int shmflip_frame_publish(struct shmflip_frame *frame);

/* Lends a published frame again: its pixels and its description are still there, to be changed, or
 * to be published once more under a new number.
 * -EAGAIN  it is the newest frame, or a viewer holds it
 * -EINVAL  it is not published
 * -ESTALE, -ECHILD */
SHMFLIP_CHECKED int shmflip_frame_reuse(struct shmflip_frame *frame);

/* Ends the caller's use of a frame. A frame that is still lent is discarded. Takes NULL. */
SHMFLIP_API void shmflip_frame_release(const struct shmflip_frame *frame);

/* Where a frame lies, for a server that attaches the segment by itself, as X's MIT-SHM does. Ids
 * are valid in one IPC namespace only. The cookie is what the segment begins with. It never
 * changes, and differs from that of every other segment. So who attaches by id can recognise the
 * segment. */
struct shmflip_segment {
	int32_t id;
	uint32_t cookie_bytes;
	const void *cookie;
	uint64_t offset_bytes[SHMFLIP_PLANES_MAX]; /* of each plane, from the segment's start */
};

/* The segment of a frame. Valid as long as the frame. */
SHMFLIP_API const struct shmflip_segment *shmflip_frame_segment(const struct shmflip_frame *frame);

/* ---- Producer ----------------------------------------------------------------------------- */

struct shmflip_producer; /* opaque */

/* What a producer does when no slot is free. Viewers read it to choose their own view. The
 * producer's program acts on it. */
enum shmflip_policy {
	SHMFLIP_POLICY_LATEST = 1,   /* drop the frame: viewers see the newest there is */
	SHMFLIP_POLICY_LOSSLESS = 2, /* wait: viewers see every frame that is published while they
	                              * are attached. So that a viewer sees the first ones, call
	                              * shmflip_producer_wait_viewers() before the first loan */
};

/* Strings are copied. */
struct shmflip_producer_options {
	size_t size;
	const char *dir;     /* where the channel's files are. NULL: shmflip_default_dir(). Created
	                      * if missing, in a directory that exists */
	const char *channel; /* letters, digits, - _ and . (not first). NULL: "default" */
	uint32_t policy;     /* enum shmflip_policy. 0: latest */
	mode_t mode;         /* who may attach: 0600, 0640 or 0644. 0: 0600 */
	uint32_t group_set; /* 1: the channel belongs to the group below. 0: to the process's own */
	gid_t group;
	int64_t lease_ms; /* how long a viewer may hold the last free slot. Then the producer
	                   * moves to a new generation, unless four earlier ones are still in
	                   * use. 0: 2000 under latest, no limit under lossless. Negative: no
	                   * limit */
};

/* Takes the channel, removes what dead producers left, creates the segment with every page in
 * place, and lets viewers in. Blocks for the time that this takes.
 * -EBUSY  a live producer holds the channel
 * -EINVAL, -EOVERFLOW, -ENAMETOOLONG
 * Of memory and files: -ENOENT, -ENOTDIR, -EPERM, -EACCES, -ENOTSUP, -EEXIST, -ENOMEM, -ENOSPC,
 * -EMFILE, -ENFILE */
SHMFLIP_CHECKED int shmflip_producer_open(const struct shmflip_producer_options *options,
                                          const struct shmflip_stream *stream,
                                          struct shmflip_producer **producer);

/* [any] Takes a frame to fill, and waits for a free slot if viewers hold the others. One slot stays
 * with the newest frame: so at most slots - 1 others are lent or kept at once. After
 * shmflip_producer_end(), begins the next stream. Checks ten times a second that the channel's
 * files and semaphores still exist. If not, makes them again, in a new generation.
 * -EAGAIN   viewers hold all free slots
 * -ENOBUFS  the producer has all slots itself. Returned at once, because only its own threads can
 *           release them: have more slots than threads and kept frames together
 * -ESTALE   the channel's files were deleted, and another producer took the channel; until that one
 *           closes it
 * -ECANCELED, -EINTR, -ECHILD, and those of memory and files: see shmflip_producer_open() */
SHMFLIP_CHECKED int shmflip_producer_loan(struct shmflip_producer *producer,
                                          struct shmflip_frame **frame, int timeout_ms);

/* [any] Begins another stream, in a new generation. Does nothing if the stream is the same as
 * before. Viewers take what is left of the old one, then follow by themselves. Under lossless, the
 * next loan waits for those that want every frame, no longer than the lease. Frames that are not
 * released yet stay as they are. Those that are still lent can no longer be published. On failure
 * the old stream continues.
 * -EINVAL, -EOVERFLOW, -ESTALE, -ECHILD, and those of memory and files */
SHMFLIP_CHECKED int shmflip_producer_configure(struct shmflip_producer *producer,
                                               const struct shmflip_stream *stream);

/* [any] Ends the stream and keeps the channel. Viewers take what is left. Then acquire returns
 * -ENODATA to them, or with failed -EPIPE, as if the producer had died. The next loan, configure or
 * wait for viewers begins the next stream, in a new generation. Sequence numbers continue. Under
 * lossless and within the lease, viewers that want every frame miss none of it. Does nothing if the
 * stream has ended.
 * -EINVAL  failed is neither 0 nor 1
 * -ECHILD */
SHMFLIP_CHECKED int shmflip_producer_end(struct shmflip_producer *producer, int failed);

/* [any] Counts the attached viewers, SHMFLIP_VIEWERS_MAX at most, by the kernel's locks: dead ones
 * do not count. Costs about 2 us, and 4 us for each viewer.
 * -ECHILD, or what a system call returned */
SHMFLIP_CHECKED int shmflip_producer_viewers(struct shmflip_producer *producer, uint32_t *viewers);

/* [any] Waits until at least so many viewers are attached. Those that want every frame miss none
 * that is published afterwards. Checks the channel's files as shmflip_producer_loan() does.
 * -EINVAL, -EAGAIN, -ECANCELED, -EINTR, -ESTALE, -ECHILD, and those of memory and files */
SHMFLIP_CHECKED int shmflip_producer_wait_viewers(struct shmflip_producer *producer,
                                                  uint32_t viewers, int timeout_ms);

/* [any] Counts a frame that the program dropped because no slot was free. Viewers see the count. */
SHMFLIP_API void shmflip_producer_count_dropped(struct shmflip_producer *producer);

/* [any] Interrupts the producer: until shmflip_producer_resume(), loan and wait_viewers return
 * -ECANCELED, and a call that is already waiting returns it within 5 ms. A wait may miss an
 * interruption that ends before it has returned: so resume afterwards. May be called in a signal
 * handler. */
SHMFLIP_API void shmflip_producer_interrupt(struct shmflip_producer *producer);
SHMFLIP_API void shmflip_producer_resume(struct shmflip_producer *producer);

/* Ends the stream unless it has ended. Removes the channel's files and System V objects. Frames
 * that are not released yet stay as they are. Takes NULL. */
SHMFLIP_API void shmflip_producer_close(struct shmflip_producer *producer);

/* ---- Viewer ------------------------------------------------------------------------------- */

struct shmflip_viewer; /* opaque */

enum shmflip_view {
	SHMFLIP_VIEW_AUTO = 0,   /* newest under latest, every under lossless */
	SHMFLIP_VIEW_NEWEST = 1, /* the newest frame. Frames in between are missed, and counted */
	SHMFLIP_VIEW_EVERY = 2,  /* each frame in order, from shmflip_viewer_attach() on. The
	                          * producer reuses no slot before this viewer has released it: see
	                          * lease_ms. Under latest, frames may be missed where the producer
	                          * moves to a new generation */
};

enum shmflip_viewer_flags {
	SHMFLIP_VIEWER_PREFAULT = 1 << 0,   /* attaching maps every page, so that reading the first
	                                     * frames costs no page faults */
	SHMFLIP_VIEWER_UNTOUCHED = 1 << 1,  /* reading a pixel is a SIGSEGV, to prove that the
	                                     * program reads none. Not with PREFAULT */
	SHMFLIP_VIEWER_ANY_FORMAT = 1 << 2, /* without it, streams other than XRGB8888 and ARGB8888
	                                     * are refused with -EPROTONOSUPPORT, and single
	                                     * frames with -EBADMSG: see shmflip_viewer_acquire() */
};

/* Strings are copied. */
struct shmflip_viewer_options {
	size_t size;
	const char *dir;     /* as for the producer */
	const char *channel; /* as for the producer */
	uint32_t view;       /* enum shmflip_view */
	uint32_t flags;      /* enum shmflip_viewer_flags */
};

/* Makes a viewer, which needs no producer yet. Does not block.
 * -EINVAL, -ENAMETOOLONG, -ENOTDIR, -EPERM, -EACCES, -ENOTSUP, -ENOMEM */
SHMFLIP_CHECKED int shmflip_viewer_open(const struct shmflip_viewer_options *options,
                                        struct shmflip_viewer **viewer);

/* Waits until the viewer is attached to a live producer. From then on the producer counts it, and a
 * viewer that wants every frame misses none of this stream. Returns 0 at once if the viewer is
 * attached, also if the producer has died since: shmflip_viewer_acquire() tells that.
 * -EAGAIN  no producer came: perhaps the channel's name is wrong
 * -EPROTO, -EPROTONOSUPPORT, -ENOTSUP, -EPERM, -EACCES, -ENOMEM, -EMFILE, -ENFILE  a producer is
 *          there, but the viewer cannot attach to it: see shmflip_viewer_acquire()
 * -ECANCELED, -EINTR, -ECHILD */
SHMFLIP_CHECKED int shmflip_viewer_attach(struct shmflip_viewer *viewer, int timeout_ms);

/* Waits until shmflip_viewer_acquire() would not return -EAGAIN: for a frame not taken yet, the
 * stream's end, the producer's death, or a producer to attach to.
 * -EAGAIN, -ECANCELED, -EINTR, -ECHILD */
SHMFLIP_CHECKED int shmflip_viewer_wait(struct shmflip_viewer *viewer, int timeout_ms);

/* Takes the newest frame, or the next one, by the viewer's view. Never the same one twice. Attaches
 * by itself to a producer, and to the next one after the first has gone. If a producer comes and
 * goes while no call looks for one, it is not seen, and its end is not reported. Several frames may
 * be held at once. Under latest, each costs the producer a slot. Under lossless, the producer waits
 * for a viewer that wants every frame, from one stream to the next: close a viewer that takes no
 * more.
 * -EAGAIN   no newer frame, or no producer
 * -ENODATA, -EPIPE  the stream ended, or the producer died. Returned once; the next call waits for
 *           the next stream. With timeout_ms 0, the kernel is asked for a death once a millisecond
 * -EBADMSG  the next frame's description is damaged, or the viewer did not ask for its format. It
 *           counts as missed
 * -EPROTO   the segment is damaged. The viewer leaves this producer; the next call waits
 * -EPROTO, -EPROTONOSUPPORT, -ENOTSUP, -EPERM, -EACCES  a producer is there, but the viewer cannot
 *           attach to it. A producer that it was attached to waits for it no longer. It misses
 *           frames, and -ENODATA does not come for this stream
 * -ENOMEM, -EMFILE, -ENFILE  attaching exhausts memory or a limit
 * -ECANCELED, -EINTR, -ECHILD
 * Where the viewer cannot attach, each call returns the error at once, until something has changed:
 * sleep between calls. But if there is a descriptor, calls with timeout_ms 0 return the error once,
 * then -EAGAIN until something has changed, or for a second. */
SHMFLIP_CHECKED int shmflip_viewer_acquire(struct shmflip_viewer *viewer,
                                           const struct shmflip_frame **frame, int timeout_ms);

/* Returns the viewer's file descriptor for poll(2), epoll(7) and event loops. It is readable while
 * shmflip_viewer_acquire() with timeout_ms 0 may return something else than -EAGAIN: before there
 * is a producer, over the end of streams, and with the next producers. Only poll it: never read,
 * write or close it. It stays the same until shmflip_viewer_close(), which closes it. The first
 * call makes it. With it, a viewer has five descriptors open: four, and the channel's file.
 *
 * When it is readable, acquire with timeout_ms 0. One frame each time is enough: after a frame it
 * stays readable, until a call has found none. With EPOLLET, acquire until -EAGAIN. Once a second,
 * or more often, it is readable although there is nothing to acquire.
 *
 * Frames wake a poll by inotify(7). Where the user has no inotify instances or watches left, the
 * descriptor of an attached viewer is readable every 5 ms. There, and where the directory is
 * missing or may not be listed, a new producer is noticed within 100 ms.
 * -EMFILE, -ENFILE, -ENOMEM, -ECHILD */
SHMFLIP_CHECKED int shmflip_viewer_fd(struct shmflip_viewer *viewer);

/* [any] Interrupts the viewer: until shmflip_viewer_resume(), acquire, attach and wait return
 * -ECANCELED, and the descriptor is readable. A poll wakes up at once. A call that is already
 * waiting returns within 100 ms; in the thread whose signal handler interrupts, at once. A wait may
 * miss an interruption that ends before it has returned: so resume afterwards. May be called in a
 * signal handler. */
SHMFLIP_API void shmflip_viewer_interrupt(struct shmflip_viewer *viewer);
SHMFLIP_API void shmflip_viewer_resume(struct shmflip_viewer *viewer);

/* Detaches. Frames held stay as they are. Takes NULL. */
SHMFLIP_API void shmflip_viewer_close(struct shmflip_viewer *viewer);

/* ---- Channels and counts ------------------------------------------------------------------ */

/* What a channel is. */
struct shmflip_channel {
	uint64_t producer;   /* tells the producers of a channel apart: later ones are larger */
	uint64_t generation; /* tells a producer's generations apart: later ones are larger */
	uint64_t slot_bytes; /* room for a frame */
	uint32_t slots;
	uint32_t policy;    /* enum shmflip_policy */
	int32_t pid;        /* the producer's, for people. 0: it is in another pid namespace */
	uint64_t published; /* frames that this producer has published so far */
	uint64_t dropped;   /* frames that this producer has dropped so far */
	const struct shmflip_stream *stream; /* NULL: not known, see struct shmflip_status */
};

/* The channel that a viewer is attached to; NULL: none. Valid until the next call on the viewer. */
SHMFLIP_API const struct shmflip_channel *shmflip_viewer_channel(struct shmflip_viewer *viewer);

/* For a viewer, published = acquired + missed: it counts, for each producer, from the first frame
 * that this viewer could take to the last one that it took or passed over. */
struct shmflip_counts {
	size_t size;
	uint64_t published;
	uint64_t acquired;
	uint64_t missed;
	uint64_t dropped;   /* for want of a free slot. Of a viewer: by its producers, meanwhile */
	uint64_t discarded; /* loans that were released unpublished */
	uint64_t producers; /* that a viewer attached to */
	uint64_t generations; /* that a producer made, or a viewer attached to */
	int64_t waited_ns;    /* for a slot, in shmflip_producer_loan() */
};

/* [any] Fills in the first size bytes. -EINVAL: size is not set. -ECHILD. */
SHMFLIP_CHECKED int shmflip_producer_counts(struct shmflip_producer *producer,
                                            struct shmflip_counts *counts);

/* Likewise, but one thread at a time. */
SHMFLIP_CHECKED int shmflip_viewer_counts(struct shmflip_viewer *viewer,
                                          struct shmflip_counts *counts);

enum shmflip_state {
	SHMFLIP_DEAD = 0,    /* a producer died and left this */
	SHMFLIP_RUNNING = 1, /* a producer lives, by the kernel's locks and semaphores */
	SHMFLIP_ENDED = 2,   /* likewise; its stream has ended, and it may begin another */
	SHMFLIP_FAILED = 3,  /* likewise; its stream has failed */
};

/* What can be seen of a channel without attaching to it as a viewer. */
struct shmflip_status {
	uint32_t state; /* enum shmflip_state */
	int32_t error;  /* 0; or why only state and channel->pid are known. -EPIPE: the producer is
	                 * dead. -EAGAIN: it is just starting, or a process still holds its locks.
	                 * Others: as for shmflip_viewer_attach() */
	const struct shmflip_channel *channel;
	const struct shmflip_frame
		*newest;            /* without pixels. NULL: there is none in this generation */
	const int32_t *viewer_pids; /* as many as viewers. 0: in another pid namespace. A viewer may
	                             * state any pid */
	uint32_t viewers;           /* attached to this generation */
	uid_t owner;                /* the user that the channel belongs to */
	gid_t group;
	mode_t mode; /* 0600, 0640, ... */
	int32_t segment_id;
	int32_t semaphores_id;
	uint64_t segment_bytes;
};

/* [any] Queries a channel, alive or not. Holds the newest frame for some microseconds. Waits up to
 * a second if a producer is just starting, or a cleanup is at work. With (*status)->error,
 * shmflip_error_detail() says why. shmflip_status_free() frees the status.
 * -ENOENT  there is no such channel, or no directory
 * -EPROTO, -EPROTONOSUPPORT  of another user's channel, to which this one cannot attach
 * -EINVAL, -ENAMETOOLONG, -ENOTDIR, -EPERM, -EACCES, -ENOTSUP, -ENOMEM, -EMFILE, -ENFILE */
SHMFLIP_CHECKED int shmflip_channel_status(const char *dir, const char *channel,
                                           const struct shmflip_status **status);

/* [any] Takes NULL. */
SHMFLIP_API void shmflip_status_free(const struct shmflip_status *status);

/* [any] Calls found for each channel of a directory, alive or not, in no order, until found returns
 * something else than 0. Returns that value, or 0.
 * -ENOENT  there is no directory
 * -EINVAL, -ENAMETOOLONG, -ENOTDIR, -EPERM, -EACCES, -ENOTSUP, -ENOMEM, -EMFILE, -ENFILE */
SHMFLIP_CHECKED int shmflip_channel_list(const char *dir,
                                         int (*found)(const char *channel, void *context),
                                         void *context);

/* What was removed of a channel. */
struct shmflip_removed {
	size_t size;
	uint32_t files;
	uint32_t segments;
	uint32_t semaphores; /* sets of them */
};

/* [any] Removes what dead producers left of a channel, as the next producer would. Until it
 * returns, it owns the channel: a producer that starts waits. Waits itself for a producer that is
 * just starting, a second at most. removed may be NULL.
 * -EBUSY   a producer lives; nothing was removed
 * -ENOENT  there is no such channel, or no directory
 * -EINVAL, -ENAMETOOLONG, -ENOTDIR, -EPERM, -EACCES, -ENOTSUP, -ENOMEM, -EMFILE, -ENFILE */
SHMFLIP_CHECKED int shmflip_channel_clean(const char *dir, const char *channel,
                                          struct shmflip_removed *removed);

#ifdef __cplusplus
}
#endif

#endif
