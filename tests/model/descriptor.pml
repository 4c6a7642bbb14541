/* SPDX-License-Identifier: MIT
 *
 * The viewer's descriptor: docs/protocol.md, checked by spin.
 *
 * Producers follow one another. Each publishes, moves to new generations, ends its stream, begins the next one, rests,
 * closes its channel, or is killed at any step. A viewer polls its descriptor and acquires with timeout 0. It also
 * acquires without poll, before it has a descriptor and later. Other threads interrupt it and resume it.
 *
 * Whenever the viewer sleeps in poll and no other process is in the middle of something, an acquire would return
 * -EAGAIN: there is no frame, end, death, generation or producer that the viewer does not know, and no interruption. If
 * nothing happens and the viewer is not interrupted, poll returns for nothing only a few times in a row. The library's
 * timer of a second is left out, because it would hide losses.
 *
 * The semaphores of frames are left out, because a viewer that polls does not look at them. So each search covers
 * both orders of P4 and P5.
 *
 * inotify's queue is two bits: it merges alike events, and a read drains it. A merged event wakes nobody. A killed
 * producer may have handed a copy of its descriptors on to a process that outlives it. Then no event tells of its
 * death, and only the timer finds that.
 *
 *   -DFRAMES=2          frames that all producers publish together
 *   -DGENS=3            generations in all
 *   -DPRODUCERS=2       producers, one after the other
 *   -DKILLS=1           kills of producers
 *   -DINTERRUPTS=0      interruptions
 *   -DEVERY             the viewer takes every frame
 *   -DEDGE              poll returns once for each event (EPOLLET), and the viewer acquires until -EAGAIN
 *   -DEXTRA=1           acquires without poll. Some follow a wait in the same call: they look once, and read no events
 *   -DCLAIMS_FAIL=1     with EVERY: so often the viewer cannot claim, because the producer has locked a frame
 *   -DSHORT_READS=1     reads that leave events in the queue
 *   -DREFUSED           the viewer cannot attach to some generations
 *
 * Deliberate mistakes, each to be refuted: -DBAD_DRAIN_LATE -DBAD_DRAINED_AFTER_FRAME -DBAD_LOOKED_ONCE
 * -DBAD_NOTIFY_BEFORE_LATEST -DBAD_STORE_PASSES_NOTIFY -DBAD_NOTIFY_BEFORE_STATE -DBAD_RETIRE_UNTOLD -DBAD_END_UNTOLD
 * -DBAD_DEATH_UNASKED -DBAD_OTHERS_FORGOTTEN -DBAD_STATE_FORGOTTEN -DBAD_TOLD_SILENTLY -DBAD_ATTACHED_SILENTLY
 * -DBAD_MADE_SILENTLY -DBAD_FOLDER_UNWATCHED -DBAD_FOLDER_WATCHED_LATE -DBAD_FILE_WATCHED_LATE
 * -DBAD_WATCHED_WHEN_DETACHED; with EVERY: -DBAD_NEXT_FORGOTTEN and, with CLAIMS_FAIL, -DBAD_LATER_FORGOTTEN; with EDGE
 * and SHORT_READS: -DBAD_FULL_BUFFER_IGNORED; with REFUSED: -DBAD_REFUSED_AGAIN; with INTERRUPTS:
 * -DBAD_NUDGE_BEFORE_FLAG -DBAD_FLAG_BEFORE_CLEAR -DBAD_FLAG_PASSES_DESCRIPTOR */
#ifndef FRAMES
#define FRAMES 2
#endif
#ifndef GENS
#define GENS 3
#endif
#ifndef PRODUCERS
#define PRODUCERS 2
#endif
#ifndef KILLS
#define KILLS 1
#endif
#ifndef INTERRUPTS
#define INTERRUPTS 0
#endif
#ifndef EXTRA
#define EXTRA 1
#endif
#ifndef CLAIMS_FAIL
#define CLAIMS_FAIL 0
#endif
#ifndef SHORT_READS
#define SHORT_READS 0
#endif
#define NONE 15
/* How often in a row the descriptor may be readable for nothing. */
#define IDLE_MAX (2 + SHORT_READS + CLAIMS_FAIL + INTERRUPTS)

/* States of a generation. */
#define RUNNING 0
#define MOVED 1
#define ENDED 2

