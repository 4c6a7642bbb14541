/* SPDX-License-Identifier: MIT
 *
 * What a key means, whatever the keyboard's layout. Main thread. */
#ifndef SHMFLIP_VIEWER_WINDOW_KEYBOARD_H
#define SHMFLIP_VIEWER_WINDOW_KEYBOARD_H

#include <SDL.h>

struct keystroke {
	/* The ASCII character that the press types, which the layout and Shift decide. 0: none, or
	 * the event is a release. */
	SDL_Keycode typed;

	/* The key itself: a letter, a digit, or one that types nothing, such as F1. Each key counts
	 * as its letter in the layout. In a layout without that Latin letter (Russian, Greek,
	 * Hebrew) it counts as the letter in its place on a US keyboard. SDLK_UNKNOWN: another. */
	SDL_Keycode key;
};

/* Call before SDL_Init(): no input method gets the keys, because nobody writes text here. */
void keyboard_init(void);

/* Call after SDL_Init(): from now on presses tell what they type. */
void keyboard_enable_characters(void);

/* Reads a key event that SDL_PollEvent() has just returned, and the character behind it. */
struct keystroke keyboard_read(const SDL_KeyboardEvent *event);

#endif
