/* Starts a shell for each line of a file, the way the agent of its name does; what follows a ! it starts by itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void start(const char *name, char *line) {
    char *variable = getenv("SHELL");
    if (*line == '!') {
        char *words[16] = {0};
        int count = 0;
        for (char *word = strtok(line + 1, " "); word && count < 15; word = strtok(0, " ")) words[count++] = word;
        execvp(words[0], words);
    } else if (!strcmp(name, "gemini") || !strcmp(name, "qwen")) {
        execlp("bash", "bash", "-c", line, (char *)0);
    } else if (!strcmp(name, "opencode") || !strcmp(name, "kilo") || !strcmp(name, "kilocode")) {
        execl(variable, variable, "-c", line, (char *)0);
    } else if (!strcmp(name, "claude") || !strcmp(name, "pi")) {
        variable = getenv("STUB_SETTING");
        execl(variable, variable, "-c", line, (char *)0);
    } else if (!strcmp(name, "copilot")) {
        execl("/bin/bash", "/bin/bash", "--norc", "--noprofile", "-c", line, (char *)0);
    } else if (!strcmp(name, "mini") || !strcmp(name, "mini-swe-agent") || !strcmp(name, "aider")) {
        execl("/bin/sh", "/bin/sh", "-c", line, (char *)0);
    } else {
        execl("/bin/bash", "/bin/bash", "-c", line, (char *)0);
    }
    _exit(99);
}

int main(int count, char **words) {
    char line[4096], *name = strrchr(words[0], '/');
    FILE *file = count > 1 ? fopen(words[1], "r") : 0;
    if (!file) return 98;
    while (fgets(line, sizeof line, file)) {
        int status;
        line[strcspn(line, "\n")] = 0;
        pid_t child = fork();
        if (!child) {
            setsid();
            start(name ? name + 1 : words[0], line);
        }
        waitpid(child, &status, 0);
        printf("status %d\n", WEXITSTATUS(status));
        fflush(stdout);
    }
    return 0;
}
