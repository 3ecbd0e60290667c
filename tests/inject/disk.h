/* A folder on a disk, as a program sees it and as it would be after a cut of power; tests/inject/power.c says by
 * what model. One folder a program: what it holds are globals. Nothing is freed but what would grow. */
#ifndef ROTE_TESTS_INJECT_DISK_H
#define ROTE_TESTS_INJECT_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_NODES = 20000, MAX_CHANGES = 4000, MAX_NAMES = 4000 };

typedef struct {
    unsigned char *data;
    size_t size;
} Bytes;

typedef struct {
    size_t at; /* of a write; the new size of a truncation */
    Bytes data;
    bool truncates;
} Write;

typedef struct {
    bool is_folder;
    Bytes safe;
    Write *later; /* not synced, in order */
    int n_later;
} Node;

typedef struct {
    char *name; /* below the root, "" is the root itself */
    int node;
} Name;

typedef struct { /* of names in one folder, not synced: first one goes, then one comes; either may be NULL */
    char *goes, *comes;
    int node;
} Change;

typedef struct {
    Name at[MAX_NAMES];
    int n;
} Names;

extern Node nodes[MAX_NODES];
extern Names now; /* what the program sees */

/* Ends the process with status 3: what is recorded is not in the model. */
void die(const char *what, const char *where);
void *grown(void *p, size_t size);
char *copied(const char *text);

/* A name's place in `names`, or -1. */
int find(const Names *names, const char *name);
int new_node(bool is_folder);

/* A name goes, or comes with its node, or both at once (a rename); safe when its folder is synced. */
void change(const char *goes, const char *comes, int node);
void sync_folder(const char *folder);

/* A write or a truncation; safe when the file is synced. */
void write_later(Node *f, size_t at, Bytes data, bool truncates);
size_t size_now(const Node *f);
void sync_file(Node *f);

/* All that is below `path` is there and safe, under `name` ("": the root). */
void read_base(const char *path, const char *name);

/* Makes the folder that a cut leaves in `out`, or where that is NULL only its hash, which is returned. */
uint64_t cut(int mode, uint64_t seed, const char *out);

#endif
