/* SPDX-License-Identifier: MIT
 *
 * What it costs to wake another process by a semaphore, or through inotify and epoll, without
 * shmflip: the floor under a viewer that waits and one that polls.
 *
 *   wakeup-cost [ROUNDS [RATE]]
 *
 * Each way wakes a sleeping process 30 times in each round, by turns, RATE times a second. Prints
 * lower quartiles in us, which other programs disturb less than medians: until the process runs,
 * until the sender's first system call returns, and until its last one does. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WAKEUPS = 30, IGNORED = 3, ROUNDS_MAX = 1000, SAMPLES_MAX = WAKEUPS * ROUNDS_MAX };

#define NS_PER_S 1000000000LL
#define NS_PER_MS 1000000LL

/* The steps of a sender, and what the process waits for. */
enum step { NONE, SEMOP, READ, EVENTFD };

static const struct way {
	const char *name;
	enum step steps[2];
	enum step waits_for;
} ways[] = {
	{ "semop", { SEMOP }, SEMOP },
	{ "semop, read", { SEMOP, READ }, SEMOP },
	{ "semop, read", { SEMOP, READ }, READ },
	{ "read, semop", { READ, SEMOP }, READ },
	{ "read", { READ }, READ },
	{ "eventfd", { EVENTFD }, EVENTFD },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

static const char *const wait_names[] = {
	[SEMOP] = "semop", [READ] = "poll, inotify", [EVENTFD] = "poll, eventfd"
};

/* What both processes share. */
struct shared {
	_Atomic int ready;
	_Atomic int64_t awake_ns[WAKEUPS + 1];
};

/* What the sender and the sleeper use. */
struct objects {
	struct shared *shared;
	char path[64];
	int file, set, event;
	pid_t sleeper;
};

static struct samples {
	int64_t awake[SAMPLES_MAX], first[SAMPLES_MAX], all[SAMPLES_MAX];
	int count;
} samples[WAYS];

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void check(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}

static void stay_on_processor(int number)
{
	cpu_set_t set;

	/* With one processor, or others, the kernel chooses. */
	CPU_ZERO(&set);
	CPU_SET(number, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* ---- The process that sleeps ---------------------------------------------------------------- */

static void add(int epoll, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	check(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
}

/* As shmflip's descriptor: inotify beside another descriptor in an epoll instance. */
static int watch(const struct objects *objects, int inotify)
{
	int epoll = epoll_create1(0);

	check(epoll >= 0 && inotify_add_watch(inotify, objects->path, IN_ACCESS) >= 0, "inotify");
	add(epoll, inotify);
	add(epoll, eventfd(0, 0));
	return epoll;
}

static void poll_for(int fd)
{
	struct pollfd polled = { .fd = fd, .events = POLLIN };

	check(poll(&polled, 1, -1) == 1, "poll");
}

/* The semaphore of each wake-up is 1 until then. */
static void wait_for_zero(int set, int number)
{
	struct sembuf zero = { .sem_num = (unsigned short)number };

	check(semop(set, &zero, 1) == 0, "semop");
}

static _Noreturn void sleep_and_note(const struct objects *objects, enum step waits_for)
{
	int inotify = inotify_init1(IN_NONBLOCK);
	int epoll = watch(objects, inotify);
	char events[4096];
	uint64_t count;
	int64_t awake_ns;
	ssize_t size = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	stay_on_processor(1);
	atomic_store(&objects->shared->ready, 1);
	for (int number = 1; number <= WAKEUPS; number++) {
		if (waits_for == SEMOP)
			wait_for_zero(objects->set, number);
		else
			poll_for(waits_for == READ ? epoll : objects->event);
		awake_ns = now_ns();
		if (waits_for == READ)
			size = read(inotify, events, sizeof(events));
		if (waits_for == EVENTFD)
			size = read(objects->event, &count, sizeof(count));
		check(size >= 0, "read");
		/* Last: the next wake-up may come from now on. */
		atomic_store(&objects->shared->awake_ns[number], awake_ns);
	}
	_exit(0);
}

/* ---- The sender ----------------------------------------------------------------------------- */

static void take(const struct objects *objects, enum step step, int number)
{
	struct sembuf steps[] = {
		{ (unsigned short)number, -1, IPC_NOWAIT | SEM_UNDO },
		{ WAKEUPS + 1, 1, IPC_NOWAIT | SEM_UNDO },
	};
	char byte;

	if (step == SEMOP)
		check(semop(objects->set, steps, 2) == 0, "semop");
	if (step == READ)
		check(pread(objects->file, &byte, 1, 0) == 1, "pread");
	if (step == EVENTFD)
		check(eventfd_write(objects->event, 1) == 0, "eventfd_write");
}

static volatile sig_atomic_t signal_number;

static void on_signal(int number)
{
	signal_number = number;
}

/* Exits if a signal came. */
static void wait_until(int64_t ns)
{
	struct timespec due = { .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
		;
	if (signal_number)
		exit(128 + signal_number);
}

/* Returns when the process has noted it. */
static int64_t wait_until_awake(const struct objects *objects, int number)
{
	int64_t awake_ns = 0;
	bool lives;

	while (awake_ns == 0) {
		wait_until(now_ns() + NS_PER_MS);
		lives = waitpid(objects->sleeper, NULL, WNOHANG) == 0;
		awake_ns = atomic_load(&objects->shared->awake_ns[number]);
		if (awake_ns == 0 && !lives)
			exit(1); /* it has said why */
	}
	return awake_ns;
}

static void add_sample(struct samples *into, const int64_t times_ns[3], int64_t awake_ns)
{
	into->awake[into->count] = awake_ns - times_ns[0];
	into->first[into->count] = times_ns[1] - times_ns[0];
	into->all[into->count++] = times_ns[2] - times_ns[0];
}

static void send_all(const struct objects *objects, const struct way *way, int64_t interval_ns,
                     struct samples *into)
{
	int64_t times_ns[3], awake_ns;

	for (int number = 1; number <= WAKEUPS; number++) {
		wait_until(now_ns() + interval_ns);
		times_ns[0] = now_ns();
		take(objects, way->steps[0], number);
		times_ns[1] = now_ns();
		take(objects, way->steps[1], number);
		times_ns[2] = now_ns();
		awake_ns = wait_until_awake(objects, number);
		if (number > IGNORED)
			add_sample(into, times_ns, awake_ns);
	}
}

/* ---- Both ----------------------------------------------------------------------------------- */

static struct objects used = { .set = -1 };

static void make_objects(struct objects *objects)
{
	struct sembuf raise = { .sem_op = 1, .sem_flg = SEM_UNDO };

	*objects = (struct objects){ .path = "/tmp/wakeup-cost-XXXXXX", .set = -1 };
	objects->set = semget(IPC_PRIVATE, WAKEUPS + 2, 0600);
	check(objects->set >= 0, "semget");
	objects->file = mkstemp(objects->path);
	check(objects->file >= 0 && write(objects->file, "x", 1) == 1, "a file in /tmp");
	fcntl(objects->file, F_SETFL, O_NOATIME);
	objects->event = eventfd(0, 0);
	for (int number = 1; number <= WAKEUPS; number++) {
		raise.sem_num = (unsigned short)number;
		check(semop(objects->set, &raise, 1) == 0, "semop");
	}
	objects->shared = mmap(NULL, sizeof(*objects->shared), PROT_READ | PROT_WRITE,
	                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(objects->shared != MAP_FAILED, "mmap");
}

/* Removes what would outlive the program. */
static void remove_named(void)
{
	if (used.set < 0)
		return;
	semctl(used.set, 0, IPC_RMID);
	unlink(used.path);
	used.set = -1;
}

static void close_objects(const struct objects *objects)
{
	close(objects->file);
	close(objects->event);
	munmap(objects->shared, sizeof(*objects->shared));
}

static void measure(const struct way *way, int64_t interval_ns, struct samples *into)
{
	make_objects(&used);
	used.sleeper = fork();
	if (used.sleeper == 0)
		sleep_and_note(&used, way->waits_for);
	check(used.sleeper > 0, "fork");
	stay_on_processor(0);
	while (!atomic_load(&used.shared->ready))
		wait_until(now_ns() + NS_PER_MS);
	send_all(&used, way, interval_ns, into);
	waitpid(used.sleeper, NULL, 0);
	remove_named();
	close_objects(&used);
}

static int compare(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static double lower_quartile_us(int64_t *values, int count)
{
	const int64_t *quartile = values + count / 4;

	qsort(values, (size_t)count, sizeof(*values), compare);
	return (double)*quartile / 1e3;
}

static void print(void)
{
	printf("%-16s %-16s %8s %8s %8s\n", "sender", "sleeper", "awake", "first", "all");
	for (size_t i = 0; i < WAYS; i++)
		printf("%-16s %-16s %8.1f %8.1f %8.1f\n", ways[i].name,
		       wait_names[ways[i].waits_for],
		       lower_quartile_us(samples[i].awake, samples[i].count),
		       lower_quartile_us(samples[i].first, samples[i].count),
		       lower_quartile_us(samples[i].all, samples[i].count));
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 9;
	int rate = argc > 2 ? atoi(argv[2]) : 60;

	if (argc > 3 || rounds < 1 || rounds > ROUNDS_MAX || rate < 1 || rate > 1000) {
		fprintf(stderr, "use: wakeup-cost [ROUNDS, 1 to %d [RATE, 1 to 1000]]\n",
		        ROUNDS_MAX);
		return 2;
	}
	atexit(remove_named);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	for (int round = 0; round < rounds; round++)
		for (size_t i = 0; i < WAYS; i++) {
			size_t way = round % 2 ? WAYS - 1 - i : i;

			measure(&ways[way], NS_PER_S / rate, &samples[way]);
		}
	print();
	return 0;
}
