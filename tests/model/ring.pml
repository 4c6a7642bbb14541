/* SPDX-License-Identifier: MIT
 *
 * Sleeping and waking on the semaphore ring: docs/protocol.md, checked by spin.
 *
 * A producer publishes frames and then rests, closes its channel, ends its stream, or is killed at any step. After
 * the end of a stream it rests, begins another stream with other semaphores, closes its channel, or is killed. Two
 * viewers take the newest frame, sleep when there is none, and report at last how it ended. No viewer may sleep
 * forever, be woken without a reason, miss the last frame, or take an end for a death. A viewer may pause between two
 * steps for any time, so any number of frames may overtake it.
 *
 *   -DFRAMES=2          frames to publish
 *   -DK=6               semaphores; the producer keeps the next K / 2 raised
 *   -DTIMER             a sleep ends by itself when nothing else can happen
 *
 * Fewer than K / 2 frames need no timer. More can pass a viewer that has read the newest number but does not yet
 * sleep: they raise its semaphore again, and only TIMER wakes it.
 *
 * Deliberate mistakes, each to be refuted: -DBAD_PULSE -DBAD_TOKEN -DBAD_NO_UNDO -DBAD_SET_VALUE
 * -DBAD_WAKE_BEFORE_PUBLISH -DBAD_REMOVE_BEFORE_STATE -DBAD_NO_LAST_TAKE -DBAD_STATE_ONCE -DBAD_END_SILENT
 * -DBAD_WAKE_BEFORE_END -DBAD_END_PULSE */
#ifndef FRAMES
#define FRAMES 2
#endif
#ifndef K
#define K 6
#endif
#define V 2
#define ALIVE K
#define RUNNING 0
#define ENDED 1
#define DIED 2

byte latest;
byte state = RUNNING;
byte semaphore[K + 1];
byte undo[K + 1];     /* what the kernel subtracts when the producer dies */
bit removed;          /* the semaphore set */
bit started, resting, killed, undone, died; /* the producer */
byte taken[V];        /* the last frame that each viewer took */
byte reported;        /* viewers that have reported how it ended */

#define IS_ALIVE (!removed && semaphore[ALIVE] > 0)

inline raise(which) {
	semaphore[which] = 1;
#ifndef BAD_NO_UNDO
	undo[which] = 1
#endif
}

inline lower(which) {
	semaphore[which] = 0;
	undo[which] = 0
}

inline ring_publish(f) {
#if defined(BAD_PULSE)
	d_step { lower(0) };
	d_step { raise(0) }
#elif defined(BAD_TOKEN)
	semaphore[0] = semaphore[0] + 1
#else
	d_step { lower((f) % K); raise(((f) + K / 2) % K) }
#endif
}

inline publish(f) {
#ifdef BAD_WAKE_BEFORE_PUBLISH
	ring_publish(f);
	latest = f
#else
	latest = f;
	ring_publish(f)
#endif
}

/* ALIVE stays raised, and the semaphore of the next frame low. */
inline end_stream() {
#if defined(BAD_WAKE_BEFORE_END)
	d_step { lower((f + 1) % K) };
	state = ENDED
#elif defined(BAD_END_SILENT)
	state = ENDED
#elif defined(BAD_END_PULSE)
	state = ENDED;
	d_step { lower((f + 1) % K) };
	d_step { raise((f + 1) % K) }
#else
	state = ENDED;
	d_step { lower((f + 1) % K) }
#endif
}

inline close_channel() {
#ifdef BAD_REMOVE_BEFORE_STATE
	removed = 1;
	state = ENDED
#else
	state = ENDED;
	removed = 1
#endif
}

proctype Producer() {
	byte f, i;

	d_step {
#ifdef BAD_PULSE
		raise(0);
#elif !defined(BAD_TOKEN)
		i = 1;
		do :: i <= K / 2 -> raise(i); i++ :: else -> break od;
		i = 0;
#endif
		raise(ALIVE);
		started = 1
	}
	{
		do
		:: f < FRAMES -> f++; publish(f)
		:: break
		od;
#ifdef BAD_SET_VALUE
		/* SETVAL also deletes the undo. */
		skip;
		d_step { semaphore[(f + 1) % K] = 1; undo[(f + 1) % K] = 0 };
#endif
		if
		:: close_channel()
		:: resting = 1; killed
		:: end_stream();
		   if
		   :: removed = 1 /* begins another stream, or closes the channel */
		   :: resting = 1; killed
		   fi
		fi
	} unless { killed };
	/* The kernel undoes a set in one step, however the producer ended. */
	d_step {
		undone = 1;
		died = (state == RUNNING);
		i = 0;
		do
		:: i <= K ->
			semaphore[i] = (semaphore[i] > undo[i] -> semaphore[i] - undo[i] : 0);
			undo[i] = 0;
			i++
		:: else -> break
		od
	}
}

proctype Viewer(byte me) {
	byte k, seen_state;

	started;
	do
	:: k = latest;
	   if
	   :: k > taken[me] -> taken[me] = k
	   :: else ->
		/* No new frame. Has the producer ended or died? */
		seen_state = state;
		if :: state == RUNNING && IS_ALIVE -> goto sleep :: else fi;
#ifndef BAD_STATE_ONCE
		/* The state may have changed since it was first read. */
		if :: seen_state == RUNNING && state != RUNNING -> goto next :: else fi;
#endif
#ifndef BAD_NO_LAST_TAKE
		k = latest;
		if :: k > taken[me] -> taken[me] = k; goto next :: else fi;
#endif
		break;
sleep:		k = latest;
		if
		:: k > taken[me] -> goto next
		:: else
		fi;
		if
#if defined(BAD_PULSE)
		:: removed || semaphore[0] == 0
#elif defined(BAD_TOKEN)
		:: removed
		:: atomic { semaphore[0] > 0 -> semaphore[0]-- }
#else
		:: removed || semaphore[(k + 1) % K] == 0
#endif
#ifdef TIMER
		:: timeout -> goto next
#endif
		fi;
		/* A wakeup has a reason. */
		assert(latest > k || state == ENDED || removed || undone)
	   fi;
next:	   seen_state = RUNNING
	od;
	assert(taken[me] == latest);
	assert(died == (seen_state == RUNNING));
	reported++
}

/* Kills at some instant, or when both viewers have all frames, and after the end of a stream have reported it: a viewer
 * that then still sleeps would sleep forever. */
proctype Killer() {
	bit waits;

	if
	:: waits = 0
	:: waits = 1
	fi;
	!waits || removed ||
		(resting && taken[0] == latest && taken[1] == latest && (state == RUNNING || reported == V));
	killed = 1
}

init {
	atomic { run Producer(); run Viewer(0); run Viewer(1); run Killer() }
}
