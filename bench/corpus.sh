#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Makes PNG files for `shmflip-bench decode` and `encode`, in a directory per kind, from pictures in
# Debian 12 and from ffmpeg:
#
#   photos-1080p  photos-4k  video-1080p  screens  drawn-1080p  game-art  palette
#   icons-16-32  icons-48-256
#
# usage: bench/corpus.sh DIRECTORY     needs apt-get, dpkg-deb, ffmpeg, ImageMagick; downloads about
# 250 MB

set -euo pipefail

(($# == 1)) || {
	echo "usage: $0 DIRECTORY" >&2
	exit 2
}
mkdir -p "$1"
chmod 755 "$1" # apt-get downloads as another user
corpus=$(cd "$1" && pwd)
source=$corpus/.source
mkdir -p "$source"

# Warnings about metadata do not matter: only pixels are used.
convert=(nice "$(command -v convert-im6.q16 || command -v convert)" -quiet)

quiet_ffmpeg() {
	ffmpeg -nostdin -v error -y "$@"
}

# Downloads and unpacks packages without installing them.
fetch() {
	local package

	for package in "$@"; do
		[[ ! -d $source/$package ]] || continue
		(cd "$source" && apt-get -q download "$package" >&2)
		dpkg-deb -x "$source/$package"_*.deb "$source/$package.part"
		mv "$source/$package.part" "$source/$package"
		rm "$source/$package"_*.deb
	done
}

# Lists photographs among the wallpapers: JPEG files of at least 4K, the three largest of each
# directory. Directories hold the same picture in many sizes.
photographs() {
	find "$source"/{gnome-backgrounds,mate-backgrounds,plasma-workspace-wallpapers} \
		-name '*.jpg' -size +500k -printf '%s %h %p\n' |
		sort -k 2,2 -k 1,1nr | awk '++seen[$2] <= 3 { print $3 }' |
		while read -r file; do
			if (($("${convert[@]}" "$file" \
				-format '%[fx:w >= 3840 && h >= 2160]' info:))); then
				echo "$file"
			fi
		done
}

# encode NUMBER FROM TO: NUMBER selects one of four encoders in turn: libpng as in most programs (a
# filter chosen per row), libpng at its fastest, ffmpeg by default (no filter), ffmpeg with a filter
# chosen per row.
encode() {
	case $(($1 % 4)) in
	0) "${convert[@]}" "$2" -strip -quality 75 "PNG24:$3" ;;
	1) "${convert[@]}" "$2" -strip -quality 15 "PNG24:$3" ;;
	2) quiet_ffmpeg -i "$2" -pix_fmt rgb24 "$3" ;;
	3) quiet_ffmpeg -i "$2" -pix_fmt rgb24 -pred mixed "$3" ;;
	esac
}

# make_photos DIRECTORY SIZE COUNT
make_photos() {
	local directory=$corpus/$1 size=$2 count=$3 number=0 file

	mkdir -p "$directory"
	while read -r file && ((number < count)); do
		"${convert[@]}" "$file" -resize "$size^" -gravity center -extent "$size" \
			"$source/scaled.ppm"
		encode "$number" "$source/scaled.ppm" "$directory/$(printf %02d "$number").png"
		number=$((number + 1))
	done < <(photographs)
}

# Simulates a camera that moves over a photograph, with sensor noise.
make_video() {
	local directory=$corpus/video-1080p number=0 file filters

	filters='zoompan=z=1.2+0.02*on:d=3:x=20*on:y=10*on:s=1920x1080'
	filters+=,noise=alls=6:allf=t,tmix
	mkdir -p "$directory"
	while read -r file && ((number < 12)); do
		quiet_ffmpeg -loop 1 -i "$file" -frames:v 3 -vf "$filters" \
			"$source/video-%d.ppm"
		for frame in 1 2 3; do
			encode "$number" "$source/video-$frame.ppm" \
				"$directory/$(printf %02d "$number").png"
			number=$((number + 1))
		done
	done < <(photographs | awk 'NR % 3 == 0')
}

# Copies screenshots of programs from a package.
make_screens() {
	local directory=$corpus/screens number=0 file

	mkdir -p "$directory"
	find "$source/debian-edu-doc-en" -name '*.png' -size +40k | sort | while read -r file; do
		cp "$file" "$directory/$(printf %02d "$number").png"
		number=$((number + 1))
		((number < 30)) || break
	done
}

make_drawn() {
	local directory=$corpus/drawn-1080p number=0 input

	mkdir -p "$directory"
	for input in testsrc2= smptehdbars= mandelbrot= rgbtestsrc= pal75bars= gradients= \
		cellauto=rule=110: life=mold=10:ratio=0.2: sierpinski= yuvtestsrc=; do
		quiet_ffmpeg -f lavfi -i "${input}s=1920x1080" \
			-vf 'select=gte(n\,9)' -frames:v 1 -pix_fmt rgb24 "$source/drawn.ppm"
		encode "$number" "$source/drawn.ppm" "$directory/$(printf %02d "$number").png"
		number=$((number + 1))
	done
}

# Prints depth and colour type of PNG files: "8,2".
kind_of() {
	od -An -tu1 -j24 -N2 "$1" | awk '{ print $1 "," $2 }'
}

# make_art DIRECTORY SIZE KINDS: copies 30 files of games, larger than SIZE, whose depth and colour
# type match a pattern.
make_art() {
	local directory=$corpus/$1 size=$2 kinds=$3 number=0 file

	mkdir -p "$directory"
	while read -r file && ((number < 30)); do
		# shellcheck disable=SC2053 # a pattern
		if [[ $(kind_of "$file") == $kinds ]]; then
			cp "$file" "$directory/$(printf %02d "$number").png"
			number=$((number + 1))
		fi
	done < <(find "$source"/{frozen-bubble-data,pingus-data} -type f -name '*.png' \
		-size "+$size" | sort)
}

# make_icons DIRECTORY EACH SIZE...: copies 12 icons of each size, every EACH-th one of the theme.
make_icons() {
	local directory=$corpus/$1 each=$2 size
	shift 2

	mkdir -p "$directory"
	for size in "$@"; do
		find "$source/gnome-icon-theme" -type f -path "*/$size/*" -name '*.png' | sort |
			awk -v each="$each" 'NR % each == 1' | head -n 12 |
			while read -r file; do
				cp "$file" "$directory/$size-${file##*/}"
			done
	done
}

fetch gnome-backgrounds mate-backgrounds plasma-workspace-wallpapers debian-edu-doc-en
fetch frozen-bubble-data pingus-data gnome-icon-theme
make_photos photos-1080p 1920x1080 16
make_photos photos-4k 3840x2160 8
make_video
make_screens
make_drawn
make_art game-art 20k '8,[26]'
make_art palette 4k '*,3'
make_icons icons-16-32 20 16x16 24x24 32x32
make_icons icons-48-256 20 48x48 256x256
rm -f "$source"/*.ppm
find "$corpus" -path "$source" -prune -o -name '*.png' -printf '%h\n' | sort | uniq -c
