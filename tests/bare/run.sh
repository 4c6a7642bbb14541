#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# run.sh SOURCE [COMMAND...]: makes a bare Debian 12 in a temporary directory, and clones the last
# commit of SOURCE into it. There it runs the commands, or without any those that README names.
# Needs root and debootstrap. What it mounts and starts has namespaces of its own, which end with
# it.
set -euo pipefail

# inside ROOT COMMAND...: runs the commands in the new system, in namespaces that exist.
inside() {
	local root=$1 command failed=0
	shift

	mount --make-rprivate /
	mount --bind "$root" "$root"
	mount -t proc proc "$root/proc"
	mount -t sysfs -o ro sysfs "$root/sys"
	mount --rbind /dev "$root/dev"
	mount -t tmpfs tmpfs "$root/dev/shm"
	mount -t tmpfs tmpfs "$root/tmp"
	# Not chroot: programs in there may not make namespaces.
	mkdir "$root/old"
	cd "$root" && pivot_root . old
	umount --lazy /old
	for command in "$@"; do
		echo "== $command"
		env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
			${http_proxy:+"http_proxy=$http_proxy"} \
			${https_proxy:+"https_proxy=$https_proxy"} \
			bash -c "cd /root/shmflip && $command" </dev/null || {
			echo "== $command failed"
			failed=1
		}
	done
	return "$failed"
}

if [[ ${1:-} == --inside ]]; then
	inside "${@:2}"
	exit
fi
source=$(realpath "$1")
shift

((EUID == 0)) || {
	echo 'bare: needs root, to make a system: run it with sudo' >&2
	exit 1
}
unshare --mount --pid --fork true 2>/dev/null || {
	echo 'bare: this system does not allow namespaces of its own (unshare)' >&2
	exit 77
}

scratch=$(mktemp -d "${TMPDIR:-/tmp}/shmflip-bare.XXXXXX")
trap 'rm -rf --one-file-system "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

commands=("$@")
if ((${#commands[@]} == 0)); then
	mapfile -t commands < <(sed -n 's|^    \(\./dev [a-z]*\) .*|\1|p' "$source/README.md")
fi
((${#commands[@]})) || {
	echo 'bare: README.md names no command' >&2
	exit 1
}

echo "== debootstrap"
debootstrap --variant=minbase --include=git,ca-certificates bookworm "$scratch/root" \
	>"$scratch/log" 2>&1 || {
	tail -n 20 "$scratch/log"
	exit 1
}
cp -L /etc/resolv.conf "$scratch/root/etc/resolv.conf"
[[ ! -f /etc/hosts ]] || cp /etc/hosts "$scratch/root/etc/hosts"
git clone --quiet --no-hardlinks "$source" "$scratch/root/root/shmflip"
unshare --mount --pid --ipc --fork --kill-child \
	"${BASH_SOURCE[0]}" --inside "$scratch/root" "${commands[@]}"
