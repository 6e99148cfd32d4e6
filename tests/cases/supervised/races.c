/* Programs that try to run something else than what was judged. argv[1] is the way, argv[2] a folder. The harmless exec
   makes FOLDER/ok, the other one FOLDER/FORBIDDEN, which a rule of the test stops. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static char good[512], bad[512], other[512];
static char *volatile words[4];
static volatile int ended;
static int rounds = 300;

static void *flips_a_word(void *unused) {
    (void)unused;
    while (!ended) { words[1] = bad; words[1] = good; }
    return 0;
}

/* good and bad differ in one byte of a shared string */
static void *flips_a_byte(void *text) {
    volatile char *at = text;
    while (!ended) { *at = 'F'; *at = 'o'; }
    return 0;
}

static void runs(const char *path, char *const *list) {
    pid_t child = fork();
    if (!child) { execve(path, list, environ); _exit(1); }
    waitpid(child, 0, 0);
}

/* its child shares our memory until it has run */
static void runs_sharing(const char *path, char *const *list) {
    pid_t child = vfork();
    if (!child) { execve(path, list, environ); _exit(1); }
    waitpid(child, 0, 0);
}

static void swaps_links(const char *link, const char *to_good, const char *to_bad) {
    char fresh[700];
    snprintf(fresh, sizeof fresh, "%s.new", link);
    while (!ended) {
        unlink(fresh); if (symlink(to_bad, fresh)) {} rename(fresh, link);
        unlink(fresh); if (symlink(to_good, fresh)) {} rename(fresh, link);
    }
}

static void *swaps(void *folder) {
    char link[600];
    snprintf(link, sizeof link, "%s/link", (char *)folder);
    swaps_links(link, "/bin/true", other);
    return 0;
}

static void *thread_runs(void *word) {
    char *list[] = {"touch", word, 0};
    execve("/bin/touch", list, environ);
    return 0;
}

static int shares(void *path) {
    execve(path, (char *const *)words, environ);
    _exit(1);
}

/* a tracer of its parent does not get to trace it */
static void runs_untraced(char *path) {
    static char stack[65536];
    pid_t child = clone(shares, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_UNTRACED | SIGCHLD, path);
    waitpid(child, 0, 0);
}

static int waits_and_touches(void *path) {
    usleep(100000);
    return shares(path);
}

static void lets_untraced_go_on(void) {
    static char stack[65536];
    pid_t child = clone(waits_and_touches, stack + sizeof stack, CLONE_VM | CLONE_UNTRACED | SIGCHLD, "/bin/touch");
    if (child < 0 || ptrace(PTRACE_SEIZE, child, 0, PTRACE_O_TRACESECCOMP)) return;
    for (int status; waitpid(child, &status, __WALL) == child && WIFSTOPPED(status);) ptrace(PTRACE_CONT, child, 0, 0);
}

/* who is traced by one of us can't be held by another tracer */
static void runs_traced(const char *path) {
    pid_t child = vfork();
    if (!child) { ptrace(PTRACE_TRACEME, 0, 0, 0); execve(path, (char *const *)words, environ); _exit(1); }
    for (int status; waitpid(child, &status, __WALL) == child && WIFSTOPPED(status);) ptrace(PTRACE_CONT, child, 0, 0);
}

static int refuses(unsigned number, int flags) {
    struct sock_filter code[] = {{0x20, 0, 0, 0}, {0x15, 0, 1, number}, {6, 0, 0, SECCOMP_RET_USER_NOTIF}, {6, 0, 0, SECCOMP_RET_ALLOW}};
    struct sock_fprog filter = {4, code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter);
}

