/* SPDX-License-Identifier: MIT
 *
 * The slot protocol and its generations: docs/protocol.md, checked by spin.
 *
 * Two programs want to be the producer; one at a time is. Viewers take the newest frame or, with
 * -DEVERY, each one. Everybody may be killed at any step and comes back. A producer may move on to a
 * fresh generation at any time, which covers a frozen viewer and a change of size alike: a viewer may
 * rest at any step for as long as it likes. Each access to shared memory, each lock operation, is a step
 * of its own. Writing a frame is two, between which there is nothing that may be seen; so is using it.
 *
 * No viewer sees a frame being written, another frame than it took, or an older one; none waits for
 * ever, or keeps a slot that it does not use; there is one owner at a time; and no frame is lost to who
 * wants every one.
 *
 *   -DN=2 -DV=2   slots, viewers        -DFRAMES=3    published by all producers together
 *   -DGENS=3      generations in all    -DKILLS_P=1 -DKILLS_V=1
 *   -DLEASE       with EVERY: the producer does not wait for ever for viewers to move on, which then
 *                 may lose frames
 *
 * What is wrong on purpose, to be refuted: -DBAD_NO_SECOND_LOOK -DBAD_ASK_FOR_LOCK
 * -DBAD_UNLOCK_BEFORE_DIRTY -DBAD_DIRTY_LATE -DBAD_PUBLISH_BEFORE_PIXELS -DBAD_REUSE_GENERATION
 * -DBAD_NO_OWNER -DBAD_OVERWRITE_FROZEN -DBAD_KEEP_PIN; with -DEVERY: -DBAD_CLAIM_LATE -DBAD_MOVE_WITHOUT_CLAIM
 * -DBAD_NO_LOOK_AFTER_CLAIM */
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
/* A generation is one producer's: a second one without has nothing to do. */
#define PRODUCERS (GENS > 1 -> 2 : 1)
#define NONE 15
#define DIRTY 0
#define RUNNING 1
#define MOVED 2
#define ENDED 3

#define SLOT(g, s) ((g) * N + (s))
#define BYTE(g, f) ((g) * (FRAMES + 1) + (f))
#define ME (1 << me)

/* What is shared. A word of latest is frame * 4 + slot; slot 3: none. */
byte file = NONE;        /* the generation that the channel file names */
byte generations;        /* begun so far: never used again */
byte latest[GENS];
byte state[GENS];
bit ring[GENS];          /* ALIVE */
byte sequence[GENS * N];
byte pixels[GENS * N];   /* whose they are; DIRTY: being written */
byte newest;             /* frames published by anybody: numbers go on between producers here */
byte producer[GENS];     /* the first generation of whoever made it */

/* What the kernel keeps. */
bit owned;
byte pinned[GENS * (FRAMES + 1)]; /* a bit a viewer */
bit writing[GENS * (FRAMES + 1)];
byte claim[GENS * V];    /* frames from here on are locked by this viewer; 0: none */

/* What the property is about. */
byte owners;
bit kill_p[2];
bit kill_v[V];
byte done;               /* producers that have ended for good */
bit quiet;               /* no kill is to come */

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

/* What it sleeps on is not in anybody's way. */
inline assert_nothing_kept(g) {
	d_step {
		i = 0;
		do
		:: i <= FRAMES -> assert(!(pinned[BYTE(g, i)] & ME)); i++
		:: else -> break
		od;
		i = 0
	}
}

/* Whether a viewer's claim stands in the way of locking byte f. */
#if V > 1
#define CLAIMED(g, f) ((claim[(g) * V] && claim[(g) * V] <= (f)) || \
		       (claim[(g) * V + 1] && claim[(g) * V + 1] <= (f)))
#else
#define CLAIMED(g, f) (claim[(g) * V] && claim[(g) * V] <= (f))
#endif

/* Read-locks all frames from f on, unless one of them is being given up. */
inline claim_from(g, f, got) {
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
#ifndef BAD_ASK_FOR_LOCK
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
	ring[g] = 1;
	d_step { slot = 0; do :: slot < N -> held[slot] = DIRTY; slot++ :: else -> break od; slot = 0 };
	front = NONE;
	file = g;
	if
	:: was != NONE -> state[was] = MOVED; ring[was] = 0
	:: else
	fi
}

