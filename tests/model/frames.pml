/* SPDX-License-Identifier: MIT
 *
 * The slot protocol and its generations: docs/protocol.md, checked by spin.
 *
 * Two processes want to be the producer; only one at a time is. Viewers take the newest frame or, with -DEVERY,
 * every frame. Each process may be killed at any step, and starts again. A producer may move to a new generation
 * at any time; this covers both a frozen viewer and a change of size. A viewer may pause at any step for any time.
 * A viewer attaches only where it sees the lock that the producer has on the channel file for its life. Each access
 * to shared memory and each lock operation is one step. Writing a frame is two steps, and in between no viewer may
 * see it; using a frame is two steps too.
 *
 * No viewer sees a frame while it is written, another frame than it took, or an older one. None waits forever, or
 * keeps a slot that it does not use, or takes a live producer for dead. There is one owner at a time. A viewer of
 * every frame loses none.
 *
 *   -DN=2 -DV=2   slots, viewers        -DFRAMES=3    frames that all producers publish together
 *   -DGENS=3      generations in all    -DKILLS_P=1 -DKILLS_V=1    kills of producers, of viewers
 *   -DLEASE       with EVERY: the producer does not wait without limit for viewers to move; they then may lose
 *                 frames
 *   -DEXECS=1     a producer becomes another program, all together: its files are closed, its ring stays raised
 *   -DSECOND_PATH the last viewer comes by a second path, an overlay or a copy: it sees no lock of the producer, and
 *                 the producer none of its own. Without EVERY
 *
 * Deliberate mistakes, each to be refuted: -DBAD_NO_SECOND_CHECK -DBAD_QUERY_LOCK -DBAD_UNLOCK_BEFORE_DIRTY
 * -DBAD_DIRTY_LATE -DBAD_PUBLISH_BEFORE_PIXELS -DBAD_REUSE_GENERATION -DBAD_NO_OWNER -DBAD_OVERWRITE_FROZEN
 * -DBAD_KEEP_PIN -DBAD_LOCK_AFTER_RENAME; with -DEVERY: -DBAD_CLAIM_LATE -DBAD_MOVE_WITHOUT_CLAIM
 * -DBAD_NO_CHECK_AFTER_CLAIM; with -DSECOND_PATH: -DBAD_NO_LOCK_CHECK; with EXECS: -DBAD_RAISED_IS_ALIVE */
#ifndef N
#define N 2
#endif
#ifndef V
#define V 2
#endif
#ifndef FRAMES
#define FRAMES 3
#endif
#ifndef GENS
#define GENS 3
#endif
#ifndef KILLS_P
#define KILLS_P 1
#endif
#ifndef KILLS_V
#define KILLS_V 1
#endif
#ifndef EXECS
#define EXECS 0
#endif
/* A generation has one producer, so with one generation a second producer would have nothing to do. */
#define PRODUCERS (GENS > 1 -> 2 : 1)
#define NONE 15
#define DIRTY 0
#define RUNNING 1
#define MOVED 2
#define ENDED 3

#define SLOT(g, s) ((g) * N + (s))
#define BYTE(g, f) ((g) * (FRAMES + 1) + (f))
#ifdef SECOND_PATH
#define SEEN ((1 << (V - 1)) - 1) /* the viewers whose locks meet the producer's */
#else
#define SEEN 255
#endif
#define ME ((1 << me) & SEEN)

/* Shared memory and the channel file. A word of latest is frame * 4 + slot; slot 3: none. */
byte file = NONE;        /* the generation that the channel file names */
byte generations;        /* begun so far; a number is never used again */
byte latest[GENS];
byte state[GENS];
byte ring[GENS];         /* ALIVE: the producer that has raised it, from 1; 0: not raised */
byte sequence[GENS * N];
byte pixels[GENS * N];   /* the frame that they belong to; DIRTY: being written */
byte newest;             /* frames that all producers have published: here the numbers continue from one to the next */
byte producer[GENS];     /* the first generation of the same producer */

/* State in the kernel. */
bit owned;
bit holds[GENS];         /* the producer's lock on this generation's channel file */
byte pinned[GENS * (FRAMES + 1)]; /* one bit per viewer */
bit writing[GENS * (FRAMES + 1)];
byte claim[GENS * V];    /* this viewer has locked all frames from this one on; 0: none */

