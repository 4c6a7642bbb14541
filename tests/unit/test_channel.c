/* SPDX-License-Identifier: MIT
 *
 * Names, directories, ownership, and cleanup, with real files and System V objects. */
#include "takeover.h"

#define DIGITS_63 "012345678901234567890123456789012345678901234567890123456789012"

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

static void default_directory_that_does_not_fit_is_not_written(void **state)
{
	char path[8] = "before";

	(void)state;
	setenv("SHMFLIP_DIR", "/tmp/abc", 1);
	assert_int_equal(shmflip_default_dir(path, sizeof(path)), -ENAMETOOLONG);
	assert_string_equal(path, "before");
	assert_non_null(strstr(shmflip_error_detail(), "9 bytes"));
	setenv("SHMFLIP_DIR", "/tmp/ab", 1);
	assert_int_equal(shmflip_default_dir(path, sizeof(path)), 0);
	assert_string_equal(path, "/tmp/ab");
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
	/* Nobody changes the mode of /tmp. */
	assert_null(strstr(shmflip_error_detail(), "chmod"));
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

static void directory_of_another_user_is_refused(void **state)
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

static void directory_that_the_group_cannot_enter_is_refused(void **state)
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

static void missing_directory_is_created(void **state)
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
	const struct shmflip_status *status;
	struct channel first, second;

	(void)state;
	assert_int_equal(shmflip_channel_status(NULL, "test", &status), -ENOENT);
	assert_int_equal(own(&first), 0);
	assert_int_equal(own(&second), -EBUSY);
	assert_non_null(strstr(shmflip_error_detail(), "held by another producer"));
	assert_int_equal(owner_pid(), getpid());
	channel_release(&first);
	assert_int_equal(own(&second), 0);
	channel_release(&second);
}

static int own_and_die(void *unused)
{
	struct channel channel;

	(void)unused;
	return own(&channel) ? 1 : die();
}

static void ownership_ends_with_the_owner(void **state)
{
	struct channel channel;

	(void)state;
	start_and_wait_for_death(own_and_die, NULL);
	assert_int_equal(access(paths.lock_file, F_OK), 0);
	assert_int_equal(owner_pid(), -1);
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

/* The number after the largest one is 0, and no viewer attaches to generation 0. */
static void garbage_that_looks_like_a_lock_file_is_overwritten(void **state)
{
	struct lock_record record = { .generation = UINT64_MAX, .projects = { 1, 2 } };
	struct channel channel;
	struct generation generation = { 0 };

	(void)state;
	layout_mark_lock(&record.mark);
	write_file(paths.lock_file, &record, sizeof(record));
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
	/* They count up even after the lock file, which has the count, is removed. */
	assert_int_equal(own(&channel), 0);
	assert_int_equal(generation_init(&first, &channel, &small_config), 0);
	assert_true(first.fixed.generation > last);
	generation_retire(&first, LAYOUT_ENDED);
	generation_finish(&first);
	unlink(paths.channel_file);
	channel_release(&channel);
}

/* Dies with one complete generation, and the objects of the next half-made. */
static int create_and_die(void *unused)
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
	use_set(id);
	return die();
}

static void what_a_crash_left_is_removed(void **state)
{
	struct channel channel;
	key_t newest, before;
	int id;

	(void)state;
	start_and_wait_for_death(create_and_die, NULL);
	assert_int_equal(sysv_key(paths.lock_file, recorded().projects[0], &newest), 0);
	assert_int_equal(sysv_key(paths.lock_file, recorded().projects[1], &before), 0);
	/* Make sure that the cleanup has something to remove. */
	assert_int_equal(sysv_segment_find(newest, &id), 0);
	assert_int_equal(sysv_semaphores_find(newest, &id), 0);
	assert_int_equal(sysv_semaphores_find(before, &id), 0);
	assert_int_equal(own(&channel), 0);
	assert_int_equal(sysv_segment_find(newest, &id), -ENOENT);
	assert_int_equal(sysv_semaphores_find(newest, &id), -ENOENT);
	assert_int_equal(sysv_semaphores_find(before, &id), -ENOENT);
	assert_int_not_equal(access(paths.channel_file, F_OK), 0);
	channel_release(&channel);
}

/* A live foreign process uses the first key. A dead one's segment, under the second, is not
 * empty. */
static void foreign_objects_under_our_keys_stay(void **state)
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
	assert_int_equal(sysv_segment_attach(segment_id, 4096, true, &base), 0);
	strcpy(base, "foreign data");
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

static void assert_creation_fails(struct channel *channel, uint64_t slot_bytes, int expected)
{
	struct generation generation = { 0 };
	struct generation_config config = small_config;

	config.stream = small_stream(slot_bytes);
	assert_int_equal(generation_init(&generation, channel, &config), expected);
	stream_unref(config.stream);
}

static void failed_creation_leaves_nothing(void **state)
{
	struct channel channel;
	key_t key;
	int id;

	(void)state;
	assert_int_equal(own(&channel), 0);
	assert_creation_fails(&channel, UINT64_C(1) << 50, -ENOMEM);
	assert_creation_fails(&channel, UINT64_C(1) << 62, -EOVERFLOW);
	/* The channel file cannot replace a directory. */
	assert_int_equal(mkdir(paths.channel_file, 0700), 0);
	assert_creation_fails(&channel, 4096, -EISDIR);
	rmdir(paths.channel_file);
	for (int project = 1; project <= 4; project++) {
		assert_int_equal(sysv_key(paths.lock_file, project, &key), 0);
		assert_int_equal(sysv_segment_find(key, &id), -ENOENT);
		assert_int_equal(sysv_semaphores_find(key, &id), -ENOENT);
	}
	channel_release(&channel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_checked),
		WITH_PATHS(directory_comes_from_the_environment),
		WITH_PATHS(default_directory_that_does_not_fit_is_not_written),
		WITH_PATHS(directory_that_others_may_write_is_refused),
		WITH_PATHS(directory_behind_a_link_is_refused),
		WITH_PATHS(directory_that_others_may_replace_is_refused),
		WITH_PATHS(directory_of_another_user_is_refused),
		WITH_PATHS(directory_that_the_group_cannot_enter_is_refused),
		WITH_PATHS(missing_directory_is_created),
		WITH_PATHS(one_owner_at_a_time),
		WITH_PATHS(ownership_ends_with_the_owner),
		WITH_PATHS(planted_lock_file_is_refused),
		WITH_PATHS(garbage_in_the_lock_file_is_overwritten),
		WITH_PATHS(garbage_that_looks_like_a_lock_file_is_overwritten),
		WITH_PATHS(generations_count_up),
		WITH_PATHS(what_a_crash_left_is_removed),
		WITH_PATHS(foreign_objects_under_our_keys_stay),
		WITH_PATHS(failed_creation_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