/* What acquire returns. */
#define AGAIN 0
#define FRAME 1
#define OVER 2     /* -ENODATA or -EPIPE */
#define CANCELED 3
#define CANNOT 4   /* -EPROTONOSUPPORT and the like: this generation is refused */

/* Why an attempt to attach failed. */
#define ATTACHED 0
#define NO_PRODUCER 1
#define LATER 2
#define REFUSES 3

/* Shared memory, semaphores and the folder. */
byte file = NONE;        /* the generation that the channel file names */
byte generations;        /* begun so far */
byte newest;             /* frames published so far: here the numbers continue from one producer to the next */
byte latest[GENS];
byte first[GENS];        /* the number of the generation's first frame */
byte state[GENS];
bit alive[GENS];         /* ALIVE is raised */
byte producer[GENS];     /* from 1 */
bit refused[GENS];       /* the viewer cannot attach there */

/* The viewer's descriptor. */
bit exists;
bit folder_watched;
byte file_watched = NONE; /* the generation whose channel file is watched */
bit accessed;            /* inotify's queue: IN_ACCESS of that file */
bit other;               /* any other event */
bit nudged;              /* the eventfd */
#define READABLE (accessed || other || nudged)
#ifdef EDGE
bit edge;                /* something happened since the last poll */
#define WAKE edge = 1
#define POLL (edge && READABLE)
#define DISARM edge = 0
#else
#define WAKE skip
#define POLL READABLE
#define DISARM skip
#endif

bit interrupted;
bit interrupting;        /* between two steps */
bit busy;                /* a producer is between two steps, or dying */
byte living;             /* the producer */
byte killed;             /* the last producer that was killed */
byte unheard;            /* the last one of them that left a copy of its descriptors */
byte idle;               /* times that the descriptor was readable for nothing, since something happened */

/* Somebody reads a channel file. */
inline read_file(which) {
	if :: file_watched == which && !accessed -> accessed = 1; WAKE :: else fi
}

inline queue_other() {
	if :: !other -> other = 1; WAKE :: else fi
}

inline nudge() {
	d_step { nudged = 1; WAKE }
}

/* ---- Producers ---- */

inline folder_changes() {
	d_step { if :: folder_watched -> queue_other() :: else fi; idle = 0 }
}

inline notify(which) {
	d_step { read_file(which); idle = 0 }
}

inline close_file(which) {
	d_step { if :: file_watched == which && which != NONE -> queue_other() :: else fi; idle = 0 }
}

inline begin_generation() {
#ifdef REFUSED
	if :: refused[generations] = 1 :: true fi;
#endif
	d_step {
		g = generations;
		generations++;
		latest[g] = newest;
		first[g] = newest + 1;
		alive[g] = 1;
		producer[g] = me;
		living = me;
		file = g;
		busy = 1;
		idle = 0
	};
	folder_changes()
}

inline publish() {
#if defined(BAD_NOTIFY_BEFORE_LATEST)
	d_step { busy = 1; read_file(g); idle = 0 };
	d_step { newest++; latest[g] = newest; idle = 0 }
#elif defined(BAD_STORE_PASSES_NOTIFY)
	/* No fence: whether the file is watched is read before others see the store. Queueing takes a lock, which is a
	 * fence. */
	d_step { busy = 1; seen = (file_watched == g) };
	d_step { newest++; latest[g] = newest; idle = 0 };
	if :: seen -> notify(g) :: else fi;
	seen = 0
#else
	d_step { busy = 1; newest++; latest[g] = newest; idle = 0 };
	notify(g)
#endif
}

/* Nothing more will come in a generation. */
inline retire(which, why) {
#ifdef BAD_NOTIFY_BEFORE_STATE
	notify(which);
#endif
	d_step { if :: state[which] == RUNNING -> state[which] = why :: else fi; idle = 0 };
	d_step { alive[which] = 0; idle = 0 };
#if !defined(BAD_RETIRE_UNTOLD) && !defined(BAD_NOTIFY_BEFORE_STATE)
	notify(which);
#endif
	/* The file may stay open here, or in another process. */
	if :: close_file(which) :: true fi
}

inline end_stream() {
	d_step { busy = 1; state[g] = ENDED; idle = 0 };
#ifndef BAD_END_UNTOLD
	notify(g)
#endif
}

