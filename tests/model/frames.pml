/* SPDX-License-Identifier: MIT
 *
 * The slot protocol and its generations: docs/protocol.md, checked by spin.
 *
 * Two processes want to be the producer; only one at a time is. It lends any free slot. After publishing, it may keep
 * the frame to read it, and take it on loan again. It may end the stream, and begin another. Viewers take the newest
 * frame or, with -DEVERY, every frame. Each process may be killed at any step, and starts again. A producer may move
 * to a new generation at any time; this covers both a frozen viewer and a change of size. Then one frame that it has
 * out is an orphan: it uses the frame in the old generation's memory. A viewer may pause at any step for any time. A
 * viewer attaches only where it sees the lock that the producer has on the channel file for its life. Each access to
 * shared memory and each lock operation is one step. A frame's pixels are written at least twice, and in between no
 * viewer may see them; using a frame is two steps too.
 *
 * No viewer sees a frame while it is written, another frame than it took, or an older one. None waits forever, or
 * keeps a slot that it does not use, or takes a live producer for dead. None fails to take the newest frame, unless
 * there is a newer one. None misses the end of a stream that it is attached to. There is one owner at a time. A
 * viewer of every frame loses none, also when one stream follows another. A producer finds the frames that it keeps
 * unchanged.
 *
 *   -DN=2 -DV=2   slots, viewers        -DFRAMES=3    frames that all producers publish together
 *   -DGENS=3      generations in all    -DPRODUCERS=1 instead of 2
 *   -DKILLS_P=1 -DKILLS_V=1    kills of producers, of viewers
 *   -DLOANS=1     slots that a producer has on loan at once
 *   -DKEPT=1      frames that it keeps at once after publishing them
 *   -DORPHANS     a producer moves and ends also while it has frames out
 *   -DENDS=1      streams that end without their producer, all together
 *   -DLEASE       with EVERY: the producer does not wait without limit for viewers to move; they then may lose
 *                 frames
 *   -DEXECS=1     a producer becomes another program, all together: its files are closed, its ring stays raised
 *   -DSECOND_PATH the last viewer comes by a second path, an overlay or a copy: it sees no lock of the producer, and
 *                 the producer none of its own. Without EVERY
 *
 * Deliberate mistakes, each to be refuted: -DBAD_NO_SECOND_CHECK -DBAD_QUERY_LOCK -DBAD_UNLOCK_BEFORE_DIRTY
 * -DBAD_DIRTY_LATE -DBAD_PUBLISH_BEFORE_PIXELS -DBAD_LEND_NEWEST -DBAD_REUSE_GENERATION -DBAD_NO_OWNER
 * -DBAD_OVERWRITE_FROZEN -DBAD_KEEP_PIN -DBAD_LOCK_AFTER_RENAME; with -DEVERY: -DBAD_CLAIM_LATE
 * -DBAD_MOVE_WITHOUT_CLAIM -DBAD_NO_CHECK_AFTER_CLAIM; with 3 GENS: -DBAD_LAST_CLAIMS_ONLY; with -DSECOND_PATH:
 * -DBAD_NO_LOCK_CHECK; with EXECS: -DBAD_RAISED_IS_ALIVE; with KEPT: -DBAD_LEND_KEPT -DBAD_REUSE_UNLOCKED
 * -DBAD_REUSE_NEWEST; with ORPHANS: -DBAD_PUBLISH_ORPHAN -DBAD_OVERWRITE_ORPHAN and, with KEPT, -DBAD_RELEASE_ORPHAN;
 * with ENDS: -DBAD_END_REMOVES_RING -DBAD_END_OVERWRITTEN and, with EVERY, -DBAD_DROP_CLAIM_AT_END
 * -DBAD_NEXT_STREAM_AT_ONCE */
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
#ifndef LOANS
#define LOANS 1
#endif
#ifndef KEPT
#define KEPT 0
#endif
#ifndef ENDS
#define ENDS 0
#endif
/* A generation has one producer, so with one generation a second producer would have nothing to do. */
#ifndef PRODUCERS
#if GENS > 1
#define PRODUCERS 2
#else
#define PRODUCERS 1
#endif
#endif
#define NONE 15
#define DIRTY 0
#define ORPHAN 14 /* the content of an orphan's pixels */
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
byte ends;
bit ended[GENS];         /* this generation's stream ended while its producer went on */
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

/* What a producer does with a slot, by its own notes. Its program knows by itself which frames it keeps. */
#define FREE 0
#define LENT 1
#define KEEPING 2

#if N > 2
#define COUNT(what) ((use[0] == what) + (use[1] == what) + (use[2] == what))
#else
#define COUNT(what) ((use[0] == what) + (use[1] == what))
#endif

