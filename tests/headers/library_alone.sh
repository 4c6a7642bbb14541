#!/bin/sh
# SPDX-License-Identifier: MIT
#
# library_alone.sh SOURCE: builds the library without the programs, where pkg-config finds no other
# library, and README's program with it: in the build directory, and installed.
source=$1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
set -e

# What a system without any other library says. CC and the like stay as they are.
PKG_CONFIG_LIBDIR=$scratch/none
export PKG_CONFIG_LIBDIR
unset PKG_CONFIG_PATH
meson setup "$scratch/build" "$source" --werror --prefix "$scratch/installed" --libdir lib \
	-Dproducer=false -Dviewer=false -Dtools=false -Dbench=false >"$scratch/log" 2>&1 ||
	{ cat "$scratch/log"; exit 1; }
meson install -C "$scratch/build" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }

needed=$(readelf -d "$scratch/installed/lib/libshmflip.so" |
	sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
	grep -vE '^(libc|ld-linux.*)\.so') || true
[ -z "$needed" ] || { echo "libshmflip.so needs more than libc: $needed"; exit 1; }

# The library has the functions that its header declares, and no other symbol.
grep -oE '\bshmflip_[a-z_]+\(' "$scratch/installed/include/shmflip.h" | tr -d '(' |
	grep -v '^shmflip_init$' | sort -u >"$scratch/declared"
nm -D --defined-only "$scratch/installed/lib/libshmflip.so" | awk '$2 == "T" { print $3 }' |
	sed -n 's/@@SHMFLIP_1$//p' | sort >"$scratch/defined"
diff "$scratch/declared" "$scratch/defined" || { echo 'symbols: declared <, defined >'; exit 1; }

# The first block of C in README.
awk '/^```c$/ { inside = 1; next } /^```$/ && inside { exit } inside' "$source/README.md" \
	>"$scratch/program.c"
grep -q main "$scratch/program.c" || { echo 'README.md holds no program'; exit 1; }
for directory in "$scratch/build/meson-uninstalled" "$scratch/installed/lib/pkgconfig"; do
	flags=$(PKG_CONFIG_PATH=$directory pkg-config --cflags --libs shmflip)
	# shellcheck disable=SC2086 # one flag a word
	${CC:-cc} -Wall -Wextra -Werror -o "$scratch/program" "$scratch/program.c" $flags
done