/* One after the other: a producer's locks keep the next one out. */
proctype Producers() {
	byte g, was = NONE, me = 1;
	bit seen;

again:
	{
		if :: generations >= GENS -> goto finish :: else fi;
		/* Removes what a killed producer left. */
		if :: file != NONE -> d_step { file = NONE; busy = 1; idle = 0 }; folder_changes() :: else fi;
		begin_generation();
		do
		:: busy = 0;
			/* May rest here forever. */
end:			if
			:: newest < FRAMES && state[g] == RUNNING -> publish()
			:: generations < GENS -> was = g; begin_generation(); retire(was, MOVED); was = NONE
			:: state[g] == RUNNING -> end_stream()
			:: d_step { file = NONE; busy = 1; idle = 0 }; folder_changes(); retire(g, ENDED); goto finish
			fi
		od;
finish:
		skip
	} unless { killed == me };
	/* The kernel closes the files, unless other processes have copies. */
	if
	:: killed != me
	:: killed == me -> close_file(g); close_file(was)
	:: killed == me -> unheard = me
	fi;
	d_step { g = 0; was = NONE; seen = 0; living = 0; busy = 0 };
	if :: me < PRODUCERS -> me++; goto again :: else fi
}

/* The kernel undoes the semaphores of a dead process. */
proctype Killer() {
	byte g, kills;

end:	do
	:: d_step {
		kills < KILLS && living && killed != living ->
		kills++;
		killed = living;
		do
		:: g < GENS -> if :: producer[g] == killed -> alive[g] = 0 :: else fi; g++
		:: else -> break
		od;
		g = 0;
		busy = 1;
		idle = 0
	   }
	od
}

/* ---- Interruption, in other threads ---- */

proctype Interrupter() {
	byte count;
	bit seen;

	do
	:: count < INTERRUPTS ->
		count++;
#if defined(BAD_NUDGE_BEFORE_FLAG)
		interrupting = 1;
		if :: exists -> nudge() :: else fi;
		d_step { interrupted = 1; interrupting = 0; idle = 0 };
#elif defined(BAD_FLAG_PASSES_DESCRIPTOR)
		/* No fence: whether there is an eventfd is read before others see the flag. */
		d_step { interrupting = 1; seen = exists };
		d_step { interrupted = 1; idle = 0 };
		if :: seen -> nudge() :: else fi;
		d_step { seen = 0; interrupting = 0; idle = 0 };
#else
		d_step { interrupted = 1; interrupting = 1; idle = 0 };
		if :: exists -> nudge() :: else fi;
		d_step { interrupting = 0; idle = 0 };
#endif
		skip
	:: else -> break
	od
}

proctype Resumer() {
end:	do :: d_step { interrupted -> interrupted = 0; idle = 0 } od
}

/* ---- The viewer ---- */

/* Instead of the last file. Events of that stay in the queue, and IN_IGNORED may come. Neither must be needed. */
inline watch_file(which) {
	atomic {
		if
		:: accessed && file_watched != which -> accessed = 0; other = 1
		:: file_watched != NONE && file_watched != which -> queue_other()
		:: true
		fi;
		file_watched = which
	}
}

/* The first call of shmflip_viewer_fd(). */
inline make_descriptor() {
	exists = 1;
#if !defined(BAD_FOLDER_UNWATCHED) && !defined(BAD_FOLDER_WATCHED_LATE)
	folder_watched = 1;
#endif
	if :: g != NONE -> watch_file(g) :: else fi;
#ifndef BAD_MADE_SILENTLY
	nudge();
#endif
#ifdef EDGE
	edge = READABLE /* as epoll looks once, when a descriptor is added */
#endif
}

inline read_events() {
	d_step {
		if :: other -> heard = 1 :: else fi;
		other = 0;
		accessed = 0
	}
}

/* The buffer was too small for all events: some stay. */
inline read_some_events() {
	atomic {
		short_reads++;
#ifndef BAD_FULL_BUFFER_IGNORED
		heard = 1;
		owes_nudge = 1;
#endif
		if :: other -> heard = 1 :: else fi;
		if :: other = 0 :: accessed = 0 :: true fi
	}
}

inline take() {
	k = latest[g];
	if
	:: k > last ->
#ifdef EVERY
		last++;
#else
		last = k;
#endif
		result = FRAME
	:: else
	fi;
	k = 0
}

#ifdef EVERY
#define MAY_ATTACH(s) (s == RUNNING)
#define MAY_JOIN(s) (s == RUNNING)
#else
#define MAY_ATTACH(s) (s != ENDED || follows)
#define MAY_JOIN(s) (s != MOVED)
#endif