#ifdef BAD_LEND_NEWEST
#define IS_NEWEST(s) false
#else
#define IS_NEWEST(s) ((s) == front)
#endif
#ifdef BAD_LEND_KEPT
#define MAY_LEND(s) (use[s] != LENT && !IS_NEWEST(s))
#else
#define MAY_LEND(s) (use[s] == FREE && !IS_NEWEST(s))
#endif
#ifdef BAD_REUSE_NEWEST
#define MAY_REUSE(s) (use[s] == KEEPING)
#else
#define MAY_REUSE(s) (use[s] == KEEPING && (s) != front)
#endif
#ifdef ORPHANS
#define MAY_PART true
#else
#define MAY_PART (COUNT(LENT) == 0)
#endif
#define IS_LENT(s) (use[s] == LENT)
#define IS_KEPT(s) (use[s] == KEEPING)
#define IS_OUT(s) (use[s] != FREE)

/* Chooses any slot that may be. NONE: none may be. */
#if N > 2
#define CHOOSE(may) if :: may(0) -> slot = 0 :: may(1) -> slot = 1 :: may(2) -> slot = 2 :: else -> slot = NONE fi
#else
#define CHOOSE(may) if :: may(0) -> slot = 0 :: may(1) -> slot = 1 :: else -> slot = NONE fi
#endif

/* Which pixels slot s of generation g has. */
#ifdef BAD_OVERWRITE_ORPHAN
byte inherited[GENS];    /* this slot, counted from 1, has the memory that it had in the generation before */
#define PIXELS(g, s) (inherited[g] == (s) + 1 -> SLOT((g) - 1, s) : SLOT(g, s))
#else
#define PIXELS(g, s) SLOT(g, s)
#endif

inline begin_generation(was) {
#ifdef BAD_REUSE_GENERATION
	g = 0;
	if :: generations == 0 -> generations = 1 :: else fi;
#else
	d_step { g = generations; generations++ };
#endif
	/* No viewer sees this before the channel file names the generation. */
	d_step {
		latest[g] = newest * 4 + 3;
		state[g] = RUNNING;
		producer[g] = (was == NONE -> g : producer[was]);
		ring[g] = me + 1;
		slot = 0;
		do :: slot < N -> held[slot] = DIRTY; slot++ :: else -> break od;
		slot = 0;
		front = NONE
	};
#ifdef BAD_OVERWRITE_ORPHAN
	/* No viewer sees the slot of a loan. So the new generation takes its memory. */
	d_step { if :: was != NONE && orphan_g == was && orphan == DIRTY -> inherited[g] = orphan_slot + 1 :: else fi };
#endif
#ifndef BAD_LOCK_AFTER_RENAME
	holds[g] = 1;
#endif
	d_step { file = g; living = g };
	holds[g] = 1;
	if
	:: was != NONE ->
#ifndef BAD_END_OVERWRITTEN
		/* The reason why a stream ended stays. */
		if :: !stream_over -> state[was] = MOVED :: else fi;
#else
		state[was] = MOVED;
#endif
		ring[was] = 0;
		holds[was] = 0
	:: else
	fi
}

/* Makes sure that no viewer uses the slot's frame: locks it, then marks the slot. */
inline try_lock() {
	if
	:: slot == NONE -> skip
	:: slot != NONE && held[slot] == DIRTY -> got = 1
	:: else -> lock_write(g, held[slot], got)
	fi
}

inline invalidate() {
	if
	:: got && held[slot] != DIRTY ->
#ifdef BAD_UNLOCK_BEFORE_DIRTY
		writing[BYTE(g, held[slot])] = 0;
#endif
#ifndef BAD_DIRTY_LATE
		sequence[SLOT(g, slot)] = DIRTY;
#endif
		d_step { writing[BYTE(g, held[slot])] = 0; held[slot] = DIRTY }
	:: else
	fi
}

/* A loan begins, with the first write of pixels. */
inline lend() {
#ifdef BAD_PUBLISH_BEFORE_PIXELS
	sequence[SLOT(g, slot)] = newest + 1;
	latest[g] = (newest + 1) * 4 + slot;
#endif
#ifdef BAD_DIRTY_LATE
	pixels[PIXELS(g, slot)] = DIRTY;
	sequence[SLOT(g, slot)] = DIRTY;
#endif
	d_step { use[slot] = LENT; pixels[PIXELS(g, slot)] = DIRTY; got = 0; slot = 0 }
}

/* The pixels of a frame that the producer keeps are what it published. */
#define assert_unchanged(s) assert(!keeps[s] || pixels[PIXELS(g, s)] == keeps[s])

inline assert_all_unchanged() {
	d_step {
		slot = 0;
		do :: slot < N -> assert_unchanged(slot); slot++ :: else -> break od;
		slot = 0
	}
}

