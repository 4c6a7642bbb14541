#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# How many frames does shmflip-viewer --record miss? A producer flips through pictures in its memory
# at a rate, and a viewer without a window records them onto a tmpfs. Recorded files are removed all
# the time, so that the tmpfs stays small.
#
# usage: record.sh BUILD PNG|DIRECTORY [SECONDS [RATE [JOBS]]]
#
# Defaults: 60 seconds, 60 per second, and as many jobs as the viewer chooses.
#
# Prints the counts. Exit status 1: more than 0.5 % are missing.

set -euo pipefail

(($# >= 2 && $# <= 5)) || {
	sed -n '8s/^# //p' "$0" >&2
	exit 2
}
build=$1 pictures=$2 seconds=${3:-60} rate=${4:-60} jobs=${5:-}
scratch=$(mktemp -d /dev/shm/shmflip-record.XXXXXX)
started=()

clean_up() {
	((${#started[@]} == 0)) || kill "${started[@]}" 2>/dev/null || true
	wait
	rm -rf "$scratch"
}
trap clean_up EXIT

export SHMFLIP_DIR=$scratch/channel
"$build/producer/shmflip-producer" -q --preload --loop --fps "$rate" -w 1 "$pictures" &
started+=($!)
"$build/viewer/shmflip-viewer" -q --present none --record "$scratch/frames" \
	${jobs:+--jobs "$jobs"} --frames "$((seconds * rate))" --stats "$scratch/stats.json" &
viewer=$!
while kill -0 "$viewer" 2>/dev/null; do
	sleep 1
	find "$scratch/frames" -name '*.png' -delete 2>/dev/null || true
done
wait "$viewer"
python3 - "$scratch/stats.json" <<-'END'
	import json, sys
	stats = json.load(open(sys.argv[1]))
	recorded, missing = stats["recorded"], stats["not_recorded"]
	print("{} frames recorded, {} missing ({:.2f} %)".format(
	      recorded, missing, 100 * missing / (recorded + missing)))
	print("{} dropped by the producer, in {:.1f} s".format(
	      stats["dropped_by_producer"], stats["seconds"]))
	sys.exit(missing > 0.005 * (recorded + missing))
END
