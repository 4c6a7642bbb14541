/* SPDX-License-Identifier: MIT
 *
 * Viewing without a window: no SDL, no thread. Main thread; blocks until the view is to be left. */
#ifndef VIEWER_HEADLESS_H
#define VIEWER_HEADLESS_H

struct session;

void headless_run(struct session *session);

#endif
