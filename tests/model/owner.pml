/* SPDX-License-Identifier: MIT
 *
 * Who owns a channel, and what the dead leave: docs/protocol.md, checked by spin.
 *
 * Several processes come to be the producer of one channel, each of them again and again: they open the
 * lock file, lock it, look whether it still stands under its name, sweep what the last owner left,
 * note the key, make segment and semaphores under it, put the channel file in place; then end in order
 * or are killed, at any step. A cleaner does the same, and ends once it has swept. Each system call is
 * one step. Inodes, and with them the keys, are used again as soon as nobody has the file open.
 *
 * At most one owner at a time; nobody takes away what belongs to a living one, or to a stranger whose
 * set has the same key; and when all are gone, one cleaner leaves nothing behind.
 *
 *   -DROUNDS=2          lives of all together, after the first of each
 *   -DKILLS=2           of all together
 *   -DSTRANGER          a stranger has a live set under the first key
 *
 * What is wrong on purpose: -DBAD_NO_LOOK_AT_NAME -DBAD_UNLOCK_BEFORE_UNLINK -DBAD_NOTE_LATE
 * -DBAD_SWEEP_BEFORE_LOCK -DBAD_NO_SWEEP -DBAD_CLEAN_WITHOUT_LOCK; with -DSTRANGER:
 * -DBAD_SWEEP_UNASKED */
#define PRODUCERS 2
#ifndef ROUNDS
#define ROUNDS 3
#endif
#ifndef KILLS
#define KILLS 1
#endif
#define INODES 3
#define PROJECTS 2
#define NONE 0 /* inodes are 1 to INODES, projects 1 to PROJECTS */
#define PROCESSES (PRODUCERS + 1)
#define KEY(inode, project) ((inode) * (PROJECTS + 1) + (project))
#define KEYS ((INODES + 1) * (PROJECTS + 1))
#define CLEANER PRODUCERS

/* The folder and its files. */
byte lock_name;               /* the inode that stands there */
byte note[INODES + 1];        /* in it: the project under which objects may be */
byte opened[INODES + 1];      /* by how many */
byte locked[INODES + 1];      /* by which process, plus 1 */
byte channel_file;            /* whose, plus 1; the dead one's too */

/* System V objects by key: 0: none. */
byte segment[KEYS];           /* its maker, plus 1: under its key until it is marked for removal */
byte set[KEYS];               /* its maker, plus 1, or STRANGER_ID */
bit alive[KEYS];              /* the set's ALIVE */
#define STRANGER_ID 9
#define STRANGER_KEY KEY(1, 1)

/* What the property is about. */
byte owners;
bit working[PROCESSES];       /* between making the first object and removing the last */
bit kill[PROCESSES];
byte rounds;
byte through;                 /* processes that come no more */

inline give_up_file() {
	/* close(): the lock goes with the descriptor, the inode with its last user. */
	d_step {
		if
		:: inode != NONE ->
			if :: locked[inode] == me + 1 -> locked[inode] = 0 :: else fi;
			opened[inode]--;
			if
			:: opened[inode] == 0 && lock_name != inode -> note[inode] = NONE
			:: else
			fi;
			inode = NONE
		:: else
		fi;
		if :: owner -> owner = 0; owners-- :: else fi
	}
}

/* What a sweep takes away must not belong to one that lives. */
inline sweep_key(key) {
	d_step {
		if
		:: segment[key] -> assert(!working[segment[key] - 1]); segment[key] = 0
		:: else
		fi
	};
	d_step {
#ifdef BAD_SWEEP_UNASKED
		if
		:: set[key] -> set[key] = 0
		:: else
		fi
#else
		if
		:: set[key] && !alive[key] -> assert(!working[set[key] - 1]); set[key] = 0
		:: else
		fi
#endif
	}
}

