/* SPDX-License-Identifier: MIT
 *
 * Who owns a channel, and how the next owner cleans up after the dead: docs/protocol.md, checked by spin.
 *
 * Processes start, to be the producer of one channel or to clean it. Each opens the lock file, locks it, checks
 * that it still exists under its name, and checks that no producer lives that has lost its lock file. Then it
 * cleans up what the last owner left, writes its pid and announces it, records the key, makes a segment and
 * semaphores under that key, locks a new channel file for its life, and puts that file in place. A producer may move
 * to another generation, become another program by exec (which closes its files, but leaves its semaphores raised),
 * end in order, or be killed at any step. Meanwhile somebody deletes files; a producer that finds one missing makes
 * it again. Each system call is one step. The file system uses an inode number again, and so the keys made from it,
 * as soon as no process has the file open.
 *
 * There is at most one producer at a time. No process removes an object of a live producer, or of a stranger whose
 * set has the same key. No producer is refused because of a cleaner, or told a dead producer's pid. No producer
 * loses its channel to another. When all have exited, one cleaner leaves nothing behind.
 *
 *   -DPRODUCERS=2 -DCLEANERS=1
 *   -DRESTARTS=1        starts after the first of each process, all together
 *   -DKILLS=1           all together
 *   -DMOVES=1           to other generations, all together, besides those that deleted files cause
 *   -DEXECS=1           all together
 *   -DDELETES=1         once: the lock file of an open channel, or the channel file
 *   -DDELETE_BOTH       both at once. Then there may be two producers, until the first checks its files and ends
 *   -DSTRANGER          a stranger has a live set under the first key
 *   -DSECOND_PATH       one more process comes by a second path, an overlay or a copy. It reads the same files, but
 *                       sees no lock there, and what it deletes stays on the first path. It does not clean up by the
 *                       keys on record: an owner that is making its objects would fail, as it does after ipcrm
 *   -DREBOOT            the system, or the container, restarts at last. All objects are gone, ids start again, and
 *                       the id in the channel file is that of another channel's live set
 *
 * Deliberate mistakes, each to be refuted: -DBAD_NO_NAME_CHECK -DBAD_UNLOCK_BEFORE_UNLINK -DBAD_RECORD_LATE
 * -DBAD_CLEANUP_BEFORE_LOCK -DBAD_NO_CLEANUP -DBAD_CLEAN_WITHOUT_LOCK -DBAD_REFUSE_AT_ONCE
 * -DBAD_ANNOUNCE_BEFORE_PID -DBAD_CHILD_KEEPS_LOCKS; with -DSTRANGER: -DBAD_CLEANUP_UNCHECKED; with MOVES:
 * -DBAD_RECORD_ONE_KEY -DBAD_COMMIT_EARLY; with EXECS: -DBAD_RAISED_IS_ALIVE; with SECOND_PATH:
 * -DBAD_UNSEEN_IS_GONE; with REBOOT: -DBAD_KEY_UNCHECKED; with DELETES: -DBAD_CLEANUP_RECORD_ONLY
 * -DBAD_CLEANUP_OWN_FILE -DBAD_LOCK_AFTER_RENAME; with DELETES and MOVES: -DBAD_NO_LIVE_CHECK -DBAD_TRUST_OLD_FILE
 * -DBAD_RETIRE_EARLY; with DELETE_BOTH: -DBAD_END_UNCHECKED */
#ifndef PRODUCERS
#define PRODUCERS 2
#endif
#ifndef CLEANERS
#define CLEANERS 1
#endif
#ifndef RESTARTS
#define RESTARTS 0
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
#define PIDS (PROCESSES + RESTARTS + 1) /* one per start; 0: no process */
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
byte lock_name;               /* the inode that has the name */
byte open_count[INODES + 1];  /* processes that have it open */
byte locked[INODES + 1];      /* byte 0: the process that has locked it */
bit pid_announced[INODES + 1]; /* byte 1: locked by the same process */
byte lock_pid[INODES + 1];    /* the pid in the file */
byte record[INODES + 1];      /* the project of the newest generation's keys */
byte record_before[INODES + 1]; /* the same of the generation that it replaces */
/* The channel file names a set of semaphores by its id and its key. The set's maker stands for the id. */
byte file_key;                /* the key of the set that has the id; 0: there is no file */
byte file_pid;                /* that set's maker; may be dead */
bit holds[PIDS + 2];          /* this process holds its lock on the channel file that it made last */

