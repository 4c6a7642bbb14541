/* SPDX-License-Identifier: MIT
 *
 * Who owns a channel, and what the dead leave: docs/protocol.md, checked by spin.
 *
 * Processes come to be the producer of one channel, or to clean it: they open the lock file, lock it, look
 * whether it still stands under its name, look whether a producer lives that has lost its lock file, sweep
 * what the last owner left, come into office, note the key, make segment and semaphores under it, put the
 * channel file in place. A producer may move on to another generation, becomes another program by exec, ends in
 * order, or is killed at any step. Meanwhile somebody deletes files; a producer that finds one gone makes it
 * anew. Each system call is one step. Inodes, and with them the keys, are used again as soon as nobody has the
 * file open.
 *
 * At most one producer at a time; nobody takes away what belongs to a living one, or to a stranger whose set has
 * the same key; nobody is refused because of a cleaner, or told a dead one's pid; no producer loses its channel
 * to another; and when all are gone, one cleaner leaves nothing behind.
 *
 *   -DPRODUCERS=2 -DCLEANERS=1
 *   -DROUNDS=1          lives of all together, after the first of each
 *   -DKILLS=1           of all together
 *   -DMOVES=1           to other generations, of all together, but for those that deleted files ask for
 *   -DEXECS=1           of all together
 *   -DDELETES=1         once: the lock file of a channel that is open, or the channel file
 *   -DDELETE_BOTH       at once. Then two may produce, until the first looks after its files and ends
 *   -DSTRANGER          a stranger has a live set under the first key
 *
 * What is wrong on purpose: -DBAD_NO_LOOK_AT_NAME -DBAD_UNLOCK_BEFORE_UNLINK -DBAD_NOTE_LATE
 * -DBAD_SWEEP_BEFORE_LOCK -DBAD_NO_SWEEP -DBAD_CLEAN_WITHOUT_LOCK -DBAD_REFUSE_AT_ONCE
 * -DBAD_OFFICE_BEFORE_PID; with -DSTRANGER: -DBAD_SWEEP_UNASKED; with MOVES: -DBAD_NOTE_ONE_KEY
 * -DBAD_COMMIT_EARLY; with EXECS: -DBAD_RAISED_LIVES; with DELETES: -DBAD_NO_LOOK_FOR_LIVING
 * -DBAD_SWEEP_RECORD_ONLY -DBAD_SWEEP_OWN_FILE; and with MOVES too:
 * -DBAD_BELIEVE_OLD_FILE -DBAD_RETIRE_EARLY; with DELETE_BOTH: -DBAD_END_BLINDLY */
#ifndef PRODUCERS
#define PRODUCERS 2
#endif
#ifndef CLEANERS
#define CLEANERS 1
#endif
#ifndef ROUNDS
#define ROUNDS 0
#endif
#ifndef KILLS
#define KILLS 1
#endif
#ifndef MOVES
#define MOVES 0
#endif
#ifndef EXECS
#define EXECS 0
#endif
#ifndef DELETES
#define DELETES 0
#endif
#define PROCESSES (PRODUCERS + CLEANERS)
#define PIDS (PROCESSES + ROUNDS + 1) /* a life each; 0: nobody */
#if DELETES > 0
#define INODES (PROCESSES + 2)
#else
#define INODES (PROCESSES + 1)
#endif
#ifdef STRANGER
#define PROJECTS 3
#else
#define PROJECTS 2
#endif
#define NONE 0 /* inodes are 1 to INODES, projects 1 to PROJECTS */
#define KEY(inode, project) ((inode) * (PROJECTS + 1) + (project))
#define INODE(key) ((key) / (PROJECTS + 1))
#define KEYS ((INODES + 1) * (PROJECTS + 1))

/* The directory and its files. A lock file: */
byte lock_name;               /* the inode that stands there */
byte opened[INODES + 1];      /* by how many */
byte locked[INODES + 1];      /* byte 0, by which process */
bit office[INODES + 1];       /* byte 1, by the same */
byte told[INODES + 1];        /* in it: the pid */
byte note[INODES + 1];        /* the projects under which objects may be: of the newest generation */
byte before[INODES + 1];      /* of the one that it replaces */
/* The channel file names a set of semaphores: */
byte file_key;                /* 0: there is no file */
byte file_pid;                /* whose it was; may be a dead one's */

