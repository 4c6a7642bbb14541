# SPDX-License-Identifier: MIT
"""Which users may attach, and what these cannot do: real users and real system calls. Needs root, to be
several users; these need no names."""

import ctypes
import errno
import fcntl
import json
import os
import signal
import struct
import sys
import unittest
from pathlib import Path

import harness

GROUP = 61100
OWNER = {"user": 61001, "group": 61001, "extra_groups": [GROUP]}
MEMBER = {"user": 61002, "group": 61002, "extra_groups": [GROUP]}
OTHER = {"user": 61003, "group": 61003, "extra_groups": []}

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.shmat.restype = ctypes.c_void_p
LIBC.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
LIBC.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
LIBC.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
LIBC.pread.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_long]
LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]

# From the kernel's headers.
IPC_RMID, IPC_SET, IPC_STAT, SETVAL, SETALL, SHM_LOCK = 0, 1, 2, 16, 17, 11
SHM_RDONLY, SHM_REMAP, SHM_EXEC, IPC_NOWAIT, SEM_UNDO = 0o10000, 0o40000, 0o100000, 0o4000, 0x1000
F_OFD_SETLK, F_SETLEASE, PTRACE_ATTACH, MADV_REMOVE = 37, 1024, 16, 9
PR_SET_DUMPABLE = 4
PROT_READ_WRITE, ATTACH_FAILED = 3, ctypes.c_void_p(-1).value


def checked(result):
    """Returns a C function's result, or raises OSError for its failure."""
    if result in (-1, ATTACH_FAILED):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def semop(ring, number, change, flags=IPC_NOWAIT):
    steps = (ctypes.c_char * 6).from_buffer_copy(struct.pack("Hhh", number, change, flags))
    checked(LIBC.semop(ring, steps, 1))


def shmat(segment, flags, address=None):
    return checked(LIBC.shmat(segment, address, flags))


def ftok(path, project):
    status = os.stat(path)
    return ctypes.c_int(project << 24 | (status.st_dev & 0xff) << 16
                        | status.st_ino & 0xffff).value