/* Attaches to the generation that the channel file names, unless it is the last one: how it failed. With follows, only
 * to one of the same producer. */
inline attach() {
	h = file;
	if
	:: h == NONE || (follows && producer[h] != producer[g]) -> failed = NO_PRODUCER
	:: else ->
		d_step { read_file(h) };
		if
		:: h == before -> failed = NO_PRODUCER
		:: else ->
			if
			:: !alive[h] -> failed = NO_PRODUCER
			:: else -> failed = ATTACHED
			fi;
#ifdef REFUSED
			if :: failed == ATTACHED && refused[h] -> failed = REFUSES :: else fi;
#endif
			if :: failed == ATTACHED && !MAY_ATTACH(state[h]) -> failed = NO_PRODUCER :: else fi;
#if defined(EVERY) && CLAIMS_FAIL > 0
			if
			:: failed == ATTACHED && claims_failed < CLAIMS_FAIL -> claims_failed++; failed = LATER
			:: true
			fi;
#endif
			if
			:: failed == ATTACHED ->
				d_step {
					k = (before != NONE && producer[h] == producer[before] -> last :
						(latest[h] >= first[h] -> latest[h] - 1 : latest[h]));
					k = (k < first[h] - 1 -> first[h] - 1 : k)
				};
				if
				:: !MAY_JOIN(state[h]) -> failed = LATER
				:: else
				fi
			:: else
			fi
		fi
	fi;
	if
	:: failed == ATTACHED ->
		d_step { last = k; g = h; before = h; told = NONE };
		if
		:: exists ->
#ifdef BAD_FILE_WATCHED_LATE
			late_watch = 1 /* the nudge would make up for that */
#else
			watch_file(g);
#ifndef BAD_ATTACHED_SILENTLY
			owes_nudge = 1
#endif
#endif
		:: else
		fi
	:: else
	fi
}

inline detach() {
	g = NONE;
#ifndef BAD_WATCHED_WHEN_DETACHED
	watch_file(NONE)
#endif
}

