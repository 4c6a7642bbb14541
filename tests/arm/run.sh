#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh BUILD: compiles the code that only 64-bit Arm executes, and runs its tests under emulation.
# These are the NEON variants of png_unfilter, png_filter and pixel_convert.
set -eu
tests=$(cd "$(dirname "$0")/.." && pwd)
png=$tests/../common/png
pixels=$tests/../common/pixels
mkdir -p "$1"

# build TEST ARGUMENTS
build() {
	test=$1
	shift
	aarch64-linux-gnu-gcc -std=gnu11 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -static \
		-I "$tests/arm" -I "$tests/../common/include" -o "$out/test_$test" \
		"$tests/unit/test_$test.c" "$@" -lm
}

out=$1
build png_unfilter -DHAVE_UNFILTER_NEON -I "$png" "$png/png_unfilter.c" "$png/png_unfilter_neon.c"
build png_filter -DHAVE_UNFILTER_NEON -I "$png" "$png/png_filter.c" "$png/png_filter_neon.c"
for test in pixel_variants pixel_accuracy; do
	build "$test" -DHAVE_PIXELS_NEON -I "$pixels" "$pixels/colour_map.c" "$pixels/matrix.c" \
		"$pixels/pixel_convert.c" "$pixels/pixel_format.c" "$pixels/pixel_range.c" \
		"$pixels/pixel_rows_neon.c" "$pixels/pixel_rows_plain_c.c" "$pixels/pixel_source.c"
done
for test in png_unfilter png_filter pixel_variants pixel_accuracy; do
	qemu-aarch64 "$out/test_$test"
done