/* System V objects by key; 0: none. */
byte segment[KEYS];           /* its maker; it has the key until it is marked for removal */
byte set[KEYS + 1];           /* its maker, or STRANGER_ID */
bit alive[KEYS + 1];          /* the set's ALIVE */
#define STRANGER_ID (PIDS + 1)
#define STRANGER_KEY KEY(1, 1)
#define OTHER_CHANNEL KEYS    /* the key of another channel's set: never the one on record */

/* Whether the set that has the id on record also has the key on record. */
#ifdef BAD_KEY_UNCHECKED
#define IS_NAMED(key, maker) (set[key] == maker)
#else
#define IS_NAMED(key, maker) (set[key] == maker && key != OTHER_CHANNEL)
#endif

/* For the assertions and the environment. */
byte producers;               /* a producer counts from announcing its pid to removing the channel file */
bit working[PIDS + 2];        /* between making the first object and removing the last */
bit kill[PROCESSES];
bit both_deleted;
byte pids = PROCESSES, restarts, moves, execs;
byte finished;                /* processes that do not start again */

/* close(): the kernel frees the locks with the descriptor, and the inode with its last user. */
inline close_file(file) {
	if
	:: file != NONE ->
		if :: locked[file] == self -> locked[file] = 0; pid_announced[file] = 0 :: else fi;
		open_count[file]--;
		if
		:: open_count[file] == 0 && lock_name != file -> lock_pid[file] = 0; record[file] = NONE; record_before[file] = NONE
		:: else
		fi;
		file = NONE
	:: else
	fi
}

inline stop_producing() {
	if :: produces -> produces = 0; producers-- :: else fi
}

/* Cleaning up must not remove an object of a live process. */
inline remove_set(which, may) {
	if
	:: set[which] && (may) -> assert(set[which] != STRANGER_ID && !working[set[which]]); set[which] = 0; alive[which] = 0
	:: else
	fi
}

inline cleanup_key(which) {
	d_step {
		if
		:: segment[which] -> assert(!working[segment[which]]); segment[which] = 0
		:: else
		fi
	};
#ifdef BAD_CLEANUP_UNCHECKED
	d_step { remove_set(which, true) }
#else
	d_step { remove_set(which, !alive[which]) }
#endif
}

/* It is dead if it is not raised, or its maker is known to be gone. */
inline remove_named_set(which, maker, gone) {
	remove_set(which, IS_NAMED(which, maker) && (gone || !alive[which]))
}

inline check_lock() {
#ifdef BAD_RAISED_IS_ALIVE
	locks = 1
#else
	locks = holds[seen_pid]
#endif
}

inline forget_file() {
	other = 0;
	seen_pid = 0;
	locks = 0
}

