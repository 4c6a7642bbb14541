/* SPDX-License-Identifier: MIT
 *
 * Colours: GStreamer's enumerations, and the code points of ITU-T H.273 that shmflip has. Pure
 * functions.
 *
 * GStreamer guesses whatever caps do not say, and drops a colorimetry of YUV whole if its matrix is
 * unknown. So a GstVideoInfo that was read from caps does not tell what caps said. */
#ifndef COLORIMETRY_H
#define COLORIMETRY_H

#include <gst/video/video.h>

#include <shmflip.h>

/* The code points of a colorimetry. Unknown values, and those that H.273 lacks, become 0. */
struct shmflip_colour gst_shmflip_colour_from_colorimetry(const GstVideoColorimetry *colorimetry);

/* The colorimetry of a frame's colour. Returns FALSE if all of it is unknown: leave it out of caps.
 * If a part of it is known, matrix and range are what shmflip takes if nobody says, because
 * GStreamer would drop the known part: BT.601 up to 576 rows, BT.709 above, limited; RGB and gray
 * full. */
gboolean gst_shmflip_colour_to_colorimetry(const struct shmflip_colour *colour, uint32_t fourcc,
                                           uint32_t height, GstVideoColorimetry *colorimetry);

/* The place of 4:2:0 chroma: H.273's Chroma420SampleLocType + 1, as in struct shmflip_colour.
 * Unknown, and places that the other side lacks (DV's; at the bottom): 0, UNKNOWN. */
uint8_t gst_shmflip_siting_from_chroma_site(GstVideoChromaSite site);
GstVideoChromaSite gst_shmflip_siting_to_chroma_site(uint8_t siting);

#endif
