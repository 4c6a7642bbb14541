/* SPDX-License-Identifier: MIT
 *
 * shmflipsrc: a channel's frames as raw video, without a copy. */
#ifndef SRC_H
#define SRC_H

#include <gst/base/gstpushsrc.h>

#define GST_TYPE_SHMFLIP_SRC gst_shmflip_src_get_type()
G_DECLARE_FINAL_TYPE(GstShmflipSrc, gst_shmflip_src, GST, SHMFLIP_SRC, GstPushSrc)
GST_ELEMENT_REGISTER_DECLARE(shmflipsrc)

#endif