/* For the assertions and the environment. */
byte owners;
byte living = NONE;      /* the generation of a live producer */
byte execs;
bit kill_p[2];
bit kill_v[V];
byte done;               /* producers that have ended and do not start again */
bit kills_done;          /* no kill will follow */

inline unlock_viewer(g) {
	d_step {
		i = 0;
		do
		:: i <= FRAMES -> pinned[BYTE(g, i)] = pinned[BYTE(g, i)] & (255 - ME); i++
		:: else -> break
		od;
		claim[(g) * V + me] = 0;
		i = 0
	}
}

/* A viewer that is about to sleep has nothing pinned. */
inline assert_no_pins(g) {
	d_step {
		i = 0;
		do
		:: i <= FRAMES -> assert(!(pinned[BYTE(g, i)] & ME)); i++
		:: else -> break
		od;
		i = 0
	}
}

/* Whether a viewer's claim prevents the producer from locking byte f. */
#if V > 1
#define CLAIMED(g, f) ((claim[(g) * V] && claim[(g) * V] <= (f)) || \
		       (claim[(g) * V + 1] && claim[(g) * V + 1] <= (f)))
#else
#define CLAIMED(g, f) (claim[(g) * V] && claim[(g) * V] <= (f))
#endif

/* Read-locks all frames from f on, unless the producer has write-locked one of them. */
inline take_claim(g, f, got) {
	d_step {
		got = 1;
		x = f;
		do
		:: x <= FRAMES && got -> got = !writing[BYTE(g, x)]; x++
		:: else -> break
		od;
		x = 0;
		if :: got -> claim[(g) * V + me] = f :: else fi
	}
}

inline lock_write(g, f, got) {
	d_step {
		if
		:: pinned[BYTE(g, f)] == 0 && !CLAIMED(g, f) ->
			got = 1;
#ifndef BAD_QUERY_LOCK
			writing[BYTE(g, f)] = 1
#endif
		:: else -> got = 0
		fi
	}
}

inline begin_generation(was) {
#ifdef BAD_REUSE_GENERATION
	g = 0;
	if :: generations == 0 -> generations = 1 :: else fi;
#else
	g = generations;
	generations++;
#endif
	latest[g] = newest * 4 + 3;
	state[g] = RUNNING;
	producer[g] = (was == NONE -> g : producer[was]);
	ring[g] = me + 1;
	d_step { slot = 0; do :: slot < N -> held[slot] = DIRTY; slot++ :: else -> break od; slot = 0 };
	front = NONE;
#ifndef BAD_LOCK_AFTER_RENAME
	holds[g] = 1;
#endif
	d_step { file = g; living = g };
	holds[g] = 1;
	if
	:: was != NONE -> state[was] = MOVED; ring[was] = 0; holds[was] = 0
	:: else
	fi
}

