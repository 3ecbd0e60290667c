/* Errors. A wrong input or a failing machine is a Status and a message in the caller's Err. A programmer's mistake is a
 * CHECK, which stays on in release builds. Libraries print nothing: only cli/ shows an Err and exits. */
#ifndef ROTE_BASE_ERR_H
#define ROTE_BASE_ERR_H

#include <stdarg.h>

/* A call whose Status is dropped does not compile (-Werror=unused-result); one that may be dropped says so by (void),
 * with the reason beside it. */
#if defined __clang__
#define STATUS_IS_READ __attribute__((warn_unused_result))
#elif defined __has_c_attribute
#define STATUS_IS_READ [[nodiscard]]
#else
#define STATUS_IS_READ
#endif

typedef enum STATUS_IS_READ Status {
    OK = 0,
    ERR_INPUT, /* the user's input is wrong, or what it names is not there (file_named): exit 2, nothing written */
    ERR_IO,      /* input or output failed: no permission, full disk, short read: exit 1 */
    ERR_FORMAT,  /* a file of rote's is incomplete, truncated or altered: exit 1 */
    ERR_NOMEM,   /* an allocation failed: exit 1 */
    ERR_NUMERIC, /* NaN or Inf where a finite number is needed: exit 1 */
    ERR_STOPPED  /* stopped on request, resumable: exit 85 */
} Status;

typedef struct Err {
    Status status;
    char msg[1024]; /* one line: what, where, and what next; no newline at its end */
} Err;

/* Fills err (which may be NULL) and returns status, so that a failing function ends in
 * `return err_set(err, ERR_IO, "%s: %s", path, why);`. The arguments may point into err. */
Status err_set(Err *err, Status status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts text before the message that err already holds ("config.yaml: ..."). */
void err_prefix(Err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Returns from the calling function when expr (a Status) is not OK. */
#define TRY(expr)                                                                                            \
    do {                                                                                                     \
        Status try_status_ = (expr);                                                                         \
        if (try_status_ != OK) return try_status_;                                                           \
    } while (0)

/* The same for a function with one exit path: sets `status`, jumps to `done`. */
#define TRY_GOTO(expr)                                                                                       \
    do {                                                                                                     \
        status = (expr);                                                                                     \
        if (status != OK) goto done;                                                                         \
    } while (0)

/* A programmer's mistake: prints file, line and condition, and aborts. */
#define CHECK(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition)) check_failed(__FILE__, __LINE__, #condition);                                      \
    } while (0)
_Noreturn void check_failed(const char *file, int line, const char *condition);

#endif
