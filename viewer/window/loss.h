/* SPDX-License-Identifier: MIT
 *
 * The ends of a display that this program does not choose: the server exits or closes the
 * connection, another program destroys the window, or the server does not answer while the program
 * is to exit. Main thread, unless said otherwise. */
#ifndef SHMFLIP_VIEWER_WINDOW_LOSS_H
#define SHMFLIP_VIEWER_WINDOW_LOSS_H

#include <stdbool.h>

struct SDL_Window;
union SDL_Event;

/* From now on the loss of the connection calls lost(), which must not return: SDL and Xlib cannot
 * go on. Errors that an X server reports no longer exit the program. Call before SDL_Init(). */
void loss_init(void (*lost)(void *context), void *context);

/* Calls lost(). For a connection that Xlib does not watch. */
void loss_report(void) __attribute__((noreturn));

/* Whether the event says that the window was destroyed, by another program. */
bool loss_is_of_window(struct SDL_Window *window, const union SDL_Event *event);

/* Asks the X server. Without one the window always exists. If the connection is lost, does not
 * return. */
bool loss_window_exists(struct SDL_Window *window);

/* Ends all waits for an answer from the display by losing the connection: shuts down every socket
 * that this program has opened. Any thread; safe in signal handlers. */
void loss_hang_up(void);

#endif
