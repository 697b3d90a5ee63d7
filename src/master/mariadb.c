/* SPDX-License-Identifier: Apache-2.0
 * mariadb.c - see mariadb.h.
 */
#include "master/mariadb.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "db/db.h"

#define PATH_BYTES 4096
#define START_SECONDS 60
#define SOCKET_PATH_MOST 107 /* sun_path less its NUL */

static const char *
in_dir(const struct settings *set, const char *name, char out[PATH_BYTES])
{
	(void)snprintf(out, PATH_BYTES, "%s/%s", settings_db_dir(set), name);
	return out;
}

static bool
fail(char *why, const char *what, const char *text)
{
	(void)snprintf(why, 512, "database: %.300s: %.150s", what, text);
	return false;
}

bool
mariadb_name_is_plain(const char *name)
{
	size_t n = strlen(name);

	return n >= 1 && n <= 64 &&
	       strspn(name,
		   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
		   n;
}

bool
mariadb_socket_fits(const struct settings *set)
{
	char path[PATH_BYTES];

	return strlen(in_dir(set, "sock", path)) <= SOCKET_PATH_MOST;
}

static bool
make_dir(const char *path, char *why)
{
	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		return fail(why, path, strerror(errno));
	return true;
}

/* Runs mariadb-install-db into a folder that is renamed when it is whole, so that a start
 * that was cut short is simply done again. */
static bool
install(const struct settings *set, const char *data, char *why)
{
	char fresh[PATH_BYTES], log[PATH_BYTES], arg[PATH_BYTES + 16];
	int status;
	pid_t pid;

	(void)in_dir(set, "data.new", fresh);
	(void)in_dir(set, "install.log", log);
	(void)snprintf(arg, sizeof(arg), "--datadir=%s", fresh);
	log_info("making a new database in %s", data);
	pid = fork();
	if (pid == -1)
		return fail(why, "fork", strerror(errno));
	if (pid == 0) {
		int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		sigset_t none;

		(void)sigemptyset(&none);
		(void)sigprocmask(SIG_SETMASK, &none, NULL);
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)dup2(fd, STDOUT_FILENO);
		(void)dup2(fd, STDERR_FILENO);
		(void)execlp("sh", "sh", "-c",
		    "rm -rf \"$1\" && shift && exec mariadb-install-db \"$@\"", "sh",
		    fresh, "--no-defaults", arg,
		    "--auth-root-authentication-method=normal", "--skip-test-db",
		    "--skip-name-resolve", (char *)NULL);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (status != 0) {
		(void)snprintf(
		    why, 512, "database: mariadb-install-db failed: see %.300s", log);
		return false;
	}
	if (rename(fresh, data) == -1)
		return fail(why, data, strerror(errno));
	return true;
}

bool
mariadb_prepare(const struct settings *set, char *why)
{
	char data[PATH_BYTES], path[PATH_BYTES];

	if (!mariadb_name_is_plain(set->database_name))
		return fail(
		    why, "database_name", "letters, digits and _ only, at most 64");
	if (geteuid() == 0)
		return fail(why, "user",
		    "must be set when started as root: mariadbd refuses to run as root");
	if (!mariadb_socket_fits(set))
		return fail(why, in_dir(set, "sock", path),
		    "a socket's path has at most 107 bytes: set database_dir");
	if (!make_dir(settings_db_dir(set), why))
		return false;
	if (access(in_dir(set, "data", data), F_OK) == 0)
		return true;
	return install(set, data, why);
}

/* A pid file may be older than the machine's last start: the process has to name our data
 * on its command line. */
static bool
serves_us(const struct settings *set, int pid)
{
	char path[PATH_BYTES], want[PATH_BYTES + 16], text[2 * PATH_BYTES];
	size_t n, len;
	FILE *f;

	(void)snprintf(want, sizeof(want), "--datadir=%s", in_dir(set, "data", path));
	(void)snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	f = fopen(path, "re");
	if (f == NULL)
		return false;
	n = fread(text, 1, sizeof(text) - 1, f);
	(void)fclose(f);
	text[n] = '\0';
	for (const char *arg = text; arg < text + n; arg += len + 1) {
		len = strlen(arg);
		if (strcmp(arg, want) == 0)
			return true;
	}
	return false;
}

pid_t
mariadb_running(const struct settings *set)
{
	char path[PATH_BYTES], text[64] = "";
	FILE *f = fopen(in_dir(set, "pid", path), "re");
	uint64_t pid = 0;
	bool got;

	if (f == NULL)
		return -1;
	got = fgets(text, sizeof(text), f) != NULL &&
	      str_to_u64(str_trim(str_of(text)), &pid);
	(void)fclose(f);
	if (!got || pid == 0 || pid > INT32_MAX)
		return -1;
	return serves_us(set, (int)pid) ? (pid_t)pid : -1;
}

void
mariadb_become(const struct settings *set)
{
	int fd;
	char data[PATH_BYTES + 16], sock[PATH_BYTES + 16], pid[PATH_BYTES + 16],
	    err[PATH_BYTES + 16], buf[64], p[PATH_BYTES];

	(void)snprintf(data, sizeof(data), "--datadir=%s", in_dir(set, "data", p));
	(void)snprintf(sock, sizeof(sock), "--socket=%s", in_dir(set, "sock", p));
	(void)snprintf(pid, sizeof(pid), "--pid-file=%s", in_dir(set, "pid", p));
	(void)snprintf(err, sizeof(err), "--log-error=%s", in_dir(set, "error.log", p));
	(void)snprintf(buf, sizeof(buf), "--innodb-buffer-pool-size=%lld",
	    (long long)set->database_buffer);
	/* What it says before it has opened its log. */
	fd = open(
	    in_dir(set, "error.log", p), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd != -1) {
		(void)dup2(fd, STDOUT_FILENO);
		(void)dup2(fd, STDERR_FILENO);
	}
	(void)execlp("mariadbd", "mariadbd", "--no-defaults", data, sock, pid, err, buf,
	    "--skip-networking", "--skip-name-resolve", "--local-infile=1",
	    "--innodb-flush-log-at-trx-commit=1", "--innodb-log-file-size=256M",
	    "--character-set-server=utf8mb4", "--collation-server=utf8mb4_nopad_bin",
	    "--max-connections=500", "--performance-schema=OFF",
	    "--transaction-isolation=READ-COMMITTED", "--default-time-zone=+00:00",
	    (char *)NULL);
	log_error("mariadbd: %m");
}

static bool
make_database(struct db *db, const char *name)
{
	static const char *const fixed[] = {
	    "CREATE USER IF NOT EXISTS affiliated@localhost",
	    "GRANT ALL PRIVILEGES ON *.* TO affiliated@localhost",
	};
	char sql[256];

	for (unsigned i = 0; i < ARRAY_LEN(fixed); i++) {
		if (db_exec(db, fixed[i], "") != ERR_OK)
			return false;
	}
	/* mariadb_name_is_plain() has let nothing but letters, digits and _ through. */
	(void)snprintf(sql, sizeof(sql),
	    "CREATE DATABASE IF NOT EXISTS %s CHARACTER SET utf8mb4 COLLATE "
	    "utf8mb4_nopad_bin",
	    name);
	return db_exec_once(db, sql, "") == ERR_OK;
}

bool
mariadb_wait(const struct settings *set, bool (*alive)(void), char *why)
{
	struct timespec pause = {0, 50000000};
	us_t until = clock_mono_us() + START_SECONDS * US_SECOND;
	char text[256] = "";
	struct db_where w;
	struct db *db = NULL;
	bool good;

	settings_db_where(set, &w);
	w.user = "root";
	w.name = NULL;
	while (db == NULL) {
		db = db_open(&w, text);
		if (db != NULL)
			break;
		if (!alive() || clock_mono_us() > until) {
			(void)snprintf(why, 512,
			    "database: mariadbd does not come up (%.100s): see "
			    "%.250s/error.log",
			    text, settings_db_dir(set));
			return false;
		}
		(void)nanosleep(&pause, NULL);
	}
	good = make_database(db, set->database_name);
	if (!good)
		(void)fail(why, "cannot be set up", db_error(db));
	db_close(&db);
	return good;
}
