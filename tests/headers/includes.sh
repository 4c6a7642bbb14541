#!/bin/sh
# SPDX-License-Identifier: MIT
# Dependencies point one way: each rule names a header and the only files that may include it.
cd "$1" || exit 1
status=0

only() { # PATTERN-OF-HEADER  PATTERN-OF-FILES
	strays=$(grep -rlE "#include [<\"]$1" --include='*.[ch]' common producer viewer bench assets tests |
		grep -vE "$2")
	if [ -n "$strays" ]; then
		echo "may not include $1:"
		echo "$strays"
		status=1
	fi
}

only 'sys/(shm|sem|ipc)\.h' '^common/src/sysv\.c|^bench/transport/|^tests/'
only 'sys/msg\.h' '^$'
only 'png\.h' '^common/png/|^bench/decoder/|^viewer/window/icon\.c|^assets/|^tests/'
only 'SDL' '^viewer/|^tests/'
only '(X11|xcb)/' '^viewer/present/(present_x11|x11_[a-z]+)\.[ch]|^tests/'
only 'libdeflate\.h' '^common/png/|^bench/|^tests/'
only 'jansson\.h' '^(producer|viewer|tools|bench|tests)/'
only '(gst/|zmq\.h)' '^bench/transport/'
only '(spng|stb/|libavcodec/|libswscale/)' '^bench/decoder/'
# Programs see the library by its one public header; the library sees none of the programs.
only '(layout|slots|ring|channel|sysv|lock|pins|generation|attachment|directory|cleanup|retired|producer_options|frame_wait)\.h' '^common/src/|^tests/(unit|fuzz)/'
only 'cli\.h' '^common/cli/|^producer/|^viewer/|^tools/|^bench/|^tests/unit/'

# The library neither prints nor exits nor trusts asserts.
if grep -nE '\b(printf|puts|perror|exit|abort|assert)\(' common/src/*.c | grep -v 'snprintf'; then
	status=1
fi
exit $status
