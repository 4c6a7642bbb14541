/* SPDX-License-Identifier: MIT
 *
 * Names, directories, ownership, and what is cleaned up: with real files and System V objects. */
#include "support.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "channel.h"
#include "clock.h"
#include "generation.h"
#include "ring.h"
#include "sysv.h"

#define DIGITS_63 "012345678901234567890123456789012345678901234567890123456789012"

static struct channel_paths paths;

static struct generation_config small_config = {
	.slot_bytes = 4096,
	.slots = 2,
	.policy = SHMFLIP_POLICY_LATEST,
	.mode = 0600,
};

static int make_paths(void **state)
{
	small_config.group = getegid();
	return make_directory(state) || channel_paths_init(&paths, NULL, "test");
}

static int own(struct channel *channel)
{
	return channel_acquire(channel, &paths, getegid(), 0600);
}

static void names_are_checked(void **state)
{
	static const char *const bad[] = { "",     "a/b",    "../a",  ".hidden",  "a b",
		                           "a\nb", "x.lock", "x.new", "\xc3\xa9", DIGITS_63 "4" };
	static const char *const good[] = { "a", "a.b", "A-1_2.3", "lock", "x.locked", DIGITS_63 };
	struct channel_paths out;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(channel_paths_init(&out, NULL, bad[i]), -EINVAL);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(channel_paths_init(&out, NULL, good[i]), 0);
}

static void directory_comes_from_the_environment(void **state)
{
	struct channel_paths out;

	(void)state;
	setenv("SHMFLIP_DIR", "/set/", 1);
	setenv("XDG_RUNTIME_DIR", "/run/me", 1);
	assert_int_equal(channel_paths_init(&out, "/given", NULL), 0);
	assert_string_equal(out.channel_file, "/given/default");
	assert_int_equal(channel_paths_init(&out, NULL, "c"), 0);
	assert_string_equal(out.lock_file, "/set/c.lock");
	assert_true(out.named);
	unsetenv("SHMFLIP_DIR");
	assert_int_equal(channel_paths_init(&out, NULL, "c"), 0);
	assert_string_equal(out.channel_file, "/run/me/shmflip/c");
	assert_false(out.named);
	unsetenv("XDG_RUNTIME_DIR");
	assert_int_equal(channel_paths_init(&out, NULL, "c"), 0);
	assert_int_equal(strncmp(out.dir, "/tmp/shmflip-", 13), 0);
	assert_int_equal(channel_paths_init(&out, "", "c"), -EINVAL);
	setenv("SHMFLIP_DIR", directory, 1);
}

static void directory_that_others_may_write_is_refused(void **state)
{
	(void)state;
	assert_int_equal(directory_check(&paths, false, NULL), 0);
	chmod(directory, 0770);
	assert_int_equal(directory_check(&paths, false, NULL), -EPERM);
	assert_non_null(strstr(shmflip_error_detail(), "chmod go-w"));
	chmod(directory, 01777);
	assert_int_equal(directory_check(&paths, true, NULL), -EPERM);
	chmod(directory, 0700);
}

static void directory_behind_a_link_is_refused(void **state)
{
	struct channel_paths linked;

	(void)state;
	assert_int_equal(symlink(directory, in_directory("link")), 0);
	assert_int_equal(channel_paths_init(&linked, in_directory("link"), "test"), 0);
	assert_int_equal(directory_check(&linked, false, NULL), -EPERM);
	unlink(in_directory("link"));
}

static void directory_that_others_may_replace_is_refused(void **state)
{
	struct channel_paths inner;

	(void)state;
	assert_int_equal(mkdir(in_directory("between"), 0700), 0);
	assert_int_equal(channel_paths_init(&inner, in_directory("between/inner"), "test"), 0);
	chmod(directory, 0777);
	assert_int_equal(directory_create(&inner, getegid(), 0600), -EPERM);
	assert_non_null(strstr(shmflip_error_detail(), "chmod +t"));
	assert_int_equal(access(inner.dir, F_OK), -1);
	chmod(directory, 01777);
	assert_int_equal(directory_create(&inner, getegid(), 0600), 0);
	assert_int_equal(directory_check(&inner, true, NULL), 0);
	chmod(directory, 0777);
	assert_int_equal(directory_check(&inner, true, NULL), -EPERM);
	rmdir(inner.dir);
	rmdir(in_directory("between"));
	chmod(directory, 0700);
}