proctype Viewer() {
	byte g = NONE, before = NONE, last, h, k, s, result, failed, told = NONE;
	byte extra, short_reads, claims_failed;
	bit heard;      /* anything but frames */
	bit asks;       /* the kernel, whether the producer lives */
	bit follows, owes_nudge, drains, was_interrupted, late_watch, looked;

	do
	:: if
	   :: !exists -> make_descriptor(); goto next
	   :: extra < EXTRA -> d_step { extra++; drains = exists; idle = 0 }
	   :: extra < EXTRA && exists -> d_step { extra++; idle = 0 }
	   :: d_step { exists && POLL -> DISARM; drains = 1; idle++; assert(idle <= IDLE_MAX) }
	   :: d_step {
		/* It sleeps. No other process is about to do anything. */
		exists && !POLL && !busy && !interrupting ->
		assert(!interrupted);
		if
		:: g != NONE ->
			assert(file == NONE || producer[file] == producer[g]);
			if
			:: unheard == producer[g] /* killed, perhaps between a store and the event for it */
			:: else -> assert(latest[g] == last && state[g] == RUNNING && alive[g])
			fi
		:: else ->
			assert(file == NONE || file == before || !alive[file] || state[file] != RUNNING || told == file)
		fi
	   }; goto next
	   fi;
again:
	   result = AGAIN;
	   /* The first look, before the events. If it finds a frame, the descriptor stays as it is. */
	   if
	   :: drains && g != NONE && !interrupted ->
		take();
#ifdef BAD_LOOKED_ONCE
		looked = 1;
#endif
		if
		:: result == FRAME ->
#ifdef BAD_DRAINED_AFTER_FRAME
			d_step { if :: nudged -> nudged = 0; heard = 1 :: else fi };
			read_events();
			goto done
#else
			goto taken
#endif
		:: else
		fi
	   :: else
	   fi;
	   if
	   :: drains ->
#ifdef BAD_FLAG_BEFORE_CLEAR
		was_interrupted = interrupted;
#endif
#ifndef BAD_DRAIN_LATE
		d_step { if :: nudged -> nudged = 0; heard = 1 :: else fi };
#endif
#ifndef BAD_FLAG_BEFORE_CLEAR
		was_interrupted = interrupted;
#endif
	   :: else -> was_interrupted = interrupted
	   fi;
	   if
	   :: was_interrupted -> result = CANCELED; goto done
	   :: else
	   fi;
#ifndef BAD_DRAIN_LATE
	   if
#if SHORT_READS > 0
	   :: drains && short_reads < SHORT_READS && (accessed || other) -> read_some_events()
#endif
	   :: drains -> read_events()
	   :: !drains
	   fi;
#endif
	   if
	   :: g == NONE ->
		attach();
#ifdef BAD_FOLDER_WATCHED_LATE
		folder_watched = exists;
#endif
		if
		:: failed != ATTACHED ->
			if
#ifdef REFUSED
#ifdef BAD_REFUSED_AGAIN
			:: failed == REFUSES -> result = CANNOT
#else
			:: failed == REFUSES && told != h -> told = h; result = CANNOT
#endif
#endif
			:: failed == LATER ->
#ifndef BAD_LATER_FORGOTTEN
				owes_nudge = 1
#endif
			:: else
			fi;
			goto done
		:: else
		fi
	   :: else
	   fi;
#ifdef BAD_LOOKED_ONCE
	   if :: !looked -> take() :: else fi;
#else
	   take();
#endif
#ifdef BAD_FILE_WATCHED_LATE
	   if :: late_watch -> watch_file(g); late_watch = 0 :: else fi;
#endif
	   if :: result == FRAME -> goto done :: else fi;
	   s = state[g];
	   if
	   :: s == RUNNING ->
#ifdef BAD_DEATH_UNASKED
		if :: true :: asks = 1 fi;
#else
		if :: true -> asks = heard :: asks = 1 fi;
#endif
		if
		:: asks && !alive[g] ->
			/* It may have ended since its state was read. */
			if :: state[g] != RUNNING -> goto done :: else fi
		:: else -> goto done
		fi
	   :: else
	   fi;
	   take();
	   if :: result == FRAME -> goto done :: else fi;
	   if
	   :: s == MOVED ->
		follows = 1;
		attach();
		if
		:: failed == ATTACHED -> take(); goto done
		:: failed == LATER ->
#ifndef BAD_LATER_FORGOTTEN
			owes_nudge = 1; /* in the library a timer of 1 ms */
#endif
			goto done
#ifdef REFUSED
		:: failed == REFUSES -> told = h; result = CANNOT; detach(); goto done
#endif
		:: else -> d_step { read_file(g) }
		fi
	   :: else
	   fi;
	   result = OVER;
	   detach();
done:
#ifdef BAD_DRAIN_LATE
	   if
	   :: drains -> d_step { if :: nudged -> nudged = 0; heard = 1 :: else fi }; read_events()
	   :: else
	   fi;
#endif
	   if
	   :: result == FRAME ->
#ifndef BAD_OTHERS_FORGOTTEN
		if :: heard -> owes_nudge = 1 :: else fi;
#endif
#ifndef BAD_STATE_FORGOTTEN
		if :: state[g] != RUNNING -> owes_nudge = 1 :: else fi;
#endif
#if defined(EVERY) && !defined(BAD_NEXT_FORGOTTEN)
		if :: latest[g] > last -> owes_nudge = 1 :: else fi;
#endif
	   :: result == OVER ->
#ifndef BAD_TOLD_SILENTLY
		owes_nudge = 1
#endif
	   :: result == CANCELED -> owes_nudge = 1
	   :: result == CANNOT -> owes_nudge = 1
	   :: else
	   fi;
taken:
	   if :: exists && owes_nudge -> nudge() :: else fi;
	   d_step {
		if :: result == FRAME || result == OVER || result == CANCELED -> idle = 0 :: else fi;
		heard = 0; asks = 0; follows = 0; owes_nudge = 0; failed = 0; s = 0; was_interrupted = 0;
		h = 0; k = 0; looked = 0
	   };
#ifdef EDGE
	   /* It acquires until -EAGAIN. */
	   if
	   :: drains && result == CANCELED
	   :: drains && result != AGAIN -> goto again
	   :: else
	   fi;
#endif
next:	   atomic { result = 0; drains = 0 }
	od
}

init {
	atomic {
		run Producers();
#if KILLS > 0
		run Killer();
#endif
#if INTERRUPTS > 0
		run Interrupter();
		run Resumer();
#endif
		run Viewer()
	}
}
