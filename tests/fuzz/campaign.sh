#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Runs fuzz targets that were built with -Dfuzz=true:
#
#   campaign.sh BUILD [--quick] [--runs N] [--keep] [SECONDS] [TARGET...]
#   campaign.sh --one PROGRAM CORPUS...        for meson: one target, for 10 seconds
#
# Runs one target after the other, each for SECONDS (default 600; --quick: 10) or N runs. libFuzzer
# writes new inputs to BUILD/found/TARGET, and also those that break the target: crash-*, timeout-*,
# oom-*. To reproduce one, give the file to the program. --keep copies inputs that cover more code
# into the tree.

set -euo pipefail
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
quick_seconds=10

export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

# How many checks a target makes in one run.
checks_of() {
	case $1 in
	channel_file | header) echo 32 ;;
	*) echo 1 ;;
	esac
}

# The directories whose files a target starts from. The first one is its own corpus.
corpora_of() {
	echo "$tests/fuzz/corpus/$1"
	case $1 in
	png_fast) printf '%s\n' "$tests"/data/{kinds,damaged,tolerated} ;;
	png) printf '%s\n' "$tests"/data/{kinds,damaged} ;;
	esac
}

# run PROGRAM FOUND LIMIT CORPUS...: runs libFuzzer, whose report goes from stderr to stdout. If the
# tree has a dictionary for the target, libFuzzer puts inputs together from its words.
run() {
	local program=$1 found=$2 limit=$3
	local dictionary=$tests/fuzz/${program##*/fuzz_}.dict
	local -a words=()
	shift 3

	[[ ! -f $dictionary ]] || words=("-dict=$dictionary")
	mkdir -p "$found"
	"$program" "$limit" "${words[@]}" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
		-artifact_prefix="$found/" "$found" "$@" 2>&1
}

# number_of NAME LOG: a figure of libFuzzer's final report.
number_of() {
	sed -n "s/^stat::$1: *//p" "$2"
}

# verdict_of STATUS LOG: libFuzzer exits with status 72 when it is interrupted.
verdict_of() {
	case $1 in
	0) echo 'no finding' ;;
	72) echo 'no finding, interrupted' ;;
	*) echo "BROKEN: see $2" ;;
	esac
}

# campaign TARGET LIMIT: runs a target and prints one line of the table.
campaign() {
	local target=$1 limit=$2 begin=$SECONDS log=$build/found/$1.log runs status=0
	local -a corpora

	mapfile -t corpora < <(corpora_of "$target")
	mkdir -p "$build/found"
	run "$build/tests/fuzz/fuzz_$target" "$build/found/$target" "$limit" "${corpora[@]}" \
		>"$log" || status=$?
	runs=$(number_of number_of_executed_units "$log")
	printf '%-14s %14d runs %14d checks %7d s %8s MiB  %s\n' "$target" "${runs:-0}" \
		"$((${runs:-0} * $(checks_of "$target")))" "$((SECONDS - begin))" \
		"$(number_of peak_rss_mb "$log")" \
		"$(verdict_of "$status" "$log")"
	return "$status"
}

# keep TARGET: copies the fewest and smallest new inputs that cover code which the tree's do not.
keep() {
	local target=$1 kept
	local -a corpora

	mapfile -t corpora < <(corpora_of "$target")
	kept=$(mktemp -d)
	find "${corpora[@]}" -type f -exec cp -t "$kept" {} +
	"$build/tests/fuzz/fuzz_$target" -set_cover_merge=1 "$kept" "$build/found/$target" \
		2>"$build/found/$target.merge.log"
	find "${corpora[@]}" -type f -printf '%f\n' | (cd "$kept" && xargs -r -d '\n' rm -f --)
	find "$kept" -type f -exec cp -t "${corpora[0]}" {} +
	rm -rf "$kept"
}

if [[ ${1:-} == --one ]]; then
	run "$2" "$(dirname "$2")/found-$(basename "$2")" "-max_total_time=$quick_seconds" "${@:3}"
	exit
fi

build=$1
shift
limit=
kept=
seconds=600
while [[ ${1:-} == --* ]]; do
	case $1 in
	--quick) seconds=$quick_seconds ;;
	--runs) limit=-runs=$2 && shift ;;
	--keep) kept=yes ;;
	*) echo "campaign.sh: unknown option $1" >&2 && exit 2 ;;
	esac
	shift
done
if [[ ${1:-} =~ ^[0-9]+$ ]]; then
	seconds=$1
	shift
fi
if (($#)); then
	targets=("$@")
else
	mapfile -t targets < <(cd "$tests/fuzz" && printf '%s\n' fuzz_*.c |
		sed 's/^fuzz_//; s/\.c$//')
fi
status=0
for target in "${targets[@]}"; do
	campaign "$target" "${limit:--max_total_time=$seconds}" || status=1
	[[ ! $kept ]] || keep "$target"
done
exit "$status"
