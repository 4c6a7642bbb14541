/* SPDX-License-Identifier: MIT
 *
 * Viewing without a window: no SDL, no thread. Main thread. Blocks until the viewer is to exit. */
#ifndef SHMFLIP_VIEWER_HEADLESS_H
#define SHMFLIP_VIEWER_HEADLESS_H

struct session;

void headless_run(struct session *session);

#endif