/* System V objects by key: 0: none. */
byte segment[KEYS];           /* its maker: under its key until it is marked for removal */
byte set[KEYS];               /* its maker, or STRANGER_ID */
bit alive[KEYS];              /* the set's ALIVE */
#define STRANGER_ID 99
#define STRANGER_KEY KEY(1, 1)

/* What the property is about. */
byte producers;               /* from coming into office to removing the channel file */
bit working[PIDS + 1];        /* between making the first object and removing the last */
bit kill[PROCESSES];
bit both_deleted;
byte pids = PROCESSES, rounds, moves, execs;
byte through;                 /* processes that come no more */

/* close(): the locks go with the descriptor, the inode with its last user. */
inline give_up(file) {
	if
	:: file != NONE ->
		if :: locked[file] == self -> locked[file] = 0; office[file] = 0 :: else fi;
		opened[file]--;
		if
		:: opened[file] == 0 && lock_name != file -> told[file] = 0; note[file] = NONE; before[file] = NONE
		:: else
		fi;
		file = NONE
	:: else
	fi
}

inline resign() {
	if :: produces -> produces = 0; producers-- :: else fi
}

/* What a sweep takes away must not belong to one that lives. */
inline sweep_set(which, may) {
	if
	:: set[which] && (may) -> assert(set[which] != STRANGER_ID && !working[set[which]]); set[which] = 0; alive[which] = 0
	:: else
	fi
}

inline sweep_key(which) {
	d_step {
		if
		:: segment[which] -> assert(!working[segment[which]]); segment[which] = 0
		:: else
		fi
	};
#ifdef BAD_SWEEP_UNASKED
	d_step { sweep_set(which, true) }
#else
	d_step { sweep_set(which, !alive[which]) }
#endif
}