proctype Producer(byte me) {
	byte g, was, front, slot, f;
	byte held[N];
	bit got, mine, became_other;

again:
	{
#ifdef BAD_NO_OWNER
		owned == 0;
		d_step { owned = 1; mine = 1; owners++ };
#else
		atomic { owned == 0 -> owned = 1; mine = 1; owners++ };
#endif
		assert(owners == 1);
		if
		:: generations >= GENS || newest == FRAMES -> goto finish
		:: else
		fi;
#ifndef BAD_RAISED_IS_ALIVE
		/* Removes the ring of a producer that is gone, even a raised one. */
		d_step {
			if
			:: file != NONE && !holds[file] -> ring[file] = 0
			:: else
			fi
		};
#endif
		begin_generation(NONE);
		do
		:: newest < FRAMES ->
			slot = 0;
			got = 0;
			do
			:: slot < N && !got ->
				if
				:: slot == front -> slot++
				:: slot != front && held[slot] == DIRTY -> got = 1
				:: else ->
					lock_write(g, held[slot], got);
					if
					:: !got -> slot++
					:: else ->
#ifdef BAD_UNLOCK_BEFORE_DIRTY
						writing[BYTE(g, held[slot])] = 0;
#endif
#ifndef BAD_DIRTY_LATE
						sequence[SLOT(g, slot)] = DIRTY;
#endif
						writing[BYTE(g, held[slot])] = 0
					fi
				fi
			:: else -> break
			od;
			if
			:: got ->
				f = newest + 1;
#ifdef BAD_PUBLISH_BEFORE_PIXELS
				sequence[SLOT(g, slot)] = f;
				latest[g] = f * 4 + slot;
#endif
				pixels[SLOT(g, slot)] = DIRTY;
#ifdef BAD_DIRTY_LATE
				sequence[SLOT(g, slot)] = DIRTY;
#endif
				pixels[SLOT(g, slot)] = f;
				sequence[SLOT(g, slot)] = f;
				d_step { latest[g] = f * 4 + slot; newest = f };
				held[slot] = f;
				front = slot
#ifdef BAD_OVERWRITE_FROZEN
			:: !got ->
				/* After a lease, takes the slot of a frozen viewer instead of new memory. */
				slot = (front == 0 -> 1 : 0);
				sequence[SLOT(g, slot)] = DIRTY;
				held[slot] = DIRTY
#else
			:: !got -> skip /* drop the frame, or try again */
#endif
			fi;
			/* Moves to a new generation: a viewer is frozen, or the size changes. */
			if
			:: generations < GENS ->
				was = g;
				begin_generation(was);
#if defined(EVERY) && !defined(BAD_MOVE_WITHOUT_CLAIM)
				/* Lossless: lends no slot before the viewers have moved their claims. */
				if
				:: !CLAIMED(was, newest + 1)
#ifdef LEASE
				:: true
#endif
				fi
#endif
			:: d_step { execs < EXECS -> execs++; living = NONE; became_other = 1 }; goto finish
			:: true
			fi
		:: else -> break
		od;
		living = NONE;
		file = NONE;
		state[g] = ENDED;
		ring[g] = 0;
finish:
		skip
	} unless { kill_p[me] && !became_other };
	/* The kernel undoes the raises of a dead producer. Then it closes its files. */
	d_step {
		slot = 0;
		do
		:: slot < GENS -> if :: ring[slot] == me + 1 && !became_other -> ring[slot] = 0 :: else fi; slot++
		:: else -> break
		od;
		if :: mine -> living = NONE :: else fi;
		slot = 0
	};
	d_step {
		slot = 0;
		do
		:: slot < GENS * (FRAMES + 1) -> if :: mine -> writing[slot] = 0 :: else fi; slot++
		:: else -> break
		od;
		slot = 0;
		do
		:: slot < GENS -> if :: mine -> holds[slot] = 0 :: else fi; slot++
		:: else -> break
		od;
		if :: mine -> owners--; owned = 0; mine = 0 :: else fi;
		g = 0; was = 0; front = 0; slot = 0; f = 0; got = 0
	};
	if
	:: kill_p[me] && !became_other -> kill_p[me] = 0; goto again
	:: else -> done++
	fi
}

