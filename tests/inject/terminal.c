/* Runs a command on a terminal of its own and says what it drew there: tests/long_environment.sh.
 *   terminal COLUMNS SECONDS COMMAND...   copies to stdout what the command writes; TERM to it after SECONDS
 * The last line is "redraws N, longest N, escapes N, exit N": lines drawn over others, the longest of them in
 * characters, without escape sequences; the number of escape sequences; the exit status (128 and more: of a
 * signal). */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROWS = 64 };
static int redraws, longest, escapes;
static int row[ROWS], rows; /* how long the last lines are, the newest at rows % ROWS */
static int up;              /* the number in the escape sequence */
static bool in_escape, returned;

/* What stands in the last n lines is drawn over: counts. */
static void redrawn(int n) {
    redraws++;
    for (int i = 0; i < n && i < ROWS && i <= rows; i++)
        if (row[(rows - i) % ROWS] > longest) longest = row[(rows - i) % ROWS];
}

static void look(const unsigned char *text, ssize_t size) {
    for (ssize_t i = 0; i < size; i++) {
        unsigned char c = text[i];
        if (returned && c != '\n' && row[rows % ROWS] > 0) { /* the terminal itself makes CR LF of each LF */
            redrawn(1);
            row[rows % ROWS] = 0;
        }
        returned = c == '\r';
        if (in_escape) {
            if (c >= '0' && c <= '9') up = 10 * up + c - '0';
            in_escape = c == '[' || c < 0x40;
            if (c == 'A') redrawn(1 + (up ? up : 1)); /* the cursor goes up */
        } else if (c == 27) {
            in_escape = true;
            up = 0;
            escapes++;
        } else if (c == '\n') {
            row[++rows % ROWS] = 0;
        } else if (c >= 32 && (c & 0xc0) != 0x80) { /* the first byte of a character */
            row[rows % ROWS]++;
        }
    }
}

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    struct winsize size = {.ws_row = 24, .ws_col = (unsigned short)atoi(argv[1])};
    int fd, status = 0;
    pid_t child = forkpty(&fd, NULL, NULL, &size);
    if (child < 0) return 2;
    if (child == 0) {
        execvp(argv[3], argv + 3);
        _exit(127);
    }
    double end = now_s() + atof(argv[2]);
    bool told = false;
    for (;;) {
        unsigned char text[4096];
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, 100) > 0) {
            ssize_t n = read(fd, text, sizeof text);
            if (n <= 0) break; /* EIO: the command closed its end */
            look(text, n);
            fwrite(text, 1, (size_t)n, stdout);
        }
        if (!told && now_s() > end) told = kill(child, SIGTERM) == 0;
        if (now_s() > end + 20) kill(child, SIGKILL);
    }
    waitpid(child, &status, 0);
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    printf("\nredraws %d, longest %d, escapes %d, exit %d\n", redraws, longest, escapes, code);
    return 0;
}
