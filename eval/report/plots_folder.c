/* The folder of plots: SVG by eval/plot/svg.c, PNG by gnuplot. */
#include "eval/report/plots_folder.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "eval/report/png_files.h"

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

/* ---- recognizing the folder ---- */

/* The first line of plots.gp, which is written first: it marks the folder as a report's. */
static const char FIRST_LINE[] = "# gnuplot plots.gp draws the PNG files anew, where it is called.\n";

static Status begins_as_ours(const char *plots, bool *out, Err *err) {
    char path[PATH_ROOM];
    Buffer head;
    int64_t size;
    TRY(file_in(path, plots, COMMANDS_NAME, "", err));
    *out = false;
    if (file_missing(path)) {
        TRY(file_in(path, plots, "." COMMANDS_NAME, TEMPORARY_END, err));
        *out = !file_missing(path); /* a process ended before it had written it */
        return OK;
    }
    TRY(file_read_head(path, strlen(FIRST_LINE), &head, &size, err));
    *out = !strcmp(head.data, FIRST_LINE);
    buffer_free(&head);
    return OK;
}

Status figures_check(const char *dir, Err *err) {
    char plots[PATH_ROOM];
    struct stat info;
    bool ours;
    TRY(path_join(plots, sizeof plots, dir, "plots", err));
    if (file_missing(plots)) return OK;
    if (stat(plots, &info) != 0)
        return err_set(err, ERR_IO, "%s: cannot be looked at: %s", plots, strerror(errno));
    if (!S_ISDIR(info.st_mode))
        return err_set(err, ERR_INPUT, "%s: is a file, but a folder is needed; move it away", plots);
    TRY(begins_as_ours(plots, &ours, err));
    DIR *stream = ours ? NULL : opendir(plots);
    if (ours) return OK;
    if (!stream) return err_set(err, ERR_IO, "%s: cannot list it: %s", plots, strerror(errno));
    const struct dirent *entry;
    Status status = OK;
    for (errno = 0;
         (entry = readdir(stream)) && (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."));)
        errno = 0;
    if (entry)
        status = err_set(err, ERR_INPUT,
                         "%s: not a report's folder (%s is there, and no plots.gp of rote's); move it away",
                         plots, entry->d_name);
    else if (errno) status = err_set(err, ERR_IO, "%s: cannot list it: %s", plots, strerror(errno));
    closedir(stream);
    return status;
}

static Status write_commands(const Figures *figures, const char *dir, Err *err) {
    char path[PATH_ROOM], png[80];
    AtomicFile file;
    TRY(file_in(path, dir, COMMANDS_NAME, "", err));
    TRY(atomic_open(&file, path, err));
    fputs(FIRST_LINE, file.stream);
    for (int i = 0; i < figures->n; i++) {
        snprintf(png, sizeof png, "%s.png", figures->figure[i].file);
        plot_gnuplot(file.stream, &figures->figure[i].plot, png);
    }
    return atomic_commit(&file, NULL, err);
}

Status figures_write(const Figures *figures, const char *dir, char note[160], Err *err) {
    char plots[PATH_ROOM];
    note[0] = '\0';
    if (figures->n == 0) return OK;
    TRY(path_join(plots, sizeof plots, dir, "plots", err));
    TRY(make_directories(plots, err));
    TRY(write_commands(figures, plots, err));
    for (int i = 0; i < figures->n; i++) TRY(write_svg(&figures->figure[i], plots, err));
    return png_files_write(figures, plots, note, err);
}