static void *lets_all_go_on(void *listener) {
    for (;;) {
        struct seccomp_notif call = {0};
        if (ioctl(*(int *)listener, SECCOMP_IOCTL_NOTIF_RECV, &call)) continue;
        struct seccomp_notif_resp answer = {.id = call.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
        ioctl(*(int *)listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
    }
}

static int in_memory(const char *file) {
    int to = memfd_create("m", 0), from = open(file, O_RDONLY);
    char buffer[65536];
    ssize_t count;
    while ((count = read(from, buffer, sizeof buffer)) > 0) if (write(to, buffer, count) < 0) return -1;
    close(from);
    return to;
}

int main(int count, char **given) {
    if (count < 3) return 2;
    const char *way = given[1], *folder = given[2];
    pthread_t thread;
    snprintf(good, sizeof good, "%s/ok", folder);
    snprintf(bad, sizeof bad, "%s/FORBIDDEN", folder);
    snprintf(other, sizeof other, "%s/other", folder);
    if (getenv("ROUNDS")) rounds = atoi(getenv("ROUNDS"));
    char *good_words[] = {"touch", good, 0}, *bad_words[] = {"touch", bad, 0};
    words[0] = "touch"; words[1] = good;

    if (!strcmp(way, "made")) {
        close(open(bad, O_CREAT | O_WRONLY, 0600));
        return 0;
    } else if (!strcmp(way, "word")) {
        pthread_create(&thread, 0, flips_a_word, 0);
        for (int i = 0; i < rounds; i++) runs_sharing("/bin/touch", (char *const *)words);
    } else if (!strcmp(way, "untraced")) {
        pthread_create(&thread, 0, flips_a_word, 0);
        for (int i = 0; i < rounds; i++) runs_untraced("/bin/touch");
    } else if (!strcmp(way, "traced")) {
        pthread_create(&thread, 0, flips_a_word, 0);
        for (int i = 0; i < rounds; i++) runs_traced("/bin/touch");
    } else if (!strcmp(way, "byte")) {
        static char text[512];
        snprintf(text, sizeof text, "%s/oORBIDDEN", folder);
        words[1] = text;
        pthread_create(&thread, 0, flips_a_byte, text + strlen(folder) + 1);
        for (int i = 0; i < rounds; i++) runs_sharing("/bin/touch", (char *const *)words);
    } else if (!strcmp(way, "shared")) {
        char *text = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        snprintf(text, 4096, "%s/oORBIDDEN", folder);
        words[1] = text;
        pid_t writer = fork();
        if (!writer) { prctl(PR_SET_PDEATHSIG, SIGKILL); flips_a_byte(text + strlen(folder) + 1); }
        for (int i = 0; i < rounds; i++) runs("/bin/touch", (char *const *)words);
        kill(writer, SIGKILL);
    } else if (!strcmp(way, "writev") || !strcmp(way, "mem")) {
        static char text[512];
        snprintf(text, sizeof text, "%s/oORBIDDEN", folder);
        words[1] = text;
        char *at = text + strlen(folder) + 1;
        for (int i = 0; i < rounds / 3; i++) {
            pid_t child = fork();
            if (!child) { execve("/bin/touch", (char *const *)words, environ); _exit(1); }
            char name[64];
            snprintf(name, sizeof name, "/proc/%d/mem", child);
            int memory = way[0] == 'm' ? open(name, O_RDWR) : -1;
            for (int tries = 0; tries < 400; tries++) {
                const char *byte = tries % 2 ? "o" : "F";
                struct iovec here = {(void *)byte, 1}, there = {at, 1};
                if (memory >= 0) { if (pwrite(memory, byte, 1, (off_t)at) < 0) break; }
                else if (process_vm_writev(child, &here, 1, &there, 1, 0) < 0) break;
            }
            if (memory >= 0) close(memory);
            waitpid(child, 0, 0);
        }
    } else if (!strcmp(way, "link")) {
        char link[600];
        snprintf(link, sizeof link, "%s/link", folder);
        if (symlink("/bin/true", link)) {}
        pthread_create(&thread, 0, swaps, (void *)folder);
        for (int i = 0; i < rounds; i++) { char *list[] = {"link", "made", (char *)folder, 0}; runs(link, list); }
    } else if (!strcmp(way, "memory")) {
        int file = in_memory("/bin/touch");
        pid_t child = fork();
        if (!child) { syscall(SYS_execveat, file, "", bad_words, environ, AT_EMPTY_PATH); _exit(1); }
        waitpid(child, 0, 0);
    } else if (!strcmp(way, "descriptor")) {
        int file = open("/bin/touch", O_RDONLY);
        pid_t child = fork();
        if (!child) { fexecve(file, bad_words, environ); _exit(1); }
        waitpid(child, 0, 0);
    } else if (!strcmp(way, "self")) {
        char *list[] = {"self", "made", (char *)folder, 0};
        runs("/proc/self/exe", list);
    } else if (!strcmp(way, "vfork")) {
        for (int i = 0; i < 20; i++) runs_sharing("/bin/touch", bad_words);
    } else if (!strcmp(way, "thread")) {
        pid_t child = fork();
        if (!child) { pthread_create(&thread, 0, thread_runs, bad); pthread_join(thread, 0); _exit(1); }
        waitpid(child, 0, 0);
    } else if (!strcmp(way, "threads")) {
        for (int i = 0; i < rounds / 3; i++) {
            pid_t child = fork();
            if (!child) {
                pthread_t second;
                pthread_create(&thread, 0, thread_runs, bad);
                pthread_create(&second, 0, thread_runs, good);
                pthread_join(thread, 0); pthread_join(second, 0);
                _exit(1);
            }
            waitpid(child, 0, 0);
        }
    } else if (!strcmp(way, "loader")) {
        char *list[] = {"ld", "/bin/touch", bad, 0};
        runs("/lib64/ld-linux-x86-64.so.2", list);
#ifdef __x86_64__
    } else if (!strcmp(way, "int80")) {
        /* 32-bit numbers and 32-bit pointers from a 64-bit program */
        char *low = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
        strcpy(low, "/bin/touch"); strcpy(low + 64, bad);
        unsigned *list = (unsigned *)(low + 4096);
        list[0] = (unsigned)(long)low; list[1] = (unsigned)(long)(low + 64); list[2] = 0; list[3] = 0;
        pid_t child = fork();
        if (!child) {
            long result = 11;
            __asm__ volatile("int $0x80" : "+a"(result) : "b"((long)low), "c"((long)list), "d"((long)(list + 3)) : "memory", "r8", "r9", "r10", "r11");
            _exit(1);
        }
        waitpid(child, 0, 0);
    } else if (!strcmp(way, "x32")) {
        pid_t child = fork();
        if (!child) { syscall(0x40000000 + 520, "/bin/touch", bad_words, environ); _exit(1); }
        waitpid(child, 0, 0);
#endif
    } else if (!strcmp(way, "ring")) {
        if (syscall(425, 1, (void *)0) == -1 && errno == ENOSYS) runs("/bin/touch", good_words);
        return 0;
    } else if (!strcmp(way, "failing")) {
        char *list[] = {"nothing", 0};
        for (int i = 0; i < 50; i++) { runs("/no/such", list); runs("/etc/passwd", list); runs("/", list); }
        runs("/bin/touch", bad_words);
    } else if (!strcmp(way, "undumpable")) {
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
        runs("/bin/touch", bad_words);
    } else if (!strcmp(way, "listener")) {
        /* a listener of our own says that every exec may go on; a tracer would be asked after it, if there is one */
        static int own;
        own = refuses(SYS_execve, SECCOMP_FILTER_FLAG_NEW_LISTENER);
        if (own >= 0) pthread_create(&thread, 0, lets_all_go_on, &own);
        runs("/bin/touch", bad_words);
        words[1] = bad;
        runs_untraced("/bin/touch");
        /* and who is traced by nobody could be by one of us */
        lets_untraced_go_on();
    }
    ended = 1;
    runs("/bin/touch", good_words);
    return 0;
}