/* Of the frames that are out, one at most becomes an orphan; the others are released. */
inline part_from_frames() {
	assert_all_unchanged();
	slot = NONE;
#ifdef ORPHANS
	if
	:: orphan_g == NONE -> CHOOSE(IS_OUT)
	:: true
	fi;
#endif
	d_step {
		if
		:: slot != NONE -> orphan_g = g; orphan_slot = slot; orphan = held[slot]
		:: else
		fi;
		slot = 0;
		do :: slot < N -> use[slot] = FREE; keeps[slot] = 0; slot++ :: else -> break od;
		slot = 0
	}
}

inline forget_orphan() {
	orphan_g = NONE;
	orphan_slot = 0;
	orphan = DIRTY
}

/* An orphan is used where it is. Publishing it fails, and its release changes nothing. */
inline use_orphan() {
	if
	:: orphan == DIRTY ->
		/* It was on loan. */
		pixels[PIXELS(orphan_g, orphan_slot)] = ORPHAN;
		orphan = ORPHAN
	:: else ->
		assert(pixels[PIXELS(orphan_g, orphan_slot)] == orphan);
#ifdef BAD_PUBLISH_ORPHAN
		if
		:: orphan == ORPHAN ->
			f = latest[orphan_g] / 4 + 1;
			sequence[SLOT(orphan_g, orphan_slot)] = f;
			latest[orphan_g] = f * 4 + orphan_slot
		:: else
		fi;
#endif
#ifdef BAD_RELEASE_ORPHAN
		/* The slot of that number in the current generation is free. */
		d_step { use[orphan_slot] = FREE; forget_orphan() }
#else
		d_step { forget_orphan() }
#endif
	fi
}

/* Lossless: the producer lends no slot before the viewers have moved their claims from each earlier generation. Once
 * it has found no claim in one, it does not look there again. */
#define HAS_NO_CLAIM(g) (awaited & (1 << (g)) && !CLAIMED(g, newest + 1))
#define FORGET(g) awaited = awaited & (255 - (1 << (g)))
inline await_later() {
#if defined(BAD_LAST_CLAIMS_ONLY)
	awaited = 1 << was
#elif defined(BAD_NEXT_STREAM_AT_ONCE)
	awaited = (stream_over -> awaited : awaited | (1 << was))
#elif defined(EVERY) && !defined(BAD_MOVE_WITHOUT_CLAIM)
	awaited = awaited | (1 << was)
#else
	skip
#endif
}

