#include "eval/report/png_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

extern char **environ;

enum { PATH_ROOM = 1400, PNG_MAX = 1 << 28 }; /* bytes */

/* Runs gnuplot in `dir` on the commands beside it, silently. 0, or what failed as errno or -1. */
static int run_gnuplot(const char *dir) {
    posix_spawn_file_actions_t actions;
    char program[] = "gnuplot", plain[] = "-d", commands[] = "../" COMMANDS_NAME;
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

static uint32_t get_u32(const unsigned char *at) { /* PNG's numbers are big-endian */
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* gnuplot does not report a failed write. So each file is checked: its signature, every chunk with its CRC, and IEND
 * as the end (PNG specification, section 5). */
static bool png_is_whole(const Buffer *png) {
    static const unsigned char SIGNATURE[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    enum { AROUND = 12 }; /* bytes of a chunk besides its data: length, type, CRC */
    const unsigned char *data = (const unsigned char *)png->data;
    size_t at = sizeof SIGNATURE;
    if (png->size < at || memcmp(data, SIGNATURE, at) != 0) return false;
    while (png->size - at >= AROUND) {
        size_t length = get_u32(data + at);
        if (length > png->size - at - AROUND) return false;
        if (crc32_of(data + at + 4, length + 4) != get_u32(data + at + 8 + length)) return false;
        bool last = memcmp(data + at + 4, "IEND", 4) == 0;
        at += length + AROUND;
        if (last) return at == png->size;
    }
    return false;
}

static Status check_png(const char *path, Err *err) {
    Buffer png;
    TRY(file_read(path, PNG_MAX, &png, err));
    bool whole = png_is_whole(&png);
    buffer_free(&png);
    if (whole) return OK;
    return err_set(err, ERR_IO,
                   "%s: gnuplot left it incomplete; repeat the command, or draw it from plots.gp", path);
}

/* Whether the disk accepts a file now: gnuplot does not say why it failed. */
static Status check_disk(const char *dir, Err *err) {
    char path[PATH_ROOM], noise[1 << 16];
    unsigned state = 1;
    for (size_t i = 0; i < sizeof noise; i++) {
        state = state * 1103515245u + 12345u; /* noise, which no file system compresses */
        noise[i] = (char)(state >> 16);
    }
    TRY(path_join(path, sizeof path, dir, "disk", err));
    Status status = file_write_atomic(path, noise, sizeof noise, err);
    if (status != OK) err_prefix(err, "no PNG files: ");
    unlink(path);
    return status;
}

/* Removes the folder in which PNG files are drawn, with its files. */
static void remove_drawn(const char *drawn) {
    char path[PATH_ROOM];
    DIR *stream = opendir(drawn);
    if (!stream) return;
    for (const struct dirent *entry; (entry = readdir(stream));)
        if (path_join(path, sizeof path, drawn, entry->d_name, NULL) == OK)
            unlink(path); /* except "." and ".." */
    closedir(stream);
    rmdir(drawn);
}

static Status png_path(char out[PATH_ROOM], const char *dir, const Figure *f, Err *err) {
    char file[128];
    snprintf(file, sizeof file, "%s.png", f->file);
    return path_join(out, PATH_ROOM, dir, file, err);
}

static Status place_pngs(const Figures *figures, const char *drawn, const char *dir, Err *err) {
    char from[PATH_ROOM], to[PATH_ROOM];
    for (int i = 0; i < figures->n; i++) {
        TRY(png_path(from, drawn, &figures->figure[i], err));
        TRY(check_png(from, err));
    }
    for (int i = 0; i < figures->n; i++) {
        TRY(png_path(from, drawn, &figures->figure[i], err));
        TRY(png_path(to, dir, &figures->figure[i], err));
        TRY(file_place(from, to, err));
    }
    return OK;
}

/* PNG files are drawn in a folder of their own and moved only if all are complete. Files of older figures that were
 * not drawn again are removed. */
Status png_files_write(const Figures *figures, const char *dir, char note[160], Err *err) {
    char drawn[PATH_ROOM], path[PATH_ROOM];
    Err why;
    TRY(path_join(drawn, sizeof drawn, dir, ".png" TEMPORARY_END, err));
    remove_drawn(drawn); /* left by a process that was killed */
    if (mkdir(drawn, 0777) != 0) return err_set(err, ERR_IO, "%s: cannot create: %s", drawn, strerror(errno));
    int failed = run_gnuplot(drawn);
    Status status = failed ? OK : place_pngs(figures, drawn, dir, &why), disk = OK;
    if (failed == ENOMEM) status = err_set(&why, ERR_NOMEM, "%s: no memory to start gnuplot", dir);
    if (failed == ENOENT)
        snprintf(note, 160, "no PNG files: gnuplot is not installed; the SVG files are there");
    else if (failed) snprintf(note, 160, "no PNG files: gnuplot failed on plots.gp; the SVG files are there");
    if (failed != ENOENT && (failed || status != OK)) disk = check_disk(drawn, &why);
    if (status == OK) status = disk;
    for (int i = 0; i < figures->n && (failed || status != OK); i++)
        if (png_path(path, dir, &figures->figure[i], NULL) == OK) unlink(path);
    remove_drawn(drawn);
    return status == OK ? OK : err_set(err, status, "%s", why.msg);
}
