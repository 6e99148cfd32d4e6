/* Stands in the tests for a program that gains rights by its file: says what it was started with, or does as told. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static void caught(int signal) {
    static const char text[] = "caught\n";
    if (write(1, text, sizeof text - 1) < 0) _exit(1);
    (void)signal;
}

static void facts(int count, char **words) {
    char text[4096];
    printf("uid %d %d %d gid %d %d\n", getuid(), geteuid(), getuid() != geteuid(), getgid(), getegid());
    for (int i = 0; i < count; i++) printf("word %s\n", words[i]);
    printf("in %s\n", getcwd(text, sizeof text) ? text : "?");
    mode_t mask = umask(0);
    printf("mask %o nice %d\n", mask, getpriority(PRIO_PROCESS, 0));
    for (int number = 0; number < 1024; number++) {
        int flags = fcntl(number, F_GETFL);
        if (flags >= 0) printf("open %d %o %d\n", number, flags, fcntl(number, F_GETFD));
    }
    struct rlimit limit;
    for (int kind = 0; kind < 16; kind++)
        if (getrlimit(kind, &limit) == 0)
            printf("limit %d %llu %llu\n", kind, (unsigned long long)limit.rlim_cur, (unsigned long long)limit.rlim_max);
    cpu_set_t set;
    sched_getaffinity(0, sizeof set, &set);
    printf("processors %d\n", CPU_COUNT(&set));
    for (int number = 1; number <= 64; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN) printf("ignores %d\n", number);
    }
    sigset_t blocked;
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    for (int number = 1; number <= 64; number++)
        if (sigismember(&blocked, number) == 1) printf("blocks %d\n", number);
    printf("terminal %d\n", open("/dev/tty", O_RDWR) >= 0);
}

int main(int count, char **words) {
    const char *what = count > 1 ? words[1] : "";
    int number = count > 2 ? atoi(words[2]) : 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!strcmp(what, "facts")) facts(count, words);
    else if (!strcmp(what, "exit")) return number;
    else if (!strcmp(what, "kill")) raise(number);
    else if (!strcmp(what, "environment")) for (char **at = environ; *at; at++) printf("%s\n", *at);
    else if (!strcmp(what, "group")) printf("%d %d\n", getpgrp() == number, getsid(0) == atoi(words[3]));
    else if (!strcmp(what, "cat")) { int byte; while ((byte = getchar()) != EOF) putchar(byte); }
    else if (!strcmp(what, "sleep")) { printf("sleeps\n"); sleep(20); }
    else if (!strcmp(what, "catch")) {
        struct sigaction action = {.sa_handler = caught};
        sigaction(number, &action, NULL);
        printf("waits\n");
        pause();
        usleep(200000);
        return 5;
    } else {
        /* `sudo` and the like: that it was started, and as whom. */
        FILE *mark = fopen("STARTED", "a");
        fprintf(mark, "%d", geteuid());
        for (int i = 0; i < count; i++) fprintf(mark, " %s", words[i]);
        fprintf(mark, "\n");
        fclose(mark);
    }
    return 0;
}
