// SPDX-License-Identifier: GPL-2.0
/*
 * ringbackd: options, then what needs root once, then the parent's loop.
 */
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/conf.h"
#include "../common/log.h"
#include "conf_read.h"
#include "host.h"
#include "spawn.h"
#include "start.h"
#include "supervise.h"

enum { EXIT_USAGE = 2 };

struct options {
	const char *path;
	bool test;
	bool debug;
	enum log_target log;
};

static void usage(FILE *f)
{
	fputs("usage: ringbackd [-c FILE] [-t] [-d] [-l stderr|syslog] [-V]\n", f);
}

/* Whether to go on; else *@status is what to exit with. */
static bool read_options(struct options *o, int argc, char **argv, int *status)
{
	int c;

	*status = EXIT_USAGE;
	while ((c = getopt(argc, argv, "c:tdl:Vh")) != -1) {
		switch (c) {
		case 'c':
			o->path = optarg;
			break;
		case 't':
			o->test = true;
			break;
		case 'd':
			o->debug = true;
			break;
		case 'l':
			if (strcmp(optarg, "stderr") && strcmp(optarg, "syslog")) {
				fprintf(stderr,
					"ringbackd: -l: expected stderr or syslog, not \"%s\"\n",
					optarg);
				return false;
			}
			o->log = strcmp(optarg, "syslog") ? LOG_TO_STDERR : LOG_TO_SYSLOG;
			break;
		case 'V':
			puts("ringbackd " RINGBACK_VERSION);
			*status = EXIT_SUCCESS;
			return false;
		case 'h':
			usage(stdout);
			*status = EXIT_SUCCESS;
			return false;
		default:
			usage(stderr);
			return false;
		}
	}
	if (optind == argc)
		return true;
	fprintf(stderr, "ringbackd: \"%s\": no argument expected\n", argv[optind]);
	usage(stderr);
	return false;
}

static struct conf *read_conf(const char *path)
{
	struct conf_errors errors = { 0 };
	struct conf *conf = conf_read(path, &errors);

	for (size_t i = 0; i < errors.n; i++)
		fprintf(stderr, "%s%s\n", path, errors.list[i].text);
	conf_errors_free(&errors);
	return conf;
}

static void print_warning(const char *text)
{
	fprintf(stderr, "warning: %s\n", text);
}

static void log_warning(const char *text)
{
	log_warn("%s", text);
}

/* Until the end of the parent; @conf is owned from here on. */
static int run(struct spawn *s, struct conf *conf)
{
	char *control = strdup(conf->control_path);
	int lock = start_lock(conf), status = EXIT_FAILURE;

	if (!control)
		fatal("out of memory");
	if (lock >= 0 && !sockets_listen(&s->sockets, conf) &&
	    !sockets_control(&s->sockets, control, s->rights.gid)) {
		status = supervise(s, conf);
		unlink(control);
	} else {
		conf_free(conf);
	}
	sockets_close(&s->sockets);
	free(control);
	if (lock >= 0)
		close(lock);
	return status;
}

static int prepare_and_run(struct spawn *s, struct conf *conf)
{
	int status = EXIT_FAILURE;

	if (start_rights(&s->rights, conf) || start_run_dir(&s->rights) ||
	    start_store_dir(conf, &s->rights))
		conf_free(conf);
	else
		status = run(s, conf);
	free(s->rights.empty);
	return status;
}

/* Descriptors 0, 1 and 2 must be taken, or a socket would become "stderr". */
static void fill_standard_fds(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	struct options o = { .path = CONF_PATH_DEFAULT };
	struct spawn s = { .sockets = { .control = -1 } };
	struct conf *conf;
	int status;

	fill_standard_fds();
	if (!read_options(&o, argc, argv, &status))
		return status;
	conf = read_conf(o.path);
	if (!conf)
		return EXIT_FAILURE;
	if (o.test) {
		host_check(conf, print_warning);
		printf("%s: ok\n", o.path);
		conf_free(conf);
		return EXIT_SUCCESS;
	}
	if (geteuid()) {
		fputs("ringbackd: must be started by root; it drops its rights by itself\n",
		      stderr);
		conf_free(conf);
		return EXIT_FAILURE;
	}
	umask(077);
	signal(SIGPIPE, SIG_IGN);
	rights_guard_memory();
	log_init(room_name(ROOM_PARENT), o.log, o.debug);
	host_check(conf, log_warning);
	s.log = o.log;
	s.debug = o.debug;
	return prepare_and_run(&s, conf);
}
