/* SPDX-License-Identifier: MIT */
#include "help.h"

#include <stdio.h>

#include "cli.h"

void help_print(void)
{
	puts("Usage: shmflip-producer [options] SOURCE...\n"
	     "Shows PNG frames to every shmflip-viewer of a channel, without copying them.\n"
	     "SOURCE is a PNG file, a directory (its *.png: 2 before 10), a pattern such as\n"
	     "frames/%04d.png, or a stream of PNG, PPM, PGM, PAM, Y4M, or --raw: a FIFO, or\n"
	     "- for stdin.\n"
	     "\n"
	     "  -c, --channel NAME      channel (default: default)\n"
	     "      --dir PATH          its directory (default: $SHMFLIP_DIR, else\n"
	     "                          $XDG_RUNTIME_DIR/shmflip, else /tmp/shmflip-UID)\n"
	     "  -r, --fps N             frames per second (default 30, or as a Y4M or --raw\n"
	     "                          says; 0: as fast as possible, or as they come)\n"
	     "  -l, --loop[=N]          N more passes, or endless ones\n"
	     "  -s, --slots N|auto      2 to 64 (default auto: 2, and up to 6 more if viewers\n"
	     "                          need them; with -j N above 1, begins with 1 + 2 * N)\n"
	     "  -j, --jobs N            decoder threads (default 1; 0: one per processor)\n"
	     "  -p, --policy latest|lossless  no slot free: drop the frame (default), or wait\n"
	     "  -w, --wait-viewers N    start when N viewers have attached\n"
	     "      --max-size WxH      the largest frame (default: grows, up to 16384x16384)\n"
	     "      --on-error skip|stop  if a file is no PNG, or damaged (default: skip)\n"
	     "      --preload           with --loop: decode once, then flip through memory\n"
	     "      --raw WxH[:FORMAT][@FPS]  bare pixels on stdin: bgr0 (default), rgb24,\n"
	     "                          gray16le, yuv420p, nv12 ... (ffmpeg's -f rawvideo)\n"
	     "      --pixels auto|file|bgra|FOURCC  keep what BGRA cannot hold (default); keep\n"
	     "                          all; make all BGRA; take only frames of this format\n"
	     "      --reopen            when the writer of a FIFO ends, wait for the next\n"
	     "      --colour MATRIX[:RANGE]  of YUV: bt601, bt709 or bt2020; limited or full\n"
	     "      --value-scale SCALE[:OFFSET]  what 16-bit gray and floats measure: 1/5000\n"
	     "      --mode OCTAL, --group NAME  who may attach (default 0600); the group\n"
	     "      --lease SECONDS     how long a viewer may hold the last slot (0: no limit)\n"
	     "      --flatten COLOUR    blend onto #rrggbb or a name (default: keep alpha)\n"
	     "      --stats FILE        on exit, write statistics as JSON (- is stdout)\n"
	     "  -q, --quiet             errors and skipped files only, no summary\n"
	     "  -v, --verbose           also print a line for each dropped frame\n"
	     "      --help, --version");
	cli_exit_printed();
}