proctype Process(byte me; bit cleans) {
	byte self, inode, old, key, other, seen_pid, said, project;
	bit produces, midway, counted;

	self = (through == PROCESSES -> PIDS : me + 1);
again:
	{
		skip;
#ifdef BAD_SWEEP_BEFORE_LOCK
		/* Reads the note of whoever stands there. */
		d_step { other = lock_name; project = note[other]; other = KEY(other, project) };
		if :: project != NONE -> sweep_key(other) :: else fi;
		other = 0; project = 0;
#endif
#ifdef BAD_CLEAN_WITHOUT_LOCK
		if :: cleans && lock_name != NONE -> lock_name = NONE :: else fi;
#endif
open_it:	skip;
		d_step {
			/* open(O_CREAT) */
			if
			:: lock_name == NONE ->
				inode = 1;
				do :: opened[inode] > 0 -> inode++ :: else -> break od;
				lock_name = inode
			:: else -> inode = lock_name
			fi;
			opened[inode]++
		};
		if
		:: d_step { locked[inode] == 0 -> locked[inode] = self }
		:: d_step { else -> other = locked[inode] } /* refused by this one */
		fi;
		if
		:: other ->
			/* Waits for it to come into office, or to go: a second at most, which nobody needs here. */
#ifdef BAD_REFUSE_AT_ONCE
			if
			:: true -> other = locked[inode]
#else
			if
			:: locked[inode] == 0 -> d_step { other = 0; give_up(inode) }; goto open_it
			:: d_step { office[inode] -> other = locked[inode] }
#endif
			fi;
			/* Reads its pid, and says it, if that one is still there. */
			d_step {
				assert(told[inode] == other || locked[inode] != other);
				assert(office[inode] || locked[inode] != other);
				other = 0;
				give_up(inode)
			};
			if
			:: old != NONE -> assert(both_deleted); goto end_it /* another producer took the channel */
			:: else -> goto over
			fi
		:: else
		fi;
#ifndef BAD_NO_LOOK_AT_NAME
		if
		:: lock_name != inode -> d_step { give_up(inode) }; goto open_it
		:: else
		fi;
#endif
		said = told[inode];
		if
		:: old != NONE -> goto sweep_it /* it is the one that lives */
		:: else
		fi;
#ifndef BAD_NO_LOOK_FOR_LIVING
look_again:	skip;
		d_step { other = file_key; seen_pid = file_pid };
		if
		:: other == 0
		:: else ->
			if
			:: d_step { set[other] == seen_pid && alive[other] && seen_pid != said -> other = 0; seen_pid = 0 };
				goto close_it /* lives */
			:: else
			fi;
#ifndef BAD_BELIEVE_OLD_FILE
			/* Dead, but behind a file that has gone meanwhile. */
			if
			:: file_key != other || file_pid != seen_pid -> goto look_again
			:: else
			fi
#endif
		fi;
#endif
sweep_it:	skip;
#ifndef BAD_NO_SWEEP
		d_step { project = note[inode]; other = before[inode] };
		if
		:: project != NONE -> project = KEY(inode, project); sweep_key(project)
		:: else
		fi;
		if
		:: other != NONE -> other = KEY(inode, other); sweep_key(other)
		:: else
		fi;
		/* And what the channel file names: a set, also if it is raised by who is known to be no producer. But an
		 * owner that has lost its lock file has its own channel file standing. */
		d_step { other = file_key; seen_pid = file_pid; project = 0 };
#ifndef BAD_SWEEP_OWN_FILE
		if :: old != NONE -> goto in_office :: else fi;
#endif
#ifdef BAD_RAISED_LIVES
		d_step { sweep_set(other, set[other] == seen_pid && !alive[other]) };
#elif !defined(BAD_SWEEP_RECORD_ONLY)
		d_step { sweep_set(other, set[other] == seen_pid && (!alive[other] || seen_pid == said)) };
#endif
#endif
		d_step { assert(!working[file_pid] || file_pid == self || both_deleted); file_key = 0; file_pid = 0 };
		if :: cleans -> goto close_it :: else fi;
in_office:	skip;
		d_step { other = 0; seen_pid = 0; project = 0; said = 0 };
#ifdef BAD_OFFICE_BEFORE_PID
		office[inode] = 1;
		d_step { told[inode] = self; note[inode] = NONE; before[inode] = NONE };
#else
		d_step { told[inode] = self; note[inode] = NONE; before[inode] = NONE };
		office[inode] = 1;
#endif
		d_step {
			if
			:: old != NONE -> give_up(old)
			:: else -> produces = 1; producers++; assert(producers == 1 || both_deleted)
			fi
		};

make_it:	skip;
		d_step {
			other = key; /* of the generation to be replaced, if there is one */
			midway = (key != 0);
#ifndef BAD_NOTE_ONE_KEY
			before[inode] = note[inode];
#endif
			project = note[inode]
		};
next_key:	skip;
		d_step {
			project = project % PROJECTS + 1;
			assert(project != before[inode]);
#ifndef BAD_NOTE_LATE
			note[inode] = project;
#endif
			key = KEY(inode, project)
		};
		sweep_key(key);
		d_step { assert(segment[key] == 0); segment[key] = self; working[self] = 1 };
		segment[key] = 0; /* marked for removal: has no key any more, and goes with its last user */
		if
		:: d_step { set[key] == 0 -> set[key] = self }
		:: else -> goto next_key
		fi;
#ifdef BAD_NOTE_LATE
		note[inode] = project;
#endif
		alive[key] = 1;
#ifdef BAD_COMMIT_EARLY
		before[inode] = NONE;
#endif
#ifdef BAD_RETIRE_EARLY
		if :: midway -> d_step { set[other] = 0; alive[other] = 0 } :: else fi;
#endif
		d_step { file_key = key; file_pid = self; project = 0 };
#ifndef BAD_RETIRE_EARLY
		if
		:: midway -> d_step { assert(set[other] == self); set[other] = 0; alive[other] = 0 }
		:: else
		fi;
#endif
		d_step { before[inode] = NONE; other = 0; midway = 0 };

		/* It publishes, and looks after its files. */
		if
		:: moves < MOVES -> moves++; goto make_it
		:: execs < EXECS -> execs++; goto exec
		:: skip
		fi;
		if
		:: lock_name != inode -> d_step { old = inode; inode = NONE }; goto open_it
		:: else
		fi;
		if
		:: file_key != key || file_pid != self -> goto make_it
		:: else
		fi;
end_it:		assert(set[key] == self && alive[key]);
		d_step {
#ifndef BAD_END_BLINDLY
			if
			:: file_key == key && file_pid == self -> file_key = 0; file_pid = 0
			:: else
			fi;
#else
			assert(file_pid == self || !working[file_pid]);
			file_key = 0;
			file_pid = 0;
#endif
			midway = 1;
			resign()
		};
		d_step { assert(set[key] == self); set[key] = 0; alive[key] = 0; working[self] = 0; key = 0; midway = 0 };
close_it:	skip;
#ifdef BAD_UNLOCK_BEFORE_UNLINK
		d_step { give_up(inode) };
		lock_name = NONE;
#else
		d_step { if :: inode != NONE && lock_name == inode -> lock_name = NONE :: else fi };
#endif
		goto over;
exec:		skip; /* another program, with the same pid: files are closed, semaphores stay raised. */
		d_step { resign(); working[self] = 0; give_up(inode); counted = 1; through++ };
end_exec:	false;
over:		skip
	} unless { kill[me] };
	/* Killed or not, the kernel closes its files and takes ALIVE back. */
	d_step {
		kill[me] = 0;
		/* Once the lock file is deleted, what is being made, replaced or removed has no name for a moment: who is
		 * killed just then leaves it for ever (docs/protocol.md, "Coming and going"). */
		key = 0;
		do
		:: key < KEYS ->
			if
			:: midway && lock_name != INODE(key) && segment[key] == self -> segment[key] = 0
			:: else
			fi;
			if
			:: set[key] == self && midway && lock_name != INODE(key) && file_key != key -> set[key] = 0
			:: else
			fi;
			if :: set[key] == self || set[key] == 0 -> alive[key] = 0 :: else fi;
			key++
		:: else -> break
		od;
		working[self] = 0;
		resign();
		give_up(inode);
		give_up(old);
		key = 0; other = 0; seen_pid = 0; said = 0; project = 0; midway = 0
	};
	if
	:: counted
	:: else ->
		if
		:: d_step { rounds < ROUNDS -> rounds++; pids++; self = pids }; goto again
		:: d_step { true -> through++ }
		fi
	fi
}

