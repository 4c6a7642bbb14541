#!/bin/sh
# SPDX-License-Identifier: MIT
#
# render.sh SCDOC <PAGE.scd: writes the man page. Unlike that of scdoc alone, it keeps names of
# functions in one piece: man(1) resets .nh, but no macro sets the register HY.
page=$("$1") || exit
printf '%s\n' "$page" | sed 's/^\.nh$/.nr HY 0/'