static void directory_of_somebody_else_is_refused(void **state)
{
	struct channel_paths unnamed = paths;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(directory, 12345, (gid_t)-1), 0);
	assert_int_equal(directory_check(&paths, false, NULL), -EPERM);
	assert_int_equal(directory_check(&paths, true, NULL), 0);
	unnamed.named = false;
	assert_int_equal(directory_check(&unnamed, true, NULL), -EPERM);
	assert_int_equal(chown(directory, 0, (gid_t)-1), 0);
}

static void directory_that_keeps_the_group_out_is_refused(void **state)
{
	struct channel channel;

	(void)state;
	assert_int_equal(channel_acquire(&channel, &paths, getegid(), 0640), -EPERM);
	assert_non_null(strstr(shmflip_error_detail(), "chmod g+rx"));
	chmod(directory, 0750);
	assert_int_equal(channel_acquire(&channel, &paths, getegid(), 0644), -EPERM);
	assert_int_equal(channel_acquire(&channel, &paths, getegid(), 0640), 0);
	channel_release(&channel);
	chmod(directory, 0700);
}

static void missing_directory_is_made(void **state)
{
	struct channel_paths inner;
	struct stat status;

	(void)state;
	assert_int_equal(channel_paths_init(&inner, in_directory("inner"), "test"), 0);
	assert_int_equal(directory_check(&inner, false, NULL), -ENOENT);
	assert_int_equal(directory_create(&inner, getegid(), 0600), 0);
	assert_int_equal(stat(inner.dir, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0700);
	rmdir(inner.dir);
	assert_int_equal(directory_create(&inner, getegid(), 0640), 0);
	assert_int_equal(stat(inner.dir, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0750);
	rmdir(inner.dir);
}

static void one_owner_at_a_time(void **state)
{
	struct channel first, second;
	pid_t pid = 0;

	(void)state;
	assert_int_equal(shmflip_channel_holder(NULL, "test", &pid), -ENOENT);
	assert_int_equal(own(&first), 0);
	assert_int_equal(own(&second), -EBUSY);
	assert_non_null(strstr(shmflip_error_detail(), "held by another producer"));
	assert_int_equal(shmflip_channel_holder(NULL, "test", &pid), 0);
	assert_int_equal(pid, getpid());
	channel_release(&first);
	assert_int_equal(own(&second), 0);
	channel_release(&second);
}

static int own_and_die(void *unused)
{
	struct channel channel;

	(void)unused;
	if (own(&channel))
		return 1;
	raise(SIGKILL);
	return 2;
}

static void ownership_ends_with_the_owner(void **state)
{
	struct channel channel;
	pid_t owner = start(own_and_die, NULL), pid;
	int status;

	(void)state;
	waitpid(owner, &status, 0);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(access(paths.lock_file, F_OK), 0);
	assert_int_equal(shmflip_channel_holder(NULL, "test", &pid), -ENOENT);
	assert_int_equal(own(&channel), 0);
	channel_release(&channel);
}

static void planted_lock_file_is_refused(void **state)
{
	struct channel channel;

	(void)state;
	assert_int_equal(symlink("/etc/passwd", paths.lock_file), 0);
	assert_int_equal(own(&channel), -EPERM);
	unlink(paths.lock_file);
	assert_int_equal(mkfifo(paths.lock_file, 0600), 0);
	assert_int_equal(own(&channel), -EPERM);
	unlink(paths.lock_file);
	close(creat(paths.lock_file, 0600));
	chmod(paths.lock_file, 0666);
	assert_int_equal(own(&channel), -EPERM);
	unlink(paths.lock_file);
}

static void garbage_in_the_lock_file_is_overwritten(void **state)
{
	struct channel channel;
	FILE *file = fopen(paths.lock_file, "w");

	(void)state;
	assert_non_null(file);
	for (int i = 0; i < 1000; i++)
		fputc(i * 37, file);
	fclose(file);
	chmod(paths.lock_file, 0600);
	assert_int_equal(own(&channel), 0);
	channel_release(&channel);
}

/* One more than the largest number is 0, which no viewer would ever attach to. */
static void garbage_that_looks_like_a_lock_file_is_overwritten(void **state)
{
	struct lock_record record = { .generation = UINT64_MAX, .projects = { 1, 2 } };
	struct channel channel;
	struct generation generation = { 0 };
	int fd = open(paths.lock_file, O_WRONLY | O_CREAT, 0600);

	(void)state;
	layout_mark_lock(&record.mark);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, &record, sizeof(record)), sizeof(record));
	close(fd);
	assert_int_equal(own(&channel), 0);
	assert_int_equal(generation_init(&generation, &channel, &small_config), 0);
	assert_true(generation.fixed.generation > 0);
	generation_retire(&generation, LAYOUT_ENDED);
	generation_finish(&generation);
	unlink(paths.channel_file);
	channel_release(&channel);
}

