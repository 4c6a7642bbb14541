#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Has spin search all states of the protocol for an error, and makes sure that it finds one in each
# wrong variant of it. check.sh [--quick] [FOLDER]; exit status 77: spin is not installed.

set -euo pipefail

quick=
if [[ ${1:-} == --quick ]]; then
	quick=yes
	shift
fi
model=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/frames.pml
scratch=$(mktemp -d "${1:-${TMPDIR:-/tmp}}/shmflip-model.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
command -v spin >/dev/null || exit 77
status=0

# search DEFINE...: prints what the search came to.
search() {
	cd "$scratch"
	spin "${@/#/-D}" -a "$model" >spin.log || { cat spin.log && return 1; }
	cc -O2 -w -DSAFETY -DCOLLAPSE -DVECTORSZ=2048 -o pan pan.c
	./pan -m1000000 >pan.log || true
	awk '/max search depth too small/ { short = 1 }
		/errors:/ { errors = $NF }
		/states, stored/ { states = $1 }
		END { print (short ? "unfinished" : errors " errors"), states " states" }' pan.log
}

# expect RESULT DEFINE...
expect() {
	local wanted=$1 found
	shift

	found=$(search "$@")
	printf '%-28s %s\n' "$found" "$*"
	if [[ $found != "$wanted"* ]]; then
		echo "expected: $wanted"
		status=1
	fi
}

# With fewer frames than 4 some errors have no room.
small=(N=2 V=1 FRAMES=4 GENS=2)
expect '0 errors' "${small[@]}" KILLS_P=0 KILLS_V=0
expect '0 errors' "${small[@]}" KILLS_P=0 KILLS_V=0 EVERY
if [[ ! $quick ]]; then
	few=(N=2 V=1 FRAMES=3 GENS=2)
	expect '0 errors' "${few[@]}" KILLS_P=1 KILLS_V=0
	expect '0 errors' "${few[@]}" KILLS_P=1 KILLS_V=0 EVERY
	expect '0 errors' "${few[@]}" KILLS_P=0 KILLS_V=1
	expect '0 errors' "${few[@]}" KILLS_P=0 KILLS_V=1 EVERY
	expect '0 errors' N=3 V=1 FRAMES=4 GENS=1 KILLS_P=0 KILLS_V=1
	expect '0 errors' N=2 V=2 FRAMES=3 GENS=1 KILLS_P=0 KILLS_V=1
fi
wrong=(N=2 V=1 FRAMES=4 GENS=2 KILLS_P=1 KILLS_V=0)
for variant in NO_SECOND_LOOK ASK_FOR_LOCK UNLOCK_BEFORE_DIRTY DIRTY_LATE PUBLISH_BEFORE_PIXELS \
	REUSE_GENERATION NO_OWNER OVERWRITE_FROZEN; do
	expect '1 errors' "${wrong[@]}" "BAD_$variant"
done
for variant in CLAIM_LATE MOVE_WITHOUT_CLAIM NO_LOOK_AFTER_CLAIM UNLOCK_BEFORE_DIRTY ASK_FOR_LOCK; do
	expect '1 errors' "${wrong[@]}" EVERY "BAD_$variant"
done
exit "$status"