proctype Process(byte me; bit cleans) {
	byte self, inode, old, key, other, seen_pid, project;
	bit produces, in_transition, became_other, locks;

	self = (finished == PROCESSES -> PIDS : me + 1);
again:
	{
		skip;
#ifdef BAD_CLEANUP_BEFORE_LOCK
		/* Reads the record of the file that has the name. */
		d_step { other = lock_name; project = record[other]; other = KEY(other, project) };
		if :: project != NONE -> cleanup_key(other) :: else fi;
		other = 0; project = 0;
#endif
#ifdef BAD_CLEAN_WITHOUT_LOCK
		if :: cleans && lock_name != NONE -> lock_name = NONE :: else fi;
#endif
open_lock_file:	skip;
		d_step {
			/* open(O_CREAT) */
			if
			:: lock_name == NONE ->
				inode = 1;
				do :: open_count[inode] > 0 -> inode++ :: else -> break od;
				lock_name = inode
			:: else -> inode = lock_name
			fi;
			open_count[inode]++
		};
		if
		:: d_step { locked[inode] == 0 -> locked[inode] = self }
		:: d_step { else -> other = locked[inode] } /* refused by this one */
		fi;
		if
		:: other ->
			/* Waits for it to announce its pid, or to exit. The code waits a second at most; the model needs no limit. */
#ifdef BAD_REFUSE_AT_ONCE
			if
			:: true -> other = locked[inode]
#else
			if
			:: locked[inode] == 0 -> d_step { other = 0; close_file(inode) }; goto open_lock_file
			:: d_step { pid_announced[inode] -> other = locked[inode] }
#endif
			fi;
			/* Reads the pid, which must be the owner's if it still lives, to report it. */
			d_step {
				assert(lock_pid[inode] == other || locked[inode] != other);
				assert(pid_announced[inode] || locked[inode] != other);
				other = 0;
				close_file(inode)
			};
			if
			:: old != NONE -> assert(both_deleted); goto end_in_order /* another producer took the channel */
			:: else -> goto over
			fi
		:: else
		fi;
#ifndef BAD_NO_NAME_CHECK
		if
		:: lock_name != inode -> d_step { close_file(inode) }; goto open_lock_file
		:: else
		fi;
#endif
		if
		:: old != NONE -> goto clean_up /* this process is the live producer */
		:: else
		fi;
#ifndef BAD_NO_LIVE_CHECK
find_live:	skip;
		d_step { other = file_key; seen_pid = file_pid };
		if
		:: other == 0
		:: else ->
			check_lock();
			if
			:: d_step { locks && IS_NAMED(other, seen_pid) && alive[other] -> forget_file() };
				goto close_files /* lives */
			:: else
			fi;
#ifndef BAD_TRUST_OLD_FILE
			/* Dead, but the file may have been replaced meanwhile. */
			if
			:: file_key != other || file_pid != seen_pid -> goto find_live
			:: else
			fi
#endif
		fi;
#endif
clean_up:	skip;
#ifndef BAD_NO_CLEANUP
		d_step { project = record[inode]; other = record_before[inode] };
		if
		:: project != NONE -> project = KEY(inode, project); cleanup_key(project)
		:: else
		fi;
		if
		:: other != NONE -> other = KEY(inode, other); cleanup_key(other)
		:: else
		fi;
		/* Then the set that the channel file names, even a raised one if its maker does not hold its lock on that file:
		 * it runs another program. But if this process is an owner that lost its lock file, the file is its own. */
		d_step { other = file_key; seen_pid = file_pid; project = 0 };
#ifndef BAD_CLEANUP_OWN_FILE
		if :: old != NONE -> goto announce_pid :: else fi;
#endif
#ifndef BAD_CLEANUP_RECORD_ONLY
		check_lock();
		d_step { remove_named_set(other, seen_pid, !locks) };
#endif
#endif
		d_step { assert(!working[file_pid] || file_pid == self || both_deleted); file_key = 0; file_pid = 0 };
		if :: cleans -> goto close_files :: else fi;
announce_pid:	skip;
		d_step { forget_file(); project = 0 };
#ifdef BAD_ANNOUNCE_BEFORE_PID
		pid_announced[inode] = 1;
		d_step { lock_pid[inode] = self; record[inode] = NONE; record_before[inode] = NONE };
#else
		d_step { lock_pid[inode] = self; record[inode] = NONE; record_before[inode] = NONE };
		pid_announced[inode] = 1;
#endif
		d_step {
			if
			:: old != NONE -> close_file(old)
			:: else -> produces = 1; producers++; assert(producers == 1 || both_deleted)
			fi
		};

make_generation:	skip;
		d_step {
			other = key; /* of the generation to replace, if there is one */
			in_transition = (key != 0);
#ifndef BAD_RECORD_ONE_KEY
			record_before[inode] = record[inode];
#endif
			project = record[inode]
		};
next_key:	skip;
		d_step {
			project = project % PROJECTS + 1;
			assert(project != record_before[inode]);
#ifndef BAD_RECORD_LATE
			record[inode] = project;
#endif
			key = KEY(inode, project)
		};
		cleanup_key(key);
		d_step { assert(segment[key] == 0); segment[key] = self; working[self] = 1 };
		segment[key] = 0; /* marked for removal: it has no key, and the kernel frees it with its last user */
		if
		:: d_step { set[key] == 0 -> set[key] = self }
		:: else -> goto next_key
		fi;
#ifdef BAD_RECORD_LATE
		record[inode] = project;
#endif
		alive[key] = 1;
#ifdef BAD_COMMIT_EARLY
		record_before[inode] = NONE;
#endif
#ifdef BAD_RETIRE_EARLY
		if :: in_transition -> d_step { set[other] = 0; alive[other] = 0 } :: else fi;
#endif
#ifdef BAD_LOCK_AFTER_RENAME
		holds[self] = 0;
#else
		holds[self] = 1;
#endif
		d_step { file_key = key; file_pid = self; project = 0 };
		holds[self] = 1;
#ifndef BAD_RETIRE_EARLY
		if
		:: in_transition -> d_step { assert(set[other] == self); set[other] = 0; alive[other] = 0 }
		:: else
		fi;
#endif
		d_step { record_before[inode] = NONE; other = 0; in_transition = 0 };

		/* It publishes, and checks its files. */
		if
		:: moves < MOVES -> moves++; goto make_generation
		:: execs < EXECS -> execs++; goto exec
		:: skip
		fi;
		if
		:: lock_name != inode -> d_step { old = inode; inode = NONE }; goto open_lock_file
		:: else
		fi;
		if
		:: file_key != key || file_pid != self -> goto make_generation
		:: else
		fi;
end_in_order:		assert(set[key] == self && alive[key]);
		d_step {
#ifndef BAD_END_UNCHECKED
			if
			:: file_key == key && file_pid == self -> file_key = 0; file_pid = 0
			:: else
			fi;
#else
			assert(file_pid == self || !working[file_pid]);
			file_key = 0;
			file_pid = 0;
#endif
			in_transition = 1;
			stop_producing()
		};
		d_step { assert(set[key] == self); set[key] = 0; alive[key] = 0; working[self] = 0; key = 0; in_transition = 0 };
close_files:	skip;
#ifdef BAD_UNLOCK_BEFORE_UNLINK
		d_step { close_file(inode) };
		lock_name = NONE;
#else
		d_step { if :: inode != NONE && lock_name == inode -> lock_name = NONE :: else fi };
#endif
		goto over;
exec:		skip; /* another program with the same pid: its files are closed, its semaphores stay raised */
		d_step { stop_producing(); working[self] = 0; close_file(inode) };
		d_step { holds[self] = 0; became_other = 1; finished++ };
end_exec:	false;
over:		skip
	} unless { kill[me] };
	/* However it ended, the kernel undoes ALIVE, and then closes its files. */
	d_step {
		kill[me] = 0;
		/* If the lock file is deleted, nothing names an object while it is made, replaced or removed. A producer
		 * killed at that moment leaves the object until reboot (docs/protocol.md, "Coming and going"). */
		key = 0;
		do
		:: key < KEYS ->
			if
			:: in_transition && lock_name != INODE(key) && segment[key] == self -> segment[key] = 0
			:: else
			fi;
			if
			:: set[key] == self && in_transition && lock_name != INODE(key) && file_key != key -> set[key] = 0
			:: else
			fi;
			if :: set[key] == self || set[key] == 0 -> alive[key] = 0 :: else fi;
			key++
		:: else -> break
		od;
		working[self] = 0;
		stop_producing();
		key = 0; project = 0; in_transition = 0;
		forget_file()
	};
#ifdef BAD_CHILD_KEEPS_LOCKS
	d_step { inode = NONE; old = NONE }; /* a child of fork lives on, and has copies of the descriptors */
#else
	d_step { holds[self] = 0; close_file(inode); close_file(old) };
#endif
	if
	:: became_other
	:: else ->
		if
		:: d_step { restarts < RESTARTS -> restarts++; pids++; self = pids }; goto again
		:: d_step { true -> finished++ }
		fi
	fi
}