proctype Producer(byte me) {
	byte g, was, front, slot, f, awaited;
	byte held[N], use[N], keeps[N];
	byte orphan_g = NONE, orphan_slot, orphan; /* orphan: the frame, DIRTY while on loan, or ORPHAN */
	bit got, mine, became_other, stream_over;

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
		/* Lends a slot. If a viewer holds it, tries again, or drops the frame. */
		:: atomic {
			newest + COUNT(LENT) < FRAMES && COUNT(LENT) < LOANS && !stream_over && !awaited ->
			CHOOSE(MAY_LEND);
			try_lock()
		   };
			invalidate();
			if
			:: got -> lend()
#ifdef BAD_OVERWRITE_FROZEN
			:: !got && slot != NONE ->
				/* After a lease, takes the slot of a frozen viewer instead of new memory. */
				sequence[SLOT(g, slot)] = DIRTY;
				d_step { held[slot] = DIRTY; slot = 0 }
#endif
			:: !got -> slot = 0
			fi
		:: atomic {
			COUNT(LENT) > 0 && !stream_over ->
			CHOOSE(IS_LENT);
			f = newest + 1;
			pixels[PIXELS(g, slot)] = f
		   };
			sequence[SLOT(g, slot)] = f;
			d_step {
				latest[g] = f * 4 + slot;
				newest = f;
				held[slot] = f;
				front = slot;
				use[slot] = (COUNT(KEEPING) < KEPT -> KEEPING : FREE);
				keeps[slot] = (use[slot] == KEEPING -> f : 0);
				f = 0;
				slot = 0
			}
#if KEPT > 0
		/* Releases a frame. A loan is discarded. */
		:: atomic {
			COUNT(FREE) < N ->
			CHOOSE(IS_OUT);
			d_step { assert_unchanged(slot); use[slot] = FREE; keeps[slot] = 0; slot = 0 }
		   }
		/* Takes a frame that it keeps on loan again. */
		:: atomic {
			COUNT(KEEPING) > 0 && COUNT(LENT) < LOANS && newest + COUNT(LENT) < FRAMES && !stream_over ->
			CHOOSE(MAY_REUSE);
			if :: slot != NONE -> assert_unchanged(slot) :: else fi;
#ifdef BAD_REUSE_UNLOCKED
			if
			:: slot != NONE -> sequence[SLOT(g, slot)] = DIRTY; held[slot] = DIRTY; got = 1
			:: else
			fi
#else
			try_lock()
#endif
		   };
			invalidate();
			if
			:: got -> keeps[slot] = 0; lend()
			:: !got -> slot = 0
			fi
#endif
#ifdef ORPHANS
		:: atomic { orphan_g != NONE -> use_orphan() }
#endif
#ifdef EVERY
		:: HAS_NO_CLAIM(0) -> FORGET(0)
#if GENS > 2
		:: HAS_NO_CLAIM(1) -> FORGET(1)
#endif
#ifdef LEASE
		:: awaited -> awaited = 0
#endif
#endif
		/* Moves to a new generation: a viewer is frozen, the size changes, or another stream begins. */
		:: atomic { generations < GENS && MAY_PART -> part_from_frames(); was = g };
			begin_generation(was);
			d_step { await_later(); stream_over = 0; was = 0 }
#if ENDS > 0
		/* Ends the stream, and goes on. */
		:: atomic {
			ends < ENDS && !stream_over && MAY_PART ->
			part_from_frames();
			d_step { ends++; ended[g] = 1; state[g] = ENDED; stream_over = 1 }
		   };
#ifdef BAD_END_REMOVES_RING
			ring[g] = 0
#endif
#endif
#if EXECS > 0
		:: d_step { execs < EXECS -> execs++; living = NONE; became_other = 1 }; goto finish
#endif
		:: newest == FRAMES || stream_over -> break
		od;
		skip;
		assert_all_unchanged();
		d_step { living = NONE; file = NONE };
		if :: !stream_over -> state[g] = ENDED :: else fi;
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
		slot = 0;
		do :: slot < N -> use[slot] = FREE; keeps[slot] = 0; held[slot] = DIRTY; slot++ :: else -> break od;
		g = 0; was = 0; front = 0; slot = 0; f = 0; got = 0; awaited = 0; stream_over = 0;
		forget_orphan()
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
	bit told; /* that the stream of generation g has ended */

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
#if ENDS > 0
		/* The stream has ended. The next one will have another generation. */
		if
		:: state[next_g] == ENDED ->
			if :: g != NONE && producer[g] == producer[next_g] -> told = 1 :: else fi;
#ifdef BAD_DROP_CLAIM_AT_END
			if :: told -> claim[g * V + me] = 0 :: else fi;
#endif
			goto dead
		:: else
		fi;
#endif
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
		/* Keeps its claim on the last generation until now, so that the producer lends no slot of this one. */
		if :: g != NONE -> unlock_viewer(g) :: else fi;
		d_step {
			assert(g == NONE || !ended[g] || producer[g] != producer[next_g] || told);
			told = 0;
			g = next_g
		};
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
			if :: !got -> assert(latest[g] != word); goto next :: else fi;
#ifndef BAD_NO_SECOND_CHECK
			x = sequence[SLOT(g, s)];
			if
			:: x != f ->
				assert(latest[g] != word);
#ifndef BAD_KEEP_PIN
				pinned[BYTE(g, f)] = pinned[BYTE(g, f)] & (255 - ME);
#endif
				goto next
			:: else
			fi;
#endif
#endif
			assert(pixels[PIXELS(g, s)] == f);
			assert(pixels[PIXELS(g, s)] == f && f > last);
			last = f;
#ifdef EVERY
			claim[g * V + me] = f + 1
#else
			pinned[BYTE(g, f)] = pinned[BYTE(g, f)] & (255 - ME)
#endif
		   :: else ->
			/* The state was read before latest, so a generation that is over has no new frame. */
			if
			:: seen_state != RUNNING ->
				i = 0;
				if :: seen_state == ENDED -> told = 1 :: else fi;
#ifdef BAD_DROP_CLAIM_AT_END
				if :: told -> claim[g * V + me] = 0 :: else fi;
#endif
				d_step { word = 0; f = 0; s = 0; seen_state = 0 };
				goto attach
			:: seen_state == RUNNING && !i ->
				/* The producer may have ended or moved since the state was read. */
				if
				:: state[g] != RUNNING -> goto next
				:: else -> assert(living == NONE || producer[living] != producer[g]); goto attach
				fi
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
next:		   atomic { word = 0; f = 0; s = 0; x = 0; i = 0; got = 0; seen_state = 0; found = 0 }
		od;
finish:
		skip
#if defined(EVERY) && !defined(LEASE)
		;
		/* Its last producer has published nothing that it did not take. */
		assert(g == NONE || !last || producer[generations - 1] != producer[g] || last == newest)
#endif
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
		found = 0; told = 0
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
#if PRODUCERS > 1
		run Producer(1);
#endif
		run Viewer(0);
#if V > 1
		run Viewer(1);
#endif
		run Killer()
	}
}