static void generations_count_up(void **state)
{
	struct channel channel;
	struct generation first = { 0 }, second = { 0 };
	uint64_t last;

	(void)state;
	assert_int_equal(own(&channel), 0);
	assert_int_equal(generation_init(&first, &channel, &small_config), 0);
	assert_int_equal(generation_init(&second, &channel, &small_config), 0);
	assert_true(second.fixed.generation > first.fixed.generation);
	generation_retire(&first, LAYOUT_MOVED);
	generation_finish(&first);
	last = second.fixed.generation;
	generation_retire(&second, LAYOUT_ENDED);
	generation_finish(&second);
	unlink(paths.channel_file);
	channel_release(&channel);
	/* Also after the lock file, which keeps count, has gone. */
	assert_int_equal(own(&channel), 0);
	assert_int_equal(generation_init(&first, &channel, &small_config), 0);
	assert_true(first.fixed.generation > last);
	generation_retire(&first, LAYOUT_ENDED);
	generation_finish(&first);
	unlink(paths.channel_file);
	channel_release(&channel);
}

/* Dies with one generation made, and the objects of the next half-made. */
static int make_and_die(void *unused)
{
	struct channel channel;
	struct generation first = { 0 };
	uint64_t generation;
	key_t key;
	int id;

	(void)unused;
	if (own(&channel) || generation_init(&first, &channel, &small_config))
		return 1;
	if (channel_begin_generation(&channel, &generation, &key) ||
	    sysv_segment_create(key, 1 << 16, &id) || ring_create(key, getegid(), 0600, &id))
		return 2;
	raise(SIGKILL);
	return 3;
}

static void what_a_crash_left_is_swept(void **state)
{
	struct channel channel;
	pid_t maker = start(make_and_die, NULL);
	struct lock_record record;
	key_t keys[2];
	int fd, id, status;

	(void)state;
	waitpid(maker, &status, 0);
	assert_true(WIFSIGNALED(status));
	fd = open(paths.lock_file, O_RDONLY);
	assert_int_equal(read(fd, &record, sizeof(record)), sizeof(record));
	close(fd);
	for (int i = 0; i < 2; i++)
		assert_int_equal(sysv_key(paths.lock_file, record.projects[i], &keys[i]), 0);
	/* All of it is there, so that the cleanup has something to clean up. */
	assert_int_equal(sysv_segment_find(keys[0], &id), 0);
	assert_int_equal(sysv_semaphores_find(keys[0], &id), 0);
	assert_int_equal(sysv_semaphores_find(keys[1], &id), 0);
	assert_int_equal(own(&channel), 0);
	assert_int_equal(sysv_segment_find(keys[0], &id), -ENOENT);
	assert_int_equal(sysv_semaphores_find(keys[0], &id), -ENOENT);
	assert_int_equal(sysv_semaphores_find(keys[1], &id), -ENOENT);
	assert_int_not_equal(access(paths.channel_file, F_OK), 0);
	channel_release(&channel);
}