#ifdef SECOND_PATH
/* It sees no lock on the channel file, and that this is not the file which the producer made. */
proctype Elsewhere() {
	byte other, seen_pid;

	d_step { other = file_key; seen_pid = file_pid };
#ifdef BAD_UNSEEN_IS_GONE
	d_step { remove_named_set(other, seen_pid, true) }
#else
	if
	:: IS_NAMED(other, seen_pid) && alive[other] /* refused: it lives, or runs another program */
	:: else -> d_step { remove_named_set(other, seen_pid, false) }
	fi
#endif
}
#endif

/* Kills and deletes, and checks at last that nothing is left. */
proctype World() {
	byte kills, deletes;

	do
	:: kills < KILLS && finished < PROCESSES ->
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
	finished == PROCESSES;
	d_step { restarts = RESTARTS; kill[0] = 0 };
#ifdef REBOOT
	d_step {
		do
		:: kills < KEYS -> segment[kills] = 0; set[kills] = 0; alive[kills] = 0; kills++
		:: else -> break
		od;
		kills = 0;
		set[OTHER_CHANNEL] = STRANGER_ID;
		alive[OTHER_CHANNEL] = 1;
		if :: file_key -> file_key = OTHER_CHANNEL; file_pid = STRANGER_ID :: else fi
	};
#endif
	run Process(0, 1);
	finished == PROCESSES + 1;
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
#ifdef SECOND_PATH
		run Elsewhere();
#endif
		run World()
	}
}
