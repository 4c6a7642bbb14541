/* SPDX-License-Identifier: MIT
 *
 * The value of --value-scale. Main thread. */
#ifndef SHMFLIP_PRODUCER_VALUE_SCALE_H
#define SHMFLIP_PRODUCER_VALUE_SCALE_H

/* Reads SCALE or SCALE:OFFSET. SCALE is a number or a fraction, and not 0. Anything else is a usage
 * error. Without an offset, *offset is 0. */
void value_scale_option(const char *text, float *scale, float *offset);

#endif
