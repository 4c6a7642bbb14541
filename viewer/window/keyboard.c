/* SPDX-License-Identifier: MIT */
#include "keyboard.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>

void keyboard_init(void)
{
	/* Against fcitx, and against IBus, which SDL would use instead: here it finds no address of
	 * one. */
	setenv("SDL_IM_MODULE", "none", 1);
	setenv("IBUS_ADDRESS", "/dev/null", 1);
}

/* SDL_StartTextInput() would also open a keyboard on the screen, where there is one. */
void keyboard_enable_characters(void)
{
	SDL_StopTextInput();
	SDL_EventState(SDL_TEXTINPUT, SDL_ENABLE);
}

/* SDL posts a press and the text that it types together, in this order. */
static SDL_Keycode take_character(void)
{
	SDL_Event next;

	if (SDL_PeepEvents(&next, 1, SDL_PEEKEVENT, SDL_FIRSTEVENT, SDL_LASTEVENT) != 1 ||
	    next.type != SDL_TEXTINPUT)
		return 0;
	SDL_PeepEvents(&next, 1, SDL_GETEVENT, SDL_TEXTINPUT, SDL_TEXTINPUT);
	const char *text = next.text.text;
	return text[0] > ' ' && text[0] <= '~' && text[1] == '\0' ? text[0] : 0;
}

static bool layout_has(SDL_Keycode key)
{
	return SDL_GetScancodeFromKey(key) != SDL_SCANCODE_UNKNOWN;
}

static SDL_Keycode key_of(const SDL_Keysym *keysym)
{
	SDL_Keycode letter = SDLK_a + (SDL_Keycode)(keysym->scancode - SDL_SCANCODE_A);
	bool has_letter_place = letter >= SDLK_a && letter <= SDLK_z;

	return has_letter_place && !layout_has(letter) ? letter : keysym->sym;
}

/* A key that types nothing in any layout. SDL's number for a dead key is the mask alone. */
static bool is_special(SDL_Keycode key)
{
	return key > SDLK_SCANCODE_MASK;
}

static bool is_alphanumeric(SDL_Keycode key)
{
	return key > 0 && key <= '~' && isalnum(key);
}

struct keystroke keyboard_read(const SDL_KeyboardEvent *event)
{
	struct keystroke keystroke = { .key = key_of(&event->keysym) };

	if (event->type == SDL_KEYDOWN)
		keystroke.typed = take_character();
	if (is_special(keystroke.key))
		keystroke.typed = 0;
	/* With Shift a key types another sign than alone: < is not the comma. */
	else if (keystroke.typed && !is_alphanumeric(keystroke.key))
		keystroke.key = SDLK_UNKNOWN;
	return keystroke;
}