proctype Producer(byte me) {
	byte g, was, front, slot, f;
	byte held[N];
	bit got, mine;

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
				/* A lease that ends in the viewer's own memory. */
				slot = (front == 0 -> 1 : 0);
				sequence[SLOT(g, slot)] = DIRTY;
				held[slot] = DIRTY
#else
			:: !got -> skip /* drop it, or try again */
#endif
			fi;
			/* A frozen viewer, or a change of size. */
			if
			:: generations < GENS ->
				was = g;
				begin_generation(was);
#if defined(EVERY) && !defined(BAD_MOVE_WITHOUT_CLAIM)
				/* Lossless: no slot is lent before the viewers' claims have come over. */
				if
				:: !CLAIMED(was, newest + 1)
#ifdef LEASE
				:: true
#endif
				fi
#endif
			:: true
			fi
		:: else -> break
		od;
		file = NONE;
		state[g] = ENDED;
		ring[g] = 0;
finish:
		skip
	} unless { kill_p[me] };
	d_step {
		slot = 0;
		do
		:: slot < GENS * (FRAMES + 1) -> if :: mine -> writing[slot] = 0 :: else fi; slot++
		:: else -> break
		od;
		slot = 0;
		/* Each ring has one owner at a time, and its end undoes what was raised. */
		do
		:: slot < GENS -> if :: mine -> ring[slot] = 0 :: else fi; slot++
		:: else -> break
		od;
		if :: mine -> owners--; owned = 0; mine = 0 :: else fi;
		g = 0; was = 0; front = 0; slot = 0; f = 0; got = 0
	};
	if
	:: kill_p[me] -> kill_p[me] = 0; goto again
	:: else -> done++
	fi
}

/* Takes frames until nothing can come any more. */
proctype Viewer(byte me) {
	byte g = NONE, next_g, word, f, s, x, last, i, why, found;
	bit got, same;

again:
	{
		skip;
attach:
		/* To a generation that is there, alive, and not the one just left. */
		next_g = file;
		if
		:: next_g == NONE || next_g == g ->
waiting:		if
			:: file != NONE && file != g -> goto attach
			:: done == PRODUCERS && quiet -> goto finish
			fi
		:: else
		fi;
		if
		:: !ring[next_g] -> 
dead:			if
			:: file != next_g -> goto attach
			:: done == PRODUCERS && quiet -> goto finish
			fi
		:: else
		fi;
#ifdef EVERY
		/* Where to go on: after the last frame, or with the newest of another producer. */
		d_step {
			word = latest[next_g];
			same = (g != NONE && last && producer[g] == producer[next_g]);
			i = (same -> last + 1 : (word % 4 == 3 -> word / 4 + 1 : word / 4))
		};
#ifdef BAD_CLAIM_LATE
		/* Claims what it saw, but does not look again. */
		i++;
#endif
		claim_from(next_g, i, got);
		if :: !got -> goto attach :: else -> got = 0 fi;
#ifndef BAD_CLAIM_LATE
		word = latest[next_g];
		if
		:: !same && word / 4 > i -> i = word / 4; claim[next_g * V + me] = i
		:: else
		fi;
#endif
#ifndef BAD_NO_LOOK_AFTER_CLAIM
		/* The producer may have looked for claims before this one stood. */
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
		:: why = state[g]; i = ring[g];
		   word = latest[g];
		   f = word / 4;
		   s = word % 4;
		   if
		   :: f > last && s != 3 ->
			i = 0;
#ifdef EVERY
			/* The oldest in a slot that is wanted. */
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
			/* What was claimed in time is still there. */
			assert(i == last + 1);
#endif
			f = i;
			s = found;
			claim[g * V + me] = f;
			i = 0;
#else
			d_step {
				if
				:: !writing[BYTE(g, f)] -> pinned[BYTE(g, f)] = pinned[BYTE(g, f)] | ME; got = 1
				:: else -> got = 0
				fi
			};
			if :: !got -> goto next :: else fi;
#ifndef BAD_NO_SECOND_LOOK
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
			/* Nothing new, although the end was seen before looking: then it is over. */
			if
			:: why != RUNNING || !i -> goto attach
			:: else ->
				assert_nothing_kept(g);
sleeping:			if
				:: latest[g] != word || state[g] != why || !ring[g] -> skip
				:: done == PRODUCERS && quiet -> goto finish
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
		g = NONE; next_g = 0; word = 0; f = 0; s = 0; x = 0; last = 0; i = 0; why = 0; got = 0; same = 0;
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
	quiet = 1
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