/* Kills, deletes, and looks at last whether anything is left. */
proctype World() {
	byte kills, deletes;

	do
	:: kills < KILLS && through < PROCESSES ->
		kills++;
		if
		:: kill[0] = 1
#if PROCESSES > 1
		:: kill[1] = 1
#endif
#if PROCESSES > 2
		:: kill[2] = 1
#endif
		fi
#ifdef DELETE_BOTH
	:: d_step { deletes < DELETES && file_key && alive[file_key] && lock_name ->
		deletes++; both_deleted = 1; lock_name = NONE; file_key = 0; file_pid = 0 }
#else
	:: d_step { deletes < DELETES && file_key && alive[file_key] && lock_name -> deletes++; lock_name = NONE }
	:: d_step { deletes < DELETES && file_key -> deletes++; file_key = 0; file_pid = 0 }
#endif
	:: break
	od;
	kills = 0;
	through == PROCESSES;
	d_step { rounds = ROUNDS; kill[0] = 0 };
	run Process(0, 1);
	through == PROCESSES + 1;
	assert(lock_name == NONE && !file_key && !producers);
	do
	:: kills < KEYS ->
		assert(segment[kills] == 0);
#ifdef STRANGER
		assert(set[kills] == (kills == STRANGER_KEY -> STRANGER_ID : 0));
#else
		assert(set[kills] == 0);
#endif
		kills++
	:: else -> break
	od
}

init {
	atomic {
#ifdef STRANGER
		set[STRANGER_KEY] = STRANGER_ID;
		alive[STRANGER_KEY] = 1;
#endif
		run Process(0, 0);
#if PRODUCERS > 1
		run Process(1, 0);
#endif
#if CLEANERS > 0
		run Process(PRODUCERS, 1);
#endif
		run World()
	}
}
