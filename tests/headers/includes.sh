#!/bin/sh
# SPDX-License-Identifier: MIT
#
# includes.sh SOURCE: checks which file includes what. Dependencies point one way: programs,
# shmflip.h, library, system calls. A new directory, or a header of another library, needs a line in
# a table here.
cd "$1" || exit 1

# A directory, and the directories whose headers its files may include beside its own. A long row
# is two.
directories='
common/include
common/system
common/src          common/include common/system
common/pixels       common/include
common/cli          common/include common/system common/pixels
common/json         common/cli
common/png          common/include common/pixels
gstreamer           common/include
examples            common/include
producer/input      common/include common/cli common/png common/pixels
producer            common/include common/system common/cli common/png common/pixels
producer            producer/input
viewer/present      common/include common/system common/pixels
viewer/overlay      viewer/present
viewer/window       common/cli viewer/present
viewer              common/include common/system common/cli common/png common/pixels
viewer              viewer/present viewer/overlay viewer/window
tools               common/include common/cli common/json common/png common/pixels
bench/decoder       common/png bench
bench/encoder       common/include common/png common/pixels bench
bench/transport     common/include bench
bench               common/include common/cli common/system common/json common/png
bench               bench/transport bench/decoder bench/encoder
python/extension    common/include common/system
assets
tests/headers       common/include
tests/integration   common/include
tests/bench         common/include common/pixels
tests/crash         common/include common/system
tests/data
tests/gstreamer     common/include common/system gstreamer tests/unit
tests/fuzz          common/include common/src common/png common/pixels producer/input
tests/unit          common/include common/system common/src common/cli common/json common/png
tests/unit          common/pixels tests/data bench tools
tests/unit          producer producer/input viewer viewer/present viewer/overlay viewer/window
tests/arm
'

# A header of the system or of another library, as a pattern, and the files that may include it.
headers='
sys/(shm|sem|ipc)\.h            common/src/sysv\.c|viewer/shared_buffers\.c|bench/transport/|tests/
sys/vfs\.h|linux/magic\.h       common/src/|tests/
png\.h                          common/png/|bench/(de|en)coder/|assets/|tests/
zlib\.h                         common/png/|bench/decoder/|viewer/|tests/
libdeflate\.h                   common/png/|bench/(de|en)coder/
SDL(_syswm)?\.h                 viewer/|tests/unit/
xcb/.*                          viewer/present/|tests/
pango/.*                        viewer/overlay/
cairo\.h                        viewer/present/|viewer/window/
wayland-client(-core)?\.h       viewer/window/
jansson\.h                      common/json/|producer/|viewer/|tools/|bench/|tests/unit/
gst/.*                          gstreamer/|bench/transport/|tests/
zmq\.h|mqueue\.h                bench/transport/
spng\.h|stb/.*                  bench/(de|en)coder/
libavcodec/.*|libavutil/.*      bench/(de|en)coder/|tests/bench/
libswscale/.*|libyuv\.h         bench/decoder/|tests/bench/
cmocka\.h                       tests/
sanitizer/.*|sys/ptrace\.h      tests/
sys/user\.h|dlfcn\.h            tests/
(sm|em|im)mintrin\.h|arm_neon\.h common/png/|common/pixels/|tests/
linux/futex\.h                  bench/transport/|tests/
sys/socket\.h                   bench/transport/|viewer/window/|tests/
sys/eventfd\.h                  common/src/watch\.c|viewer/window/|tests/
sys/(epoll|inotify|timerfd)\.h  common/src/watch\.c|tests/
spawn\.h|sys/utsname\.h|fts\.h  bench/
malloc\.h                       tests/
(Python|structmember)\.h         python/extension/python_api\.h
'

# Of the C library, to all.
libc='(ctype|dirent|endian|errno|fcntl|float|getopt|grp|inttypes|limits|locale|math|poll|pthread'
libc="$libc|sched|semaphore|setjmp|signal|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio"
libc="$libc|stdlib|string|strings|time|unistd"
libc="$libc|sys/(ioctl|mman|prctl|random|resource|stat|syscall|time|types|uio|wait))"
libc="$libc"'\.h'

