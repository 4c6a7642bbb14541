#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Lets spin search all states of the protocol's models. It must find no error in the right variants,
# and one in each wrong variant.
#
#   check.sh [--quick] [DIRECTORY]      DIRECTORY: for temporary files
#
# --quick takes about a minute on two cores; the whole search takes half an hour and some GB of
# memory. Exit status 77: spin is not installed.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# The searches, one per line: the expected number of errors, the model, and what to define.
small='N=2 V=1 FRAMES=3 GENS=2 KILLS_P=0 KILLS_V=0'
alone='PRODUCERS=1 KILLS_P=0'
one="$alone N=2 V=1 KILLS_V=0"
three='N=3 V=1 FRAMES=4 KILLS_V=0'
quiet='PRODUCERS=1 KILLS=0 EXTRA=0' # for the descriptor

right_quick() {
	local way

	for way in '' ' EVERY'; do
		cat <<-END
			0 frames $small$way
			0 frames $one FRAMES=4 GENS=1 KEPT=1$way
			0 frames $one FRAMES=2 GENS=2 KEPT=1 ORPHANS$way
			0 frames $one FRAMES=3 GENS=2 ENDS=1$way
		END
	done
	cat <<-END
		0 frames $one FRAMES=4 GENS=2 EVERY LEASE
		0 frames N=2 V=1 FRAMES=2 GENS=2 KILLS_P=0 KILLS_V=0 EXECS=1
		0 frames N=2 V=2 FRAMES=2 GENS=1 KILLS_P=0 KILLS_V=0 SECOND_PATH
		0 ring   FRAMES=2 K=6
		0 ring   FRAMES=4 K=4 TIMER
		0 owner
		0 owner  CLEANERS=0 MOVES=1 DELETES=1
		0 owner  PRODUCERS=1 MOVES=1 DELETES=1
		0 owner  CLEANERS=0 KILLS=0 MOVES=1 DELETES=1 DELETE_BOTH
		0 owner  KILLS=0 EXECS=1
		0 owner  CLEANERS=0 SECOND_PATH
		0 owner  CLEANERS=0 REBOOT
	END
	# Together they have levels and edges, both views, moves, a death, interruptions.
	cat <<-END
		0 descriptor FRAMES=1 GENS=2 PRODUCERS=1 KILLS=1 EXTRA=0
		0 descriptor FRAMES=1 GENS=1 $quiet INTERRUPTS=1 EDGE
		0 descriptor FRAMES=1 GENS=2 $quiet EDGE SHORT_READS=1
		0 descriptor FRAMES=3 GENS=2 $quiet EVERY CLAIMS_FAIL=1
	END
}

right_whole() {
	local way

	for way in '' ' EVERY'; do
		cat <<-END
			0 frames N=2 V=1 FRAMES=3 GENS=2 KILLS_P=1 KILLS_V=0$way
			0 frames N=2 V=1 FRAMES=3 GENS=2 KILLS_P=0 KILLS_V=1$way
			0 frames PRODUCERS=1 KILLS_P=1 $three GENS=2$way
			0 frames N=2 V=2 FRAMES=3 GENS=1 KILLS_P=0 KILLS_V=1$way
			0 frames $alone N=2 V=2 KILLS_V=0 FRAMES=2 GENS=2$way
			0 frames $alone $three GENS=1 KEPT=1 LOANS=2$way
			0 frames $alone N=2 V=2 KILLS_V=0 FRAMES=3 GENS=1 KEPT=1$way
			0 frames $one FRAMES=3 GENS=2 KEPT=1 ORPHANS ENDS=1$way
			0 frames N=2 V=1 FRAMES=2 GENS=2 KILLS_P=1 KILLS_V=0 ENDS=1$way
			0 frames $alone N=2 V=1 KILLS_V=1 FRAMES=3 GENS=2 ENDS=1$way
			0 frames $one FRAMES=3 GENS=3 ENDS=2$way
			0 descriptor FRAMES=2 GENS=2 PRODUCERS=1 KILLS=0$way
			0 descriptor FRAMES=2 GENS=2 PRODUCERS=1 KILLS=0 EDGE$way
			0 descriptor FRAMES=3 GENS=2 PRODUCERS=1$way
			0 descriptor FRAMES=3 GENS=2 PRODUCERS=1 EDGE$way
			0 descriptor EXTRA=0$way
			0 descriptor EXTRA=0 EDGE$way
			0 descriptor FRAMES=2 GENS=2 $quiet INTERRUPTS=2$way
		END
	done
	cat <<-END
		0 frames N=2 V=1 FRAMES=4 GENS=2 KILLS_P=0 KILLS_V=1 EVERY LEASE
		0 frames N=3 V=1 FRAMES=4 GENS=2 KILLS_P=0 KILLS_V=0 EVERY LEASE
		0 frames N=2 V=1 FRAMES=3 GENS=2 KILLS_P=1 KILLS_V=0 EXECS=1
		0 frames N=2 V=1 FRAMES=3 GENS=2 KILLS_P=0 KILLS_V=0 EXECS=1 EVERY
		0 frames N=3 V=2 FRAMES=4 GENS=1 KILLS_P=0 KILLS_V=0
		0 frames $alone N=2 V=2 KILLS_V=0 FRAMES=2 GENS=2 SECOND_PATH
		0 ring   FRAMES=3 K=8
		0 ring   FRAMES=6 K=6 TIMER
		0 owner  RESTARTS=1
		0 owner  RESTARTS=1 STRANGER
		0 owner  MOVES=1 STRANGER
		0 owner  MOVES=1 DELETES=1
		0 owner  CLEANERS=0 KILLS=2 MOVES=1 DELETES=1
		0 owner  KILLS=0 MOVES=1 DELETES=1 DELETE_BOTH
		0 owner  CLEANERS=0 RESTARTS=1 EXECS=1
		0 owner  CLEANERS=0 RESTARTS=1 EXECS=1 SECOND_PATH
		0 owner  MOVES=1 SECOND_PATH
		0 owner  RESTARTS=1 REBOOT
		0 owner  CLEANERS=0 MOVES=1 DELETES=1 REBOOT
		0 descriptor FRAMES=1 GENS=2 PRODUCERS=2 KILLS=1 EXTRA=0
		0 descriptor FRAMES=1 GENS=1 $quiet INTERRUPTS=1
		0 descriptor FRAMES=1 GENS=2 PRODUCERS=1 INTERRUPTS=1 EXTRA=0
		0 descriptor FRAMES=2 GENS=3 PRODUCERS=1 EXTRA=0 EVERY CLAIMS_FAIL=2
		0 descriptor FRAMES=2 GENS=2 $quiet EDGE SHORT_READS=1
		0 descriptor FRAMES=2 GENS=2 PRODUCERS=1 EXTRA=0 EDGE SHORT_READS=2
		0 descriptor FRAMES=1 GENS=2 $quiet REFUSED
		0 descriptor FRAMES=1 GENS=2 EXTRA=0 REFUSED
	END
}

