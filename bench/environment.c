/* SPDX-License-Identifier: MIT */
#include "environment.h"

#include <stdarg.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "shmflip.h"

static void __attribute__((format(printf, 3, 4)))
add(struct environment *environment, const char *name, const char *format, ...)
{
	struct fact *fact = &environment->facts[environment->count];
	va_list arguments;

	if (environment->count == FACTS_MAX)
		return;
	fact->name = name;
	va_start(arguments, format);
	vsnprintf(fact->value, sizeof(fact->value), format, arguments);
	va_end(arguments);
	environment->count++;
}

/* Adds the first line of a file. */
static void add_file(struct environment *environment, const char *name, const char *path)
{
	char line[FACT_SIZE] = "";
	FILE *file = fopen(path, "re");

	if (file) {
		if (!fgets(line, sizeof(line), file))
			line[0] = '\0';
		fclose(file);
	}
	line[strcspn(line, "\n")] = '\0';
	add(environment, name, "%s", line[0] ? line : "unknown");
}

/* Adds what follows the colon in the first line of a file that begins with field. */
static void add_field(struct environment *environment, const char *name, const char *path,
                      const char *field)
{
	char line[512];
	const char *value = NULL;
	FILE *file = fopen(path, "re");

	while (file && !value && fgets(line, sizeof(line), file))
		if (strncmp(line, field, strlen(field)) == 0)
			value = strchr(line, ':');
	if (file)
		fclose(file);
	if (!value) {
		add(environment, name, "unknown");
		return;
	}
	value += 1 + strspn(value + 1, " \t");
	add(environment, name, "%.*s", (int)strcspn(value, "\n"), value);
}

static void add_time(struct environment *environment)
{
	time_t now = time(NULL);
	struct tm utc;
	char text[32] = "";

	if (gmtime_r(&now, &utc))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &utc);
	add(environment, "time", "%s", text);
}

/* The library's version may differ from the program's. */
static void add_version(struct environment *environment)
{
	uint32_t version = shmflip_version();

	add(environment, "shmflip", "%u.%u.%u, compiler %s", version >> 16, version >> 8 & 0xff,
	    version & 0xff, __VERSION__);
}

void environment_init(struct environment *environment)
{
	struct utsname system;

	*environment = (struct environment){ 0 };
	add_version(environment);
	add_time(environment);
	if (uname(&system) == 0)
		add(environment, "kernel", "%s %s %s", system.sysname, system.release,
		    system.machine);
	add_field(environment, "processor", "/proc/cpuinfo", "model name");
	add(environment, "processors", "%ld online", sysconf(_SC_NPROCESSORS_ONLN));
	add_field(environment, "memory", "/proc/meminfo", "MemTotal");
	add_file(environment, "governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
	add_file(environment, "huge pages", "/sys/kernel/mm/transparent_hugepage/enabled");
	add_file(environment, "of shared memory",
	         "/sys/kernel/mm/transparent_hugepage/shmem_enabled");
	add_file(environment, "reserved", "/proc/sys/vm/nr_hugepages");
	add_file(environment, "load before", "/proc/loadavg");
}

void environment_print(const struct environment *environment, FILE *file)
{
	for (unsigned i = 0; i < environment->count; i++)
		fprintf(file, "%-17s %s\n", environment->facts[i].name,
		        environment->facts[i].value);
}

json_t *environment_json(const struct environment *environment)
{
	json_t *object = json_object();

	for (unsigned i = 0; i < environment->count; i++)
		json_object_set_new(object, environment->facts[i].name,
		                    json_string(environment->facts[i].value));
	return object;
}
