#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Has spin search all states of the protocol's models for an error, and makes sure that it finds one in
# each wrong variant. check.sh [--quick] [DIRECTORY]; exit status 77: spin is not installed. The quick form
# takes less than a minute on two cores, the whole one half an hour and some GB of memory.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# What is to be searched, a line each: the result to come, the model, and what to define.
small='N=2 V=1 FRAMES=4 GENS=2'
wrong="$small KILLS_P=1 KILLS_V=0"

right_quick() {
	cat <<-END
		0 frames $small KILLS_P=0 KILLS_V=0
		0 frames $small KILLS_P=0 KILLS_V=0 EVERY
		0 frames $small KILLS_P=0 KILLS_V=0 EVERY LEASE
		0 ring   FRAMES=2 K=6
		0 ring   FRAMES=4 K=4 TIMER
		0 owner
		0 owner  CLEANERS=0 MOVES=1 DELETES=1
		0 owner  PRODUCERS=1 MOVES=1 DELETES=1
		0 owner  CLEANERS=0 KILLS=0 MOVES=1 DELETES=1 DELETE_BOTH
		0 owner  KILLS=0 EXECS=1
	END
}

right_whole() {
	local way

	for way in '' EVERY; do
		cat <<-END
			0 frames N=2 V=1 FRAMES=3 GENS=2 KILLS_P=1 KILLS_V=0${way:+ $way}
			0 frames N=2 V=1 FRAMES=3 GENS=2 KILLS_P=0 KILLS_V=1${way:+ $way}
			0 frames N=3 V=1 FRAMES=4 GENS=2 KILLS_P=1 KILLS_V=0${way:+ $way}
			0 frames N=2 V=2 FRAMES=3 GENS=1 KILLS_P=0 KILLS_V=1${way:+ $way}
			0 frames N=3 V=2 FRAMES=4 GENS=1 KILLS_P=0 KILLS_V=0${way:+ $way}
			0 frames N=2 V=2 FRAMES=2 GENS=2 KILLS_P=0 KILLS_V=0${way:+ $way}
		END
	done
	cat <<-END
		0 frames N=2 V=1 FRAMES=4 GENS=2 KILLS_P=0 KILLS_V=1 EVERY LEASE
		0 frames N=3 V=1 FRAMES=4 GENS=2 KILLS_P=0 KILLS_V=0 EVERY LEASE
		0 ring   FRAMES=3 K=8
		0 ring   FRAMES=6 K=6 TIMER
		0 owner  ROUNDS=1
		0 owner  ROUNDS=1 STRANGER
		0 owner  MOVES=1 STRANGER
		0 owner  MOVES=1 DELETES=1
		0 owner  CLEANERS=0 KILLS=2 MOVES=1 DELETES=1
		0 owner  KILLS=0 MOVES=1 DELETES=1 DELETE_BOTH
		0 owner  CLEANERS=0 ROUNDS=1 EXECS=1
	END
}

# The wrong variants: with fewer frames than 4 some of their errors have no room.
wrong_ones() {
	printf "1 frames $wrong BAD_%s\n" NO_SECOND_LOOK ASK_FOR_LOCK UNLOCK_BEFORE_DIRTY DIRTY_LATE \
		PUBLISH_BEFORE_PIXELS REUSE_GENERATION NO_OWNER OVERWRITE_FROZEN KEEP_PIN
	printf "1 frames $wrong EVERY BAD_%s\n" CLAIM_LATE MOVE_WITHOUT_CLAIM NO_LOOK_AFTER_CLAIM
	printf "1 frames $wrong EVERY LEASE BAD_%s\n" UNLOCK_BEFORE_DIRTY ASK_FOR_LOCK
	echo '1 ring FRAMES=4 K=4'
	printf '1 ring BAD_%s\n' PULSE TOKEN NO_UNDO SET_VALUE BELL_BEFORE_PUBLISH REMOVE_BEFORE_STATE \
		NO_LAST_LOOK STATE_ONCE
	printf '1 owner BAD_%s\n' NO_LOOK_AT_NAME UNLOCK_BEFORE_UNLINK NOTE_LATE SWEEP_BEFORE_LOCK NO_SWEEP \
		CLEAN_WITHOUT_LOCK REFUSE_AT_ONCE OFFICE_BEFORE_PID
	printf '1 owner CLEANERS=0 MOVES=1 BAD_%s\n' NOTE_ONE_KEY COMMIT_EARLY
	printf '1 owner CLEANERS=0 DELETES=1 BAD_%s\n' SWEEP_RECORD_ONLY SWEEP_OWN_FILE
	printf '1 owner CLEANERS=0 KILLS=0 MOVES=1 DELETES=1 BAD_%s\n' NO_LOOK_FOR_LIVING BELIEVE_OLD_FILE RETIRE_EARLY
	echo '1 owner CLEANERS=0 KILLS=0 DELETES=1 DELETE_BOTH BAD_END_BLINDLY'
	echo '1 owner CLEANERS=0 KILLS=0 EXECS=1 BAD_RAISED_LIVES'
	echo '1 owner CLEANERS=0 KILLS=0 STRANGER BAD_SWEEP_UNASKED'
}

# search ERRORS MODEL DEFINE...: says what the search came to. Fails if it is not what it should be.
search() {
	local wanted=$1 model=$2 scratch found optimize=-O2
	local -a limits=(-m1000000)
	shift 2

	scratch=$(mktemp -d "$directory/XXXXXX")
	cd "$scratch"
	spin "${@/#/-D}" -a "$here/$model.pml" >spin.log || cat spin.log
	# Wrong variants are soon refuted: it is getting ready that takes the time.
	if ((wanted)); then
		optimize=-O0 limits=(-m100000 -w20)
	fi
	cc "$optimize" -w -DSAFETY -DCOLLAPSE -DVECTORSZ=512 -o pan pan.c
	./pan "${limits[@]}" >pan.log || true
	found=$(awk '/max search depth too small/ { unfinished = 1 }
		/errors:/ { errors = $NF }
		/states, stored/ { states = $1 }
		END { print (unfinished || errors == "" ? "unfinished," : errors " errors,"), states, "states" }' pan.log)
	if [[ $found == "$wanted errors"* ]]; then
		printf '%-28s %s %s\n' "$found" "$model" "$*"
	else
		printf '%-28s %s %s: expected %s\n' "$found" "$model" "$*" "$wanted errors"
		return 1
	fi
}

command -v spin >/dev/null || exit 77
case ${1:-} in
--search) search "${@:2}"; exit ;;
--quick) quick=yes && shift ;;
*) quick= ;;
esac
directory=$(mktemp -d "${1:-${TMPDIR:-/tmp}}/shmflip-models.XXXXXX")
trap 'rm -rf "$directory"' EXIT
export directory
{
	right_quick
	[[ $quick ]] || right_whole
	wrong_ones
} | xargs -P "$(nproc)" -L 1 "$here/check.sh" --search
