#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh BUILD: compiles the code that only 64-bit Arm executes, and runs its test under emulation.
# This is the NEON variant of png_unfilter.
set -eu
tests=$(cd "$(dirname "$0")/.." && pwd)
png=$tests/../common/png
mkdir -p "$1"

aarch64-linux-gnu-gcc -std=gnu11 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -static \
	-DHAVE_UNFILTER_NEON -I "$tests/arm" -I "$png" -o "$1/test_png_unfilter" \
	"$tests/unit/test_png_unfilter.c" \
	"$png/png_unfilter.c" "$png/png_unfilter_neon.c"
qemu-aarch64 "$1/test_png_unfilter"
