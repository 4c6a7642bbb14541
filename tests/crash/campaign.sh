#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Kills real processes at random instants and at every instruction, stops and delays them. Then does
# the same to the mutants of the library (mutants/), and must catch each of them. README.md explains
# the parts.
#
#   campaign.sh [--quick] BUILD          BUILD: the directory tests/crash of a meson build
#   campaign.sh --mutant PATTERN BUILD   only the mutants whose names match
#
# Every program runs in an IPC namespace of its own. Exit status 77: the system allows no such
# namespace.

set -euo pipefail

quick='' only_mutants=''
case ${1:-} in
--quick)
	quick=yes
	shift
	;;
--mutant)
	only_mutants=${2:?missing PATTERN}
	shift 2
	;;
esac
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(cd "${1:?missing BUILD: tests/crash of a build}" && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/shmflip-campaign.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
# Killed programs leave their temporary files there too.
export TMPDIR=$scratch
processors=$(nproc)
status=0
began=$SECONDS

own_ipc=(unshare --ipc)
if ! "${own_ipc[@]}" true 2>/dev/null; then
	own_ipc=(unshare --map-current-user --ipc)
	"${own_ipc[@]}" true 2>/dev/null || {
		echo 'campaign.sh: cannot make an IPC namespace: run it as root' >&2
		exit 77
	}
fi
# The C library moves large blocks by a loop, not by one rep instruction of thousands of steps.
GLIBC_TUNABLES=glibc.cpu.x86_rep_movsb_threshold=1000000000
GLIBC_TUNABLES+=:glibc.cpu.x86_rep_stosb_threshold=1000000000
export GLIBC_TUNABLES

# side_by_side NUMBER PROGRAM PART OPTION...: runs so many programs at once. In their arguments, %i
# stands for a program's number, from 0, and %n for how many there are.
side_by_side() {
	local i n=$1
	local -a pids=() command

	shift
	for ((i = 0; i < n; i++)); do
		command=("${@//%i/$i}")
		"${own_ipc[@]}" "${command[@]//%n/$n}" >"$scratch/out.$i" 2>"$scratch/err.$i" &
		pids+=($!)
	done
	for ((i = 0; i < n; i++)); do
		wait "${pids[i]}" || {
			status=1
			cat "$scratch/err.$i"
		}
	done
}

# Adds up what the programs counted and prints it; their remarks (lines with #) follow unchanged.
sum() {
	awk '
		/^#/ { remarks = remarks "\n  " substr($0, 3); next }
		!($2 in total) { order[++n] = $2 }
		{ total[$2] += $3 }
		END {
			for (i = 1; i <= n; i++)
				if (total[order[i]])
					line = line (line ? ", " : "") total[order[i]] " " order[i]
			print "  " line remarks
		}' "$scratch"/out.*
	rm -f "$scratch"/out.*
}

# part TITLE NUMBER PROGRAM ARGUMENT...: runs one part and prints its results.
part() {
	local part_began=$SECONDS

	echo "$1"
	side_by_side "${@:2}"
	sum
	echo "  $((SECONDS - part_began)) s"
}

# ---- Mutants -------------------------------------------------------------------------------------

compiler=${CC:-gcc}
flags=(-D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -std=gnu11 -g -O1
	-I"$here/../../common/include" -I"$here/../../common/system")
library=$build/../../common/libshmflip-internal.a
# How a unit test tells that a case failed.
failure='^\[  (FAILED  |ERROR   )\] (\w+)$'

# compile PATCH DIRECTORY FLAG...: copies the library's sources to DIRECTORY, changes them, and
# compiles the changed files. Adds their objects to the array objects.
compile() {
	local patch=$1 directory=$2 file
	local -a changed
	shift 2

	mkdir "$directory" || return
	cp "$here"/../../common/src/* "$here"/../../common/system/*.c "$directory" || return
	patch -s -p1 -d "$directory" <"$patch" || return
	mapfile -t changed < <(sed -n 's|^+++ b/\([^[:space:]]*\).*|\1|p' "$patch")
	for file in "${changed[@]}"; do
		"$compiler" "${flags[@]}" "$@" -c "$directory/$file" -o "$directory/${file%.c}.o" ||
			return
		objects+=("$directory/${file%.c}.o")
	done
}

# link_crash DIRECTORY LIBRARY, link_unit DIRECTORY NAME: make DIRECTORY/program of the array
# objects and, for all that did not change, of the build's.
link_crash() {
	"$compiler" -o "$1/program" "${objects[@]}" \
		-Wl,--whole-archive "$build/libcrash-parts.a" \
		-Wl,--no-whole-archive "$2" "$build/libcrash-delays.a" \
		-lpthread -Wl,--wrap=clock_sleep -Wl,-z,now
}

link_unit() {
	"$compiler" "${flags[@]}" -I"$1" -o "$1/program" "$here/../unit/test_$2.c" \
		"${objects[@]}" "$library" -lcmocka -lpthread
}

# build_mutant PATCH DIRECTORY PART...: builds the program that must catch the mutant.
build_mutant() {
	local patch=$1 directory=$2
	local -a objects=()

	case $3 in
	unit)
		compile "$patch" "$directory" && link_unit "$directory" "$4"
		;;
	storm | descriptor)
		compile "$patch" "$directory" -fsanitize=thread \
			--param=tsan-instrument-func-entry-exit=0 &&
			link_crash "$directory" "$build/libshmflip-delayed.a"
		;;
	*)
		compile "$patch" "$directory" && link_crash "$directory" "$library"
		;;
	esac
}

# run_until_failure LOG PROGRAM ARGUMENT...: fails if the program does. A unit test is over when a
# first case fails: a later one may hang. Leaves no processes behind.
run_until_failure() {
	local log=$1 program
	shift

	timeout 360 "${own_ipc[@]}" "$@" >/dev/null 2>"$log" &
	program=$!
	tail -s 0.2 -n +1 -f --pid="$program" "$log" | grep -Eqm1 "$failure" || true
	# It has a process group of its own.
	kill -KILL -- "-$program" 2>/dev/null || true
	wait "$program" 2>/dev/null
}

# run_mutant PATCH: runs the part that the patch names. Prints the fault that caught the mutant, or
# SURVIVED.
run_mutant() {
	local patch=$1 name directory
	local -a part options

	name=$(basename "$patch" .patch)
	directory=$scratch/$name
	read -ra part < <(sed -n 's/^Part: //p' "$patch")
	case ${part[0]} in
	unit) options=() ;;
	storm | descriptor)
		options=("${part[@]}" --timeout 10000 --kills 1000000 --seconds 300)
		;;
	*) options=("${part[@]}" --timeout 10000) ;;
	esac
	if ! build_mutant "$patch" "$directory" "${part[@]}" >"$directory.log" 2>&1; then
		echo "  $name: the patch does not apply to common/src, or does not compile"
		cat "$directory.log"
		return 1
	fi
	if run_until_failure "$directory.log" "$directory/program" "${options[@]}"; then
		echo "  $name: SURVIVED"
		return 1
	fi
	# Only a fault that the crash test printed, or a unit test's failure, counts as caught.
	sed -En "s/^crash: /  $name: /p; s/$failure/  $name: \2 fails/p" \
		"$directory.log" | grep -m1 . || {
		echo "  $name: SURVIVED: the program failed without a fault:"
		cat "$directory.log"
		return 1
	}
}

# check_unit_test NAME: a unit test that catches mutants must pass without one.
check_unit_test() {
	local directory=$scratch/unit-$1
	local -a objects=()

	mkdir "$directory"
	cp "$here"/../../common/src/*.h "$directory"
	if ! link_unit "$directory" "$1" >"$directory/log" 2>&1 ||
		! "${own_ipc[@]}" "$directory/program" >"$directory/log" 2>&1; then
		echo "  the unit test $1 fails without a mutant:"
		cat "$directory/log"
		return 1
	fi
}

# README.md has a table of the models' wrong variants, with mutants for each, or "none" and why.
check_table() {
	local variant mutant

	while read -r variant; do
		grep -q "^| .*\b${variant#BAD_}\b.* | \(\`\|none\)" "$here/README.md" || {
			status=1
			echo "  $variant of a model is not in README.md"
		}
	done < <(grep -ho 'BAD_[A-Z_]*' "$here"/../model/*.pml | sort -u)
	while read -r mutant; do
		[[ -f $here/mutants/$mutant.patch ]] || {
			status=1
			echo "  $mutant of README.md is not in mutants/"
		}
	done < <(sed -En '/^\| (model|mistake)/,/^$/p' "$here/README.md" |
		grep -Po '\x60\K[a-z]+-[a-z-]+(?=\x60)') # in backticks
}

# Four jobs per processor run side by side, because most of them sleep.
wait_for_room() {
	while (($(jobs -rp | wc -l) >= 4 * processors)); do
		wait -n || true
	done
}

# mutants PATTERN: those that may take long come first. Files tell how a job ended: bash forgets its
# status if another process gets its id, and more processes are started than there are ids.
mutants() {
	local patch name caught
	local long='^Part: (storm|descriptor)'
	local -a patches

	echo 'Mutants, and the fault or the unit test that caught each'
	check_table
	# shellcheck disable=SC2086,SC2231 # a pattern
	mapfile -t patches < <(
		grep -lE "$long" "$here"/mutants/$1.patch || true
		grep -LE "$long" "$here"/mutants/$1.patch
	)
	for patch in "${patches[@]}"; do
		wait_for_room
		(
			run_mutant "$patch" >"$scratch/$(basename "$patch").said"
			: >"$scratch/$(basename "$patch").done"
		) &
	done
	while read -r name; do
		wait_for_room
		(
			check_unit_test "$name" >"$scratch/$name.test.said"
			: >"$scratch/$name.test.done"
		) &
	done < <(sed -n 's/^Part: unit //p' "${patches[@]}" | sort -u)
	wait
	cat "$scratch"/*.patch.said
	find "$scratch" -maxdepth 1 -name '*.test.said' -exec cat {} +
	caught=$(find "$scratch" -maxdepth 1 -name '*.patch.done' | wc -l)
	echo "  $caught of ${#patches[@]} caught"
	((caught == ${#patches[@]})) || status=1
	for name in "$scratch"/*.test.said; do
		[[ -f ${name%.said}.done ]] || status=1
	done
}

# ---- The campaign --------------------------------------------------------------------------------

# Each program starts with a seed of its own. The last four bits of a seed choose the round's event.
storm=(storm --seed '%i0000007')
steps=(steps --share '%i/%n')
descriptor=(descriptor --seed '%i' --kills 1000000)
if [[ $quick ]]; then
	plain=("${storm[@]}" --kills 1000000 --seconds 6)
	delayed=("${plain[@]}")
	steps+=(--stride 199)
	latency=(latency --kills 20)
	descriptor+=(--seconds 5)
else
	plain=("${storm[@]}" --kills $((21000 / processors + 1))
		--frames $((9000000 / processors + 1)))
	delayed=("${storm[@]}" --kills $((2000 / processors + 1))
		--frames $((500000 / processors + 1)))
	latency=(latency --kills 500)
	descriptor+=(--seconds 300)
fi

if [[ $only_mutants ]]; then
	mutants "$only_mutants"
	exit "$status"
fi
# Processes that sleep leave room for others, and those with delays sleep much.
part 'Random kills' $((2 * processors)) "$build/crash" "${plain[@]}"
part 'Random kills, with delays between memory accesses' $((4 * processors)) \
	"$build/crash-delayed" "${delayed[@]}"
part 'Kills at every instruction' "$processors" "$build/crash" "${steps[@]}"
part 'Deaths without a successor' 1 "$build/crash" "${latency[@]}"
part "A stranger's objects under the channel's keys" 1 "$build/crash" collisions
part 'Polled descriptors' "$processors" "$build/crash" "${descriptor[@]}"
part 'Polled descriptors, with delays between memory accesses' "$processors" \
	"$build/crash-delayed" "${descriptor[@]}"
mutants '*'
if ((status)); then
	echo "FAILED after $((SECONDS - began)) s"
else
	echo "No fault, $((SECONDS - began)) s"
fi
exit "$status"