def write_in_a_child(address):
    """Stores a byte in a child process; raises OSError if that gives SIGSEGV."""
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        ctypes.memset(address, 0xff, 1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGSEGV:
        raise OSError(errno.EFAULT, "SIGSEGV")


def write_through(path, offset):
    with open(path, "r+b", buffering=0) as memory:
        memory.seek(offset)
        memory.write(b"\xff")


class Target:
    """A channel, and the calls that an attacker can try on it."""

    def __init__(self, directory, record, producer):
        self.directory, self.producer = directory, producer
        self.file, self.lock = str(directory / "default"), str(directory / "default.lock")
        self.segment, self.ring = struct.unpack_from("<ii", record, 32)

    def read_calls(self):
        """The calls that viewing needs."""
        return {
            "open the channel file": lambda: os.open(self.file, os.O_RDONLY),
            "shmat, read-only": lambda: shmat(self.segment, SHM_RDONLY),
            "shmctl IPC_STAT": lambda: checked(LIBC.shmctl(
                self.segment, IPC_STAT, ctypes.create_string_buffer(512))),
            "semop, wait for zero": lambda: semop(self.ring, 63, 0),
            "semctl GETVAL": lambda: checked(LIBC.semctl(self.ring, 0, 12)),
        }

    def write_calls(self):
        """Calls that could change or remove something, for a user who may read."""
        channel = os.open(self.file, os.O_RDONLY)
        base = shmat(self.segment, SHM_RDONLY)
        return {**self.with_files(), **self.with_channel_file(channel), **self.with_memory(base),
                **self.with_semaphores(), **self.with_producer()}

    def with_files(self):
        return {
            "open the channel file to write": lambda: os.open(self.file, os.O_RDWR),
            "truncate the channel file": lambda: os.truncate(self.file, 0),
            "open the lock file": lambda: os.open(self.lock, os.O_RDONLY),
            "open the lock file to write": lambda: os.open(self.lock, os.O_RDWR),
            "unlink the channel file": lambda: os.unlink(self.file),
            "unlink the lock file": lambda: os.unlink(self.lock),
            "rename the channel file": lambda: os.rename(self.file, self.file + "2"),
            "link the channel file": lambda: os.link(self.file, self.file + "2"),
            "make a file in the directory": lambda: os.open(self.file + "2", os.O_CREAT | os.O_RDWR),
            "let the directory's group write": lambda: os.chmod(self.directory, 0o770),
            "rename the directory": lambda: os.rename(self.directory, str(self.directory) + "2"),
        }

    def with_channel_file(self, channel):
        def lock(command, whence=0):
            fcntl.fcntl(channel, command,
                        struct.pack("hhqqi4x", fcntl.F_WRLCK, whence, 0, 0, 0))

        return {
            "write-lock the channel file": lambda: lock(F_OFD_SETLK),
            "write-lock it for the process": lambda: lock(fcntl.F_SETLK),
            "lease the channel file": lambda: fcntl.fcntl(channel, F_SETLEASE, fcntl.F_WRLCK),
            "fchmod": lambda: os.fchmod(channel, 0o666),
            "fchown": lambda: os.fchown(channel, os.getuid(), -1),
            "ftruncate": lambda: os.ftruncate(channel, 0),
            "write": lambda: os.write(channel, b"\xff"),
            "reopen it by /proc/self/fd": lambda: os.open(f"/proc/self/fd/{channel}", os.O_RDWR),
        }

    def with_memory(self, base):
        zero = os.open("/dev/zero", os.O_RDONLY)
        span = f"{base:x}-"

        def map_file():
            name = [name for name in os.listdir("/proc/self/map_files") if name.startswith(span)]
            os.open(f"/proc/self/map_files/{name[0]}", os.O_RDWR)

        return {
            "shmat": lambda: shmat(self.segment, 0),
            "shmat, to execute": lambda: shmat(self.segment, SHM_RDONLY | SHM_EXEC),
            "shmat over the mapping": lambda: shmat(self.segment, SHM_REMAP, base),
            "mprotect": lambda: checked(LIBC.mprotect(base, 4096, PROT_READ_WRITE)),
            "store a byte": lambda: write_in_a_child(base),
            "have the kernel store a byte": lambda: checked(LIBC.pread(zero, base, 1, 0)),
            "write by /proc/self/mem": lambda: write_through("/proc/self/mem", base),
            "punch a hole": lambda: checked(LIBC.madvise(base, 4096, MADV_REMOVE)),
            "open the memory by map_files": map_file,
            "shmctl IPC_SET": lambda: checked(LIBC.shmctl(
                self.segment, IPC_SET, ctypes.create_string_buffer(512))),
            "shmctl IPC_RMID": lambda: checked(LIBC.shmctl(self.segment, IPC_RMID, None)),
            "shmctl SHM_LOCK": lambda: checked(LIBC.shmctl(self.segment, SHM_LOCK, None)),
        }

    def with_semaphores(self):
        return {
            "semop +1": lambda: semop(self.ring, 0, 1),
            "semop +1, with undo": lambda: semop(self.ring, 0, 1, IPC_NOWAIT | SEM_UNDO),
            "semop -1": lambda: semop(self.ring, 64, -1),
            "semctl SETVAL": lambda: checked(LIBC.semctl(self.ring, 0, SETVAL, 1)),
            "semctl SETALL": lambda: checked(LIBC.semctl(
                self.ring, 0, SETALL, ctypes.create_string_buffer(130))),
            "semctl IPC_SET": lambda: checked(LIBC.semctl(
                self.ring, 0, IPC_SET, ctypes.create_string_buffer(512))),
            "semctl IPC_RMID": lambda: checked(LIBC.semctl(self.ring, 0, IPC_RMID)),
            "semget by key, to write": lambda: checked(LIBC.semget(
                ftok(self.lock, 1), 0, 0o222)),
        }

    def with_producer(self):
        return {
            "SIGKILL": lambda: os.kill(self.producer, signal.SIGKILL),
            "SIGSTOP": lambda: os.kill(self.producer, signal.SIGSTOP),
            "ptrace": lambda: checked(LIBC.ptrace(PTRACE_ATTACH, self.producer, None, None)),
            "write by /proc/PID/mem": lambda: write_through(f"/proc/{self.producer}/mem", 4096),
        }


def attempt(calls):
    """Makes each call. Returns the name of its error, or None if it succeeded."""
    errors = {}
    for what, call in calls.items():
        try:
            call()
            errors[what] = None
        except OSError as error:
            errors[what] = errno.errorcode[error.errno]
    return errors


def as_user(who, function):
    """Returns what the function returns when that user runs it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups(who["extra_groups"])
            os.setresgid(*[who["group"]] * 3)
            os.setresuid(*[who["user"]] * 3)
            # Otherwise its /proc/self would belong to root, and refuse for that alone.
            checked(LIBC.prctl(PR_SET_DUMPABLE, 1))
            os.write(writer, json.dumps(function()).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader, "rb") as answer:
        returned = answer.read()
    os.waitpid(child, 0)
    return json.loads(returned)


class Access(harness.Case):
    def setUp(self):
        super().setUp()
        self.programs, self.frames = self.copy_for_users()
        for path in [self.scratch, *self.scratch.rglob("*")]:
            os.chown(path, OWNER["user"], OWNER["group"])

    def program(self, name, *arguments, who):
        return self.start(self.programs / f"shmflip{name}", *arguments, **who)

    def open_channel(self, *options):
        producer = self.program("-producer", "-q", "-l", "-r", "60", *options, self.frames,
                                who=OWNER)
        record = self.await_channel(producer)
        return producer, Target(self.dir, record, producer.pid)

    def view(self, who):
        return self.program("-viewer", "--present", "none", "--digest", "--timeout", "2", "-n",
                            "10", who=who)

    def assert_sees_frames(self, who):
        viewer = self.view(who)
        self.assert_exits(viewer, 0)
        expected = {" ".join(harness.digest_of(path).split()[:3])
                    for path in self.frames.iterdir()} if harness.imagemagick() else None
        for line in viewer.lines:
            if expected:
                self.assertIn(" ".join(line.split()[1:4]), expected)
        self.assertEqual(len(viewer.lines), 10)

    def assert_refused(self, whom, who, calls):
        """Checks that every call fails, and prints the errors."""
        errors = as_user(who, lambda: attempt(calls()))
        for what, error in errors.items():
            print(f"{whom}: {what}: {error or 'ALLOWED'}", flush=True)
        self.assertEqual([what for what, error in errors.items() if error is None], [])

    def assert_no_access(self, whom, who, target):
        self.assert_refused(whom, who, target.read_calls)
        viewer = self.view(who)
        self.assert_exits(viewer, 1)
        self.assert_one_line(viewer)
        for command in ("stat", "ls", "clean"):
            tool = self.program("", command, who=who)
            self.assert_exits(tool, 1)
            self.assert_one_line(tool)

    def assert_read_only(self, whom, who, target):
        errors = as_user(who, lambda: attempt(target.read_calls()))
        self.assertEqual({what: error for what, error in errors.items()
                          if error not in (None, "EAGAIN")}, {})
        self.assert_sees_frames(who)
        tool = self.program("", "stat", "--json", who=who)
        self.assert_exits(tool, 0)
        self.assertEqual(json.loads(tool.out)["state"], "alive")
        self.assert_refused(whom, who, target.write_calls)
        tool = self.program("", "clean", "default", who=who)
        self.assert_exits(tool, 1)
        self.assert_sees_frames(who)

    def close(self, producer):
        self.assertTrue(producer.alive)
        self.assert_sees_frames(OWNER)
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_0600_admits_only_the_owner(self):
        producer, target = self.open_channel()
        self.assert_no_access("0600, member of the group", MEMBER, target)
        self.assert_no_access("0600, another user", OTHER, target)
        self.close(producer)

    def test_0640_lets_the_group_read(self):
        producer, target = self.open_channel("--mode", "0640", "--group", str(GROUP))
        self.assert_read_only("0640, member of the group", MEMBER, target)
        self.assert_no_access("0640, another user", OTHER, target)
        self.close(producer)

    def test_0644_lets_everybody_read(self):
        producer, target = self.open_channel("--mode", "0644", "--group", str(GROUP))
        self.assert_read_only("0644, another user", OTHER, target)
        self.close(producer)

    def test_other_modes_are_refused(self):
        for mode in ("0660", "0666", "0620", "0602", "0750", "0604", "0400"):
            producer = self.program("-producer", "-q", "--mode", mode, self.frames, who=OWNER)
            self.assert_exits(producer, 2)
            self.assert_one_line(producer, mode, "0600, 0640 or 0644")
        self.assert_nothing_left()

    def test_files_have_their_mode(self):
        for mode, directory in (("0600", 0o700), ("0640", 0o750), ("0644", 0o755)):
            producer, _ = self.open_channel("--mode", mode, "--group", str(GROUP))
            modes = [(self.dir / name).stat().st_mode & 0o7777
                     for name in ("", "default", "default.lock")]
            self.assertEqual(modes, [directory, int(mode, 8), 0o600])
            self.close(producer)
            self.dir.rmdir()

    def test_ls_names_what_it_may_not_read(self):
        self.dir.mkdir()
        os.chown(self.dir, OWNER["user"], OWNER["group"])
        self.dir.chmod(0o755)
        producer, _ = self.open_channel("--mode", "0600")
        for name in ("Cargo.lock", "bad name.lock", ".lock", "a.lock.lock"):
            (self.dir / name).write_bytes(b"[[package]]")
        # In a directory that it may list, but not search, it sees the names alone.
        for mode in (0o755, 0o744):
            self.dir.chmod(mode)
            ls = self.program("", "ls", who=OTHER)
            self.assert_exits(ls, 0)
            self.assertEqual(ls.err, "")
            rows = [line.split(None, 3) for line in ls.lines[1:] if line.startswith("default")]
            self.assertEqual(rows[0][:3], ["default", "unknown", "?"])
            self.assertRegex(rows[0][3], r"^not readable: .*default: Permission denied")
            shown = self.program("", "ls", "--json", who=OTHER)
            self.assert_exits(shown, 0)
            shown = [one for one in json.loads(shown.out) if one["channel"] == "default"]
            self.assertEqual(shown, [{"channel": "default", "state": "unknown", "pid": None,
                                      "reason": rows[0][3]}])
        # What everybody may read, but is no channel, is not listed; nor is what cannot be one.
        self.dir.chmod(0o755)
        self.assertEqual(len(self.finished("ls", OTHER)), 2)
        self.assertEqual([row.split()[1] for row in self.finished("ls", OWNER)], ["STATE", "alive"])
        # Nothing at all to be seen is an error.
        for mode in (0o700, 0o711):
            self.dir.chmod(mode)
            ls = self.program("", "ls", who=OTHER)
            self.assert_exits(ls, 1)
            self.assert_one_line(ls, str(self.dir), "Permission denied")
        for path in self.dir.glob("*.lock"):
            if path.name != "default.lock":
                path.unlink()
        self.close(producer)

    def finished(self, command, who):
        tool = self.program("", command, who=who)
        self.assert_exits(tool, 0)
        return tool.lines

    def test_group_of_others(self):
        producer = self.program("-producer", "--mode", "0640", "--group", str(GROUP),
                                self.frames, who=OTHER)
        self.assert_exits(producer, 1)
        os.chown(self.scratch, OTHER["user"], OTHER["group"])
        producer = self.program("-producer", "--mode", "0640", "--group", str(GROUP),
                                self.frames, who=OTHER)
        self.assert_exits(producer, 1)
        self.assert_one_line(producer, "group")
        self.assert_nothing_left()

    # ---- Directories and files that must not be trusted ----

    def refuse_directory(self, *words, who=OWNER):
        for name, arguments in (("-producer", [self.frames]), ("", ["stat"]), ("", ["clean"]),
                                ("-viewer", ["--present", "none", "--timeout", "1"])):
            with self.subTest(program=name, words=words):
                running = self.program(name, *arguments, who=who)
                self.assert_exits(running, 1)
                self.assert_one_line(running, *words)

    def test_directory_behind_a_link(self):
        real = self.scratch / "real"
        real.mkdir(mode=0o700)
        os.chown(real, OWNER["user"], OWNER["group"])
        self.dir.symlink_to(real)
        self.refuse_directory("symbolic link")
        self.assertEqual(list(real.iterdir()), [])

    def test_directory_of_another_user(self):
        self.dir.mkdir(mode=0o755)
        os.chown(self.dir, OTHER["user"], OTHER["group"])
        self.dir.chmod(0o755)
        for name, arguments in (("-producer", [self.frames]), ("", ["clean", "default"])):
            running = self.program(name, *arguments, who=OWNER)
            self.assert_exits(running, 1)
            self.assert_one_line(running, f"belongs to user {OTHER['user']}")

    def test_directory_that_others_may_write(self):
        # Nobody changes the mode of a directory like /tmp.
        for mode, advice in ((0o777, "chmod go-w"), (0o1777, "use a directory in it"), (0o770, "chmod go-w")):
            self.dir.mkdir(exist_ok=True)
            os.chown(self.dir, OWNER["user"], OWNER["group"])
            self.dir.chmod(mode)
            self.refuse_directory(advice)

    def test_directory_that_others_can_replace(self):
        self.scratch.chmod(0o777)
        producer = self.program("-producer", self.frames, who=OWNER)
        self.assert_exits(producer, 1)
        self.assert_one_line(producer, "chmod +t")
        self.assertFalse(self.dir.exists())
        self.dir.mkdir(mode=0o700)
        os.chown(self.dir, OWNER["user"], OWNER["group"])
        self.refuse_directory("chmod +t")
        self.scratch.chmod(0o1777)
        producer, _ = self.open_channel()
        self.close(producer)

    def test_directory_that_another_user_made_first(self):
        """The default directory, /tmp/shmflip-UID: any user can make it first."""
        directory = Path(f"/tmp/shmflip-{OWNER['user']}")
        directory.mkdir(mode=0o755)
        self.addCleanup(directory.rmdir)
        os.chown(directory, OTHER["user"], OTHER["group"])
        for variable in ("SHMFLIP_DIR", "XDG_RUNTIME_DIR"):
            self.env.pop(variable, None)
        self.refuse_directory("belongs to user")

    def test_planted_files(self):
        self.dir.mkdir(mode=0o700)
        os.chown(self.dir, OWNER["user"], OWNER["group"])
        victim = self.scratch / "victim"
        victim.write_text("precious", encoding="ascii")
        for name, status in (("default.lock", 1), ("default", 0), ("default.new", 0)):
            planted = self.dir / name
            planted.symlink_to(victim)
            producer = self.program("-producer", "-q", "-r", "0", self.frames, who=OWNER)
            self.assert_exits(producer, status)
            if status:
                self.assert_one_line(producer, "symbolic link", "remove it")
                planted.unlink()
            self.assertEqual(victim.read_text(encoding="ascii"), "precious")
        lock = self.dir / "default.lock"
        lock.touch()
        os.chown(lock, OTHER["user"], OTHER["group"])
        lock.chmod(0o644)
        producer = self.program("-producer", self.frames, who={**OWNER, "user": 0})
        self.assert_exits(producer, 1)
        lock.unlink()


def can_be_another_user():
    try:
        return as_user(OTHER, os.getuid) == OTHER["user"]
    except (OSError, json.JSONDecodeError):
        return False


if __name__ == "__main__":
    if os.geteuid() != 0 or not can_be_another_user():
        print("skipped: needs root, to be several users")
        sys.exit(77)
    unittest.main()
