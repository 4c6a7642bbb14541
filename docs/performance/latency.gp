# SPDX-License-Identifier: MIT
#
# Draws latency.svg from the table "How long one frame takes" of transports.md: p50 by size.
#
#     cd docs/performance && gnuplot latency.gp
#
# Limits of the machine are dashed, as in the pictures that shmflip-bench --plot draws.

set terminal svg size 760,480 noenhanced font 'sans,12' background 'white'
set output 'latency.svg'

$data << END
size shmflip shmflip-awake shmflip-latest shmflip-latest-awake sysv gstreamer-shm vmsplice pipe-1m unix-4m cache-line futex semaphore
64x64 84.5 0.723 76.3 2.42 81.4 132 87.6 103 85.5 0.715 83.5 84.5
1920x1080 85.5 1.13 103 3.12 88.6 146 1942 3817 1044 0.699 91.6 85.5
7680x4320 98.8 1.08 102 2.8 101 177 21103 67633 17170 1 107 108
END

set linetype 9 lc rgb 'brown'
set linetype 10 lc rgb 'gray40'
set linetype 11 lc rgb 'gray60'
set linetype 12 lc rgb 'olive'
set title 'nobody touches the pixels, two cores, 500 frames a second, 1 receiver'
set ylabel 'us from ready to received'
set logscale y
set yrange [0.5:200000]
set grid y
set key outside right
set offsets 0.2, 0.2, 0, 0
plot for [column = 2:10] $data using column:xtic(1) with linespoints lw 2 title columnheader(column), \
	for [column = 11:13] $data using column:xtic(1) with linespoints lw 2 dt 2 title columnheader(column)
