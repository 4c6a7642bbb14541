/* SPDX-License-Identifier: MIT
 *
 * The limits of cgroups, read from trees of files like the kernel's. */
#include "support.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "available_memory.h"

#define MIB (UINT64_C(1) << 20)

static char root[] = "/tmp/shmflip-test-XXXXXX";

static int make_root(void **state)
{
	(void)state;
	strcpy(root + strlen(root) - 6, "XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
	char command[PATH_MAX];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", root);
	return system(command); /* NOLINT(cert-env33-c): a path of ours */
}

/* Writes a file of the tree, and makes its directories. */
static void put(const char *name, const char *text)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void assert_available(uint64_t bytes)
{
	assert_true(memory_cgroup_available_bytes(root) == bytes);
}

static void nothing_is_known_without_cgroups(void **state)
{
	(void)state;
	assert_available(UINT64_MAX);
	put("proc/self/cgroup", "0::/user.slice\n");
	assert_available(UINT64_MAX);
	put("proc/self/cgroup", "nonsense\n\n:\n::\n");
	assert_available(UINT64_MAX);
}

static void version_2_limit_counts(void **state)
{
	(void)state;
	put("proc/self/cgroup", "0::/a/b\n");
	put("sys/fs/cgroup/a/b/memory.max", "104857600\n");
	put("sys/fs/cgroup/a/b/memory.current", "41943040\n");
	assert_available(60 * MIB);
	/* File pages that the kernel can drop are no obstacle. */
	put("sys/fs/cgroup/a/b/memory.stat",
	    "anon 1\nactive_file 4194304\ninactive_file 6291456\nfile 3\n");
	assert_available(70 * MIB);
	put("sys/fs/cgroup/a/b/memory.current", "204857600\n");
	put("sys/fs/cgroup/a/b/memory.stat", "inactive_file 0\n");
	assert_available(0);
}

static void limit_of_a_parent_counts(void **state)
{
	(void)state;
	put("proc/self/cgroup", "0::/a/b\n");
	put("sys/fs/cgroup/a/b/memory.max", "max\n");
	put("sys/fs/cgroup/a/b/memory.current", "5\n");
	assert_available(UINT64_MAX);
	put("sys/fs/cgroup/a/memory.max", "20971520\n");
	put("sys/fs/cgroup/a/memory.current", "10485760\n");
	assert_available(10 * MIB);
}

static void version_1_limit_counts(void **state)
{
	(void)state;
	put("proc/self/cgroup", "9:name=systemd:/x\n4:cpu,memory:/x\n2:memory_like:/y\n0::/\n");
	put("sys/fs/cgroup/memory/x/memory.limit_in_bytes", "104857600\n");
	put("sys/fs/cgroup/memory/x/memory.usage_in_bytes", "52428800\n");
	put("sys/fs/cgroup/memory/x/memory.stat", "inactive_file 1\ntotal_inactive_file 1048576\n");
	assert_available(51 * MIB);
}

/* Without a cgroup namespace a container sees the host's path, but mounts its own cgroup as the
 * root. */
static void mount_of_a_container_counts(void **state)
{
	(void)state;
	put("proc/self/cgroup", "4:memory:/docker/0123456789abcdef\n");
	put("sys/fs/cgroup/memory/memory.limit_in_bytes", "33554432\n");
	put("sys/fs/cgroup/memory/memory.usage_in_bytes", "1048576\n");
	assert_available(31 * MIB);
}

static void this_system_says_something(void **state)
{
	(void)state;
	assert_true(memory_available_bytes() > MIB);
	assert_true(memory_available_bytes() < UINT64_MAX);
}

#define WITH_ROOT(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ROOT(nothing_is_known_without_cgroups),
		WITH_ROOT(version_2_limit_counts),
		WITH_ROOT(limit_of_a_parent_counts),
		WITH_ROOT(version_1_limit_counts),
		WITH_ROOT(mount_of_a_container_counts),
		cmocka_unit_test(this_system_says_something),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
