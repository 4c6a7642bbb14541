/* SPDX-License-Identifier: MIT */
#include "present.h"

const struct presenter *const presenters[PRESENTERS_MAX + 1] = {
#ifdef WITH_X11
	&presenter_x11,
#endif
	&presenter_surface,
	&presenter_texture,
	&presenter_none,
};