# Some of the errors need 4 frames.
wrong_ones() {
	printf "1 frames $one FRAMES=4 GENS=1 BAD_%s\n" NO_SECOND_CHECK QUERY_LOCK \
		UNLOCK_BEFORE_DIRTY DIRTY_LATE PUBLISH_BEFORE_PIXELS LEND_NEWEST OVERWRITE_FROZEN \
		KEEP_PIN
	printf "1 frames $one FRAMES=4 GENS=1 KEPT=1 BAD_%s\n" LEND_KEPT REUSE_UNLOCKED \
		REUSE_NEWEST
	printf "1 frames $one FRAMES=4 GENS=2 KEPT=1 ORPHANS BAD_%s\n" PUBLISH_ORPHAN \
		OVERWRITE_ORPHAN RELEASE_ORPHAN
	printf "1 frames $one FRAMES=4 GENS=2 ENDS=1 BAD_%s\n" END_REMOVES_RING END_OVERWRITTEN
	printf "1 frames $one FRAMES=4 GENS=2 ENDS=1 EVERY BAD_%s\n" DROP_CLAIM_AT_END \
		NEXT_STREAM_AT_ONCE
	printf "1 frames $one FRAMES=4 GENS=2 EVERY BAD_%s\n" CLAIM_LATE MOVE_WITHOUT_CLAIM \
		NO_CHECK_AFTER_CLAIM
	printf "1 frames $one FRAMES=4 GENS=2 EVERY LEASE BAD_%s\n" UNLOCK_BEFORE_DIRTY QUERY_LOCK
	echo "1 frames $one FRAMES=4 GENS=3 EVERY BAD_LAST_CLAIMS_ONLY"
	echo "1 frames $one FRAMES=4 GENS=2 BAD_REUSE_GENERATION"
	echo "1 frames $one FRAMES=4 GENS=1 SECOND_PATH BAD_NO_LOCK_CHECK"
	printf '1 frames N=2 V=1 FRAMES=2 GENS=2 KILLS_P=1 KILLS_V=0 BAD_%s\n' NO_OWNER \
		LOCK_AFTER_RENAME
	echo '1 frames N=2 V=1 FRAMES=2 GENS=2 KILLS_P=0 KILLS_V=0 EXECS=1 BAD_RAISED_IS_ALIVE'
	echo '1 ring FRAMES=4 K=4'
	printf '1 ring BAD_%s\n' PULSE TOKEN NO_UNDO SET_VALUE WAKE_BEFORE_PUBLISH \
		REMOVE_BEFORE_STATE NO_LAST_TAKE STATE_ONCE END_SILENT WAKE_BEFORE_END END_PULSE
	printf '1 owner BAD_%s\n' NO_NAME_CHECK UNLOCK_BEFORE_UNLINK RECORD_LATE \
		CLEANUP_BEFORE_LOCK NO_CLEANUP CLEAN_WITHOUT_LOCK REFUSE_AT_ONCE \
		ANNOUNCE_BEFORE_PID CHILD_KEEPS_LOCKS
	printf '1 owner CLEANERS=0 MOVES=1 BAD_%s\n' RECORD_ONE_KEY COMMIT_EARLY
	printf '1 owner CLEANERS=0 DELETES=1 BAD_%s\n' CLEANUP_RECORD_ONLY CLEANUP_OWN_FILE \
		LOCK_AFTER_RENAME
	printf '1 owner CLEANERS=0 KILLS=0 MOVES=1 DELETES=1 BAD_%s\n' NO_LIVE_CHECK \
		TRUST_OLD_FILE RETIRE_EARLY
	echo '1 owner CLEANERS=0 KILLS=0 DELETES=1 DELETE_BOTH BAD_END_UNCHECKED'
	echo '1 owner CLEANERS=0 KILLS=0 EXECS=1 BAD_RAISED_IS_ALIVE'
	echo '1 owner CLEANERS=0 KILLS=0 STRANGER BAD_CLEANUP_UNCHECKED'
	echo '1 owner CLEANERS=0 KILLS=0 SECOND_PATH BAD_UNSEEN_IS_GONE'
	echo '1 owner CLEANERS=0 REBOOT BAD_KEY_UNCHECKED'
	printf "1 descriptor FRAMES=2 GENS=2 $quiet BAD_%s\n" DRAIN_LATE NOTIFY_BEFORE_LATEST \
		STORE_PASSES_NOTIFY NOTIFY_BEFORE_STATE RETIRE_UNTOLD END_UNTOLD STATE_FORGOTTEN \
		TOLD_SILENTLY ATTACHED_SILENTLY MADE_SILENTLY FOLDER_UNWATCHED FOLDER_WATCHED_LATE \
		FILE_WATCHED_LATE WATCHED_WHEN_DETACHED LOOKED_ONCE DRAINED_AFTER_FRAME
	printf '1 descriptor FRAMES=1 GENS=1 PRODUCERS=1 KILLS=1 EXTRA=0 BAD_%s\n' DEATH_UNASKED \
		OTHERS_FORGOTTEN
	printf "1 descriptor FRAMES=1 GENS=1 $quiet INTERRUPTS=1 BAD_%s\n" NUDGE_BEFORE_FLAG \
		FLAG_BEFORE_CLEAR FLAG_PASSES_DESCRIPTOR
	echo "1 descriptor FRAMES=3 GENS=1 $quiet EVERY BAD_NEXT_FORGOTTEN"
	echo "1 descriptor FRAMES=2 GENS=2 $quiet EVERY CLAIMS_FAIL=1 BAD_LATER_FORGOTTEN"
	echo "1 descriptor FRAMES=2 GENS=2 $quiet EDGE SHORT_READS=1 BAD_FULL_BUFFER_IGNORED"
	echo "1 descriptor FRAMES=1 GENS=2 $quiet REFUSED BAD_REFUSED_AGAIN"
}

