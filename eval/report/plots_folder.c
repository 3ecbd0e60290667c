/* The folder of plots: SVG of our own pen, PNG of gnuplot's. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "eval/report/plots_folder.h"

extern char **environ;

enum { PATH_ROOM = 1400 };

/* dir/NAME.end */
static Status file_in(char out[PATH_ROOM], const char *dir, const char *name, const char *end, Err *err) {
    char file[128];
    snprintf(file, sizeof file, "%s%s", name, end);
    return path_join(out, PATH_ROOM, dir, file, err);
}

static Status write_svg(const Figure *f, const char *dir, Err *err) {
    char path[PATH_ROOM];
    AtomicFile file;
    TRY(file_in(path, dir, f->file, ".svg", err));
    TRY(atomic_open(&file, path, err));
    plot_svg(file.stream, &f->plot);
    return atomic_commit(&file, NULL, err);
}

static Status write_commands(const Figures *figures, const char *dir, Err *err) {
    char path[PATH_ROOM], png[80];
    AtomicFile file;
    TRY(file_in(path, dir, "plots", ".gp", err));
    TRY(atomic_open(&file, path, err));
    fputs("# gnuplot plots.gp draws the PNG files anew, where it is called.\n", file.stream);
    for (int i = 0; i < figures->n; i++) {
        snprintf(png, sizeof png, "%s.png", figures->figure[i].file);
        plot_gnuplot(file.stream, &figures->figure[i].plot, png);
    }
    return atomic_commit(&file, NULL, err);
}

/* Runs gnuplot in `dir` on the commands beside it, silently. 0, or what failed as errno or -1. */
static int run_gnuplot(const char *dir) {
    posix_spawn_file_actions_t actions;
    char program[] = "gnuplot", plain[] = "-d", commands[] = "../plots.gp";
    char *const argv[] = {program, plain, commands, NULL};
    pid_t pid;
    int state, failed = posix_spawn_file_actions_init(&actions);
    if (failed) return failed;
    failed = posix_spawn_file_actions_addchdir_np(&actions, dir);
    for (int fd = 0; fd < 3 && !failed; fd++)
        failed = posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    if (!failed) failed = posix_spawnp(&pid, program, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed) return failed;
    while (waitpid(pid, &state, 0) < 0)
        if (errno != EINTR) return errno;
    if (WIFEXITED(state) && WEXITSTATUS(state) == 127) return ENOENT;
    return WIFEXITED(state) && WEXITSTATUS(state) == 0 ? 0 : -1;
}

/* A PNG is drawn in a folder of its own and moved out whole; one that nothing drew anew is an old sweep's and goes. */
static Status write_pngs(const Figures *figures, const char *dir, char note[160], Err *err) {
    char drawn[PATH_ROOM], from[PATH_ROOM], to[PATH_ROOM];
    TRY(file_in(drawn, dir, ".png", TEMPORARY_END, err));
    if (mkdir(drawn, 0777) != 0 && errno != EEXIST)
        return err_set(err, ERR_IO, "%s: cannot create: %s", drawn, strerror(errno));
    int failed = run_gnuplot(drawn);
    if (failed == ENOENT)
        snprintf(note, 160, "no PNG files: gnuplot is not installed; the SVG files are there");
    else if (failed) snprintf(note, 160, "no PNG files: gnuplot failed on plots.gp; the SVG files are there");
    Status status = OK;
    for (int i = 0; i < figures->n && status == OK; i++) {
        TRY_GOTO(file_in(from, drawn, figures->figure[i].file, ".png", err));
        TRY_GOTO(file_in(to, dir, figures->figure[i].file, ".png", err));
        if (failed) {
            unlink(from);
            unlink(to);
        } else if (rename(from, to) != 0) {
            status = err_set(err, ERR_IO, "%s: cannot be moved into place: %s", from, strerror(errno));
        }
    }
done:
    rmdir(drawn);
    return status;
}

Status figures_write(const Figures *figures, const char *dir, char note[160], Err *err) {
    char plots[PATH_ROOM];
    note[0] = '\0';
    if (figures->n == 0) return OK;
    TRY(path_join(plots, sizeof plots, dir, "plots", err));
    TRY(make_directories(plots, err));
    for (int i = 0; i < figures->n; i++) TRY(write_svg(&figures->figure[i], plots, err));
    TRY(write_commands(figures, plots, err));
    return write_pngs(figures, plots, note, err);
}