/* Takes frames until no more can come. */
proctype Viewer(byte me) {
	byte g = NONE, next_g, word, f, s, x, last, i, seen_state, found;
	bit got, same;

again:
	{
		skip;
attach:
		/* To a generation that exists, is alive, and is not the last one. */
		next_g = file;
		if
		:: next_g == NONE || next_g == g ->
waiting:		if
			:: file != NONE && file != g -> goto attach
			:: done == PRODUCERS && kills_done -> goto finish
			fi
		:: else
		fi;
		/* A producer lives if it holds this lock on the file, and its ring is raised. */
#ifdef BAD_NO_LOCK_CHECK
		got = 1;
#else
		got = (holds[next_g] && ME);
#endif
		if
		:: !ring[next_g] || (!got && ME) ->
			if
			:: file != next_g -> goto attach
			:: else -> assert(living != next_g)
			fi;
dead:			if
			:: file != next_g -> goto attach
			:: done == PRODUCERS && kills_done -> goto finish
			fi
#ifdef SECOND_PATH
		:: ring[next_g] && !got && !ME -> goto finish /* refused: its locks would not meet the producer's */
#endif
		:: else
		fi;
		got = 0;
#ifdef EVERY
		/* Continue after the last frame, or with the newest one of another producer. */
		d_step {
			word = latest[next_g];
			same = (g != NONE && last && producer[g] == producer[next_g]);
			i = (same -> last + 1 : (word % 4 == 3 -> word / 4 + 1 : word / 4))
		};
#ifdef BAD_CLAIM_LATE
		/* Claims the frames after what it read, and does not read again. */
		i++;
#endif
		take_claim(next_g, i, got);
		if :: !got -> goto attach :: else -> got = 0 fi;
#ifndef BAD_CLAIM_LATE
		word = latest[next_g];
		if
		:: !same && word / 4 > i -> i = word / 4; claim[next_g * V + me] = i
		:: else
		fi;
#endif
#ifndef BAD_NO_CHECK_AFTER_CLAIM
		/* The producer may have checked for claims before this one was set. */
		if
		:: state[next_g] != RUNNING -> claim[next_g * V + me] = 0; goto attach
		:: else
		fi;
#endif
		if :: !same -> last = i - 1 :: else fi;
		i = 0;
#endif
		if :: g != NONE -> unlock_viewer(g) :: else fi;
		g = next_g;
		do
		:: seen_state = state[g]; i = ring[g];
		   word = latest[g];
		   f = word / 4;
		   s = word % 4;
		   if
		   :: f > last && s != 3 ->
			i = 0;
#ifdef EVERY
			/* Find the oldest frame after the last. */
			i = NONE;
			s = 0;
			do
			:: s < N ->
				x = sequence[SLOT(g, s)];
				if
				:: x > last && x <= f && x < i -> i = x; found = s
				:: else
				fi;
				s++
			:: else -> break
			od;
			assert(i != NONE);
#ifndef LEASE
			/* A frame that was claimed in time still exists. */
			assert(i == last + 1);
#endif
			f = i;
			s = found;
			claim[g * V + me] = f;
			i = 0;
#else
			d_step {
				if
				:: !writing[BYTE(g, f)] || !ME -> pinned[BYTE(g, f)] = pinned[BYTE(g, f)] | ME; got = 1
				:: else -> got = 0
				fi
			};
			if :: !got -> goto next :: else fi;
#ifndef BAD_NO_SECOND_CHECK
			x = sequence[SLOT(g, s)];
			if
			:: x != f ->
#ifndef BAD_KEEP_PIN
				pinned[BYTE(g, f)] = pinned[BYTE(g, f)] & (255 - ME);
#endif
				goto next
			:: else
			fi;
#endif
#endif
			assert(pixels[SLOT(g, s)] == f);
			assert(pixels[SLOT(g, s)] == f && f > last);
			last = f;
#ifdef EVERY
			claim[g * V + me] = f + 1
#else
			pinned[BYTE(g, f)] = pinned[BYTE(g, f)] & (255 - ME)
#endif
		   :: else ->
			/* The state was read before latest, so a generation that is over has no new frame. */
			if
			:: seen_state != RUNNING || !i -> goto attach
			:: else ->
				assert_no_pins(g);
sleeping:			if
				:: latest[g] != word || state[g] != seen_state || !ring[g] -> skip
				:: done == PRODUCERS && kills_done && latest[g] == word && state[g] == seen_state && ring[g] ->
					assert(file == g); /* it has missed no successor */
					goto finish
				fi
			fi
		   fi;
next:		   x = 0; i = 0; got = 0
		od;
finish:
		skip
	} unless { kill_v[me] };
	d_step {
		x = 0;
		do
		:: x < GENS ->
			i = 0;
			do
			:: i <= FRAMES -> pinned[BYTE(x, i)] = pinned[BYTE(x, i)] & (255 - ME); i++
			:: else -> break
			od;
			claim[x * V + me] = 0;
			x++
		:: else -> break
		od;
		g = NONE; next_g = 0; word = 0; f = 0; s = 0; x = 0; last = 0; i = 0; seen_state = 0; got = 0; same = 0;
		found = 0
	};
	if
	:: kill_v[me] -> kill_v[me] = 0; goto again
	:: else
	fi
}

proctype Killer() {
	byte p, v;

	do
	:: p < KILLS_P && done < PRODUCERS -> if :: kill_p[0] = 1 :: PRODUCERS == 2 -> kill_p[1] = 1 fi; p++
	:: v < KILLS_V -> if :: kill_v[0] = 1
#if V > 1
		:: kill_v[1] = 1
#endif
		fi; v++
	:: break
	od;
	p = 0; v = 0;
	kills_done = 1
}

init {
	atomic {
		run Producer(0);
#if GENS > 1
		run Producer(1);
#endif
		run Viewer(0);
#if V > 1
		run Viewer(1);
#endif
		run Killer()
	}
}