# search ERRORS MODEL DEFINE...: prints the result of a search. Fails unless it found that many
# errors.
search() {
	local expected=$1 model=$2 scratch found optimize=-O2
	local -a limits=(-m1000000)
	shift 2

	scratch=$(mktemp -d "$directory/XXXXXX")
	cd "$scratch"
	spin "${@/#/-D}" -a "$here/$model.pml" >spin.log || cat spin.log
	# Short searches take less time than to optimize them. The error of a wrong variant is found
	# soon.
	[[ $expected == 0 && ! ${quick:-} ]] || optimize=-O0
	((expected == 0)) || limits=(-m100000 -w20)
	cc "$optimize" -w -DSAFETY -DCOLLAPSE -DVECTORSZ=512 -o pan pan.c
	./pan "${limits[@]}" >pan.log || true
	found=$(awk '/max search depth too small/ { unfinished = 1 }
		/errors:/ { errors = $NF }
		/states, stored/ { states = $1 }
		END {
			found = unfinished || errors == "" ? "unfinished," : errors " errors,"
			print found, states, "states"
		}' pan.log)
	if [[ $found == "$expected errors"* ]]; then
		printf '%-28s %s %s\n' "$found" "$model" "$*"
	else
		printf '%-28s %s %s: expected %s\n' "$found" "$model" "$*" "$expected errors"
		return 1
	fi
}

command -v spin >/dev/null || exit 77
case ${1:-} in
--search) search "${@:2}"; exit ;;
--quick) quick=yes && shift ;;
*) quick='' ;;
esac
directory=$(mktemp -d "${1:-${TMPDIR:-/tmp}}/shmflip-models.XXXXXX")
trap 'rm -rf "$directory"' EXIT
export directory quick
{
	right_quick
	[[ $quick ]] || right_whole
	wrong_ones
} | xargs -P "$(nproc)" -L 1 "$here/check.sh" --search