/* A live stranger has objects under the first key; a dead one's memory holds something. */
static void strangers_under_our_keys_are_left_alone(void **state)
{
	struct channel channel;
	struct generation generation = { 0 };
	int ring_id, segment_id, id;
	key_t first, second;
	void *base;

	(void)state;
	assert_int_equal(own(&channel), 0);
	assert_int_equal(sysv_key(paths.lock_file, 1, &first), 0);
	assert_int_equal(sysv_key(paths.lock_file, 2, &second), 0);
	assert_int_equal(ring_create(first, getegid(), 0600, &ring_id), 0);
	assert_int_equal(ring_start(ring_id, 0), 0);
	assert_int_equal(sysv_segment_create(second, 8192, &segment_id), 0);
	assert_int_equal(sysv_segment_attach(segment_id, true, &base), 0);
	strcpy(base, "somebody's work");
	sysv_segment_detach(base);

	assert_int_equal(generation_init(&generation, &channel, &small_config), 0);
	assert_int_equal(channel.record.projects[0], 3);
	assert_int_equal(sysv_semaphores_find(first, &id), 0);
	assert_int_equal(sysv_segment_find(second, &id), 0);

	generation_retire(&generation, LAYOUT_ENDED);
	generation_finish(&generation);
	unlink(paths.channel_file);
	channel_release(&channel);
	ring_remove(ring_id);
	sysv_segment_remove(segment_id);
}

static void failure_to_make_leaves_nothing(void **state)
{
	struct channel channel;
	struct generation generation = { 0 };
	struct generation_config config = small_config;
	key_t key;
	int id;

	(void)state;
	assert_int_equal(own(&channel), 0);
	config.slot_bytes = UINT64_C(1) << 50;
	assert_int_equal(generation_init(&generation, &channel, &config), -ENOMEM);
	config.slot_bytes = UINT64_C(1) << 62;
	assert_int_equal(generation_init(&generation, &channel, &config), -EOVERFLOW);
	/* The channel file cannot be put where a directory is. */
	config.slot_bytes = 4096;
	assert_int_equal(mkdir(paths.channel_file, 0700), 0);
	assert_int_equal(generation_init(&generation, &channel, &config), -EISDIR);
	rmdir(paths.channel_file);
	for (int project = 1; project <= 4; project++) {
		assert_int_equal(sysv_key(paths.lock_file, project, &key), 0);
		assert_int_equal(sysv_segment_find(key, &id), -ENOENT);
		assert_int_equal(sysv_semaphores_find(key, &id), -ENOENT);
	}
	channel_release(&channel);
}

#define PLACE(test) cmocka_unit_test_setup_teardown(test, make_paths, remove_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_checked),
		PLACE(directory_comes_from_the_environment),
		PLACE(directory_that_others_may_write_is_refused),
		PLACE(directory_behind_a_link_is_refused),
		PLACE(directory_that_others_may_replace_is_refused),
		PLACE(directory_of_somebody_else_is_refused),
		PLACE(directory_that_keeps_the_group_out_is_refused),
		PLACE(missing_directory_is_made),
		PLACE(one_owner_at_a_time),
		PLACE(ownership_ends_with_the_owner),
		PLACE(planted_lock_file_is_refused),
		PLACE(garbage_in_the_lock_file_is_overwritten),
		PLACE(garbage_that_looks_like_a_lock_file_is_overwritten),
		PLACE(generations_count_up),
		PLACE(what_a_crash_left_is_swept),
		PLACE(strangers_under_our_keys_are_left_alone),
		PLACE(failure_to_make_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