proctype Process(byte me) {
	byte inode, named, project, key, i;
	bit owner;

again:
	{
		skip;
#if defined(BAD_SWEEP_BEFORE_LOCK)
		/* Reads the note of whoever stands there. */
		atomic { named = lock_name; project = note[named] };
		if
		:: named != NONE && project != NONE -> sweep_key(KEY(named, project))
		:: else
		fi;
		named = NONE; project = NONE;
#endif
#ifdef BAD_CLEAN_WITHOUT_LOCK
		if
		:: me == CLEANER -> named = lock_name; if :: named != NONE -> lock_name = NONE :: else fi
		:: else
		fi;
#endif
open_it:	skip;
		d_step {
			/* open(O_CREAT) */
			if
			:: lock_name == NONE ->
				i = 1;
				do :: opened[i] > 0 -> i++ :: else -> break od;
				lock_name = i;
				note[i] = NONE
			:: else
			fi;
			inode = lock_name;
			opened[inode]++;
			i = 0
		};
		d_step {
			if
			:: locked[inode] == 0 -> locked[inode] = me + 1; i = 1
			:: else -> i = 0
			fi
		};
		if
		:: i == 0 -> goto over /* taken: says by whom */
		:: else -> i = 0
		fi;
#ifndef BAD_NO_LOOK_AT_NAME
		if
		:: lock_name != inode -> give_up_file(); goto open_it
		:: else
		fi;
#endif
		skip;
		d_step { owner = 1; owners++; assert(owners == 1) };
		project = note[inode];
#ifndef BAD_NO_SWEEP
		if
		:: project != NONE -> sweep_key(KEY(inode, project))
		:: else
		fi;
#endif
		channel_file = 0;
		note[inode] = NONE;
		project = NONE;
		if
		:: me == CLEANER -> goto close_it
		:: else
		fi;
next_key:	project++;
		key = KEY(inode, project);
#ifndef BAD_NOTE_LATE
		note[inode] = project;
#endif
		sweep_key(key);
		d_step { assert(segment[key] == 0); segment[key] = me + 1; working[me] = 1 };
		segment[key] = 0; /* marked for removal: has no key any more, and goes with its last user */
		d_step {
			if
			:: set[key] == 0 -> set[key] = me + 1; alive[key] = 0
			:: else -> i = 1
			fi
		};
		if
		:: i == 1 -> i = 0; working[me] = 0; assert(project < PROJECTS); goto next_key
		:: else
		fi;
#ifdef BAD_NOTE_LATE
		note[inode] = project;
#endif
		alive[key] = 1;
		channel_file = me + 1;
		/* It publishes, and ends in order. */
		assert(set[key] == me + 1 && alive[key]);
		d_step { channel_file = 0 };
		d_step { assert(set[key] == me + 1); set[key] = 0; alive[key] = 0; segment[key] = 0; working[me] = 0 };
close_it:	skip;
#ifdef BAD_UNLOCK_BEFORE_UNLINK
		give_up_file();
		lock_name = NONE;
#else
		d_step { lock_name = NONE; owner = 0; owners-- };
#endif
over:		skip
	} unless { kill[me] };
	/* Killed or not, the kernel closes its file and takes ALIVE back. */
	d_step {
		kill[me] = 0;
		i = 0;
		do
		:: i < KEYS -> if :: set[i] == me + 1 -> alive[i] = 0 :: else fi; i++
		:: else -> break
		od;
		working[me] = 0;
		named = 0; project = 0; key = 0; i = 0
	};
	give_up_file();
	if
	:: rounds < ROUNDS -> rounds++; goto again
	:: through++
	fi
}

proctype Killer() {
	byte kills;

	do
	:: kills < KILLS && through < PROCESSES ->
		kills++;
		if
		:: kill[0] = 1
		:: kill[1] = 1
		:: kill[CLEANER] = 1
		fi
	:: break
	od;
	kills = 0;
	through == PROCESSES;
	d_step { through = 0; rounds = ROUNDS; kill[CLEANER] = 0 };
	run Process(CLEANER);
	through == 1;
	assert(lock_name == NONE && !channel_file);
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
		run Process(0);
		run Process(1);
		run Process(CLEANER);
		run Killer()
	}
}
