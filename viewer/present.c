/* SPDX-License-Identifier: MIT */
#include "present.h"

const struct presenter *const presenters[PRESENTERS_MAX + 1] = {
	&presenter_surface,
	&presenter_texture,
	&presenter_none,
};