# list_files NAME: the files of this tree with such a name, but for what builds made.
list_files() {
	for top in *; do
		if [ -d "$top" ] && [ ! -d "$top/meson-info" ] &&
			! ls "$top"/*/meson-info >/dev/null 2>&1; then
			find "$top" -name "$1"
		fi
	done
}

# One line for each include: the file, " or <, and the header.
list_includes() {
	{ list_files '*.[ch]' && list_files '*.def'; } |
		xargs grep -HE '^[[:space:]]*#[[:space:]]*include' |
		sed -E 's/^([^:]*):[^"<]*(["<])([^">]*).*/\1 \2 \3/'
}

check() {
	awk -v directories="$directories" -v headers="$headers" -v libc="^$libc\$" '
		function directory_of(path) {
			return match(path, "/[^/]*$") ? substr(path, 1, RSTART - 1) : "."
		}
		function normal(path) {
			while (match(path, "[^/]+/\\.\\./"))
				path = substr(path, 1, RSTART - 1) substr(path, RSTART + RLENGTH)
			return path
		}
		# The header of ours that an include names: beside the file, or by its way from a
		# directory that the file may include from. Empty: none.
		function find_header(from, name,    i, path) {
			path = normal(directory_of(from) "/" name)
			if (path in ours)
				return path
			for (path in ours)
				if (substr(path, length(path) - length(name)) == "/" name &&
				    (directory_of(from), directory_of(path)) in allowed)
					return path
			for (path in ours)
				if (substr(path, length(path) - length(name)) == "/" name)
					return path
			return ""
		}
		function complain(text) {
			print text
			failed = 1
		}
		BEGIN {
			count = split(directories, line, "\n")
			for (i = 1; i <= count; i++) {
				fields = split(line[i], field, " ")
				if (fields)
					known[field[1]] = allowed[field[1], field[1]] = 1
				for (j = 2; j <= fields; j++)
					allowed[field[1], field[j]] = 1
			}
			outside = 0
			count = split(headers, line, "\n")
			for (i = 1; i <= count; i++)
				if (split(line[i], field, " ") == 2) {
					pattern[++outside] = "^(" field[1] ")$"
					users[outside] = "^(" field[2] ")"
				}
		}
		NF == 1 { ours[$1] = 1; next }
		!(directory_of($1) in known) {
			complain($1 ": its directory is not in the table of includes.sh")
		}
		{
			header = find_header($1, $3)
			if (header && ($2 == "\"" || directory_of(header) == "common/include")) {
				if (!((directory_of($1), directory_of(header)) in allowed))
					complain($1 ": may not include " header)
				if (header != $1)
					print $1, header >edges
				next
			}
			if ($2 == "\"") {
				complain($1 ": includes " $3 ", which is no file of this tree")
				next
			}
			for (i = 1; i <= outside; i++)
				if ($3 ~ pattern[i]) {
					if ($1 !~ users[i])
						complain($1 ": may not include <" $3 ">")
					next
				}
			if ($3 !~ libc)
				complain($1 ": includes <" $3 ">, which is in no table here")
		}
		END { exit failed }' edges="$1" -
}

edges=$(mktemp) || exit 1
trap 'rm -f "$edges"' EXIT
status=0
{ list_files '*.h'; list_files '*.def'; list_includes; } | check "$edges" || status=1

# No header includes itself by way of others.
tsort "$edges" >/dev/null || {
	echo 'headers include each other in a circle: see tsort above'
	status=1
}

# The library does not print, exit, or trust asserts.
calls='(v?[fd]?printf|f?puts|putchar|perror|_?exit|abort|assert)'
if grep -nE "(^|[^[:alnum:]_])$calls\\(" common/src/*.c common/system/*.c; then
	status=1
fi
exit $status
