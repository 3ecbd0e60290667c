#include "base/write_stream.h"

#include <errno.h>
#include <sys/types.h>
#include <unistd.h>

static ssize_t write_bytes(void *user, const char *bytes, size_t n) {
    WriteStream *s = user;
    size_t done = 0;
    while (done < n) {
        ssize_t wrote = write(s->fd, bytes + done, n - done);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) {
            if (!s->failed) s->failed = wrote < 0 ? errno : EIO;
            return (ssize_t)done; /* fewer than n: an error, which stdio records too */
        }
        done += (size_t)wrote;
    }
    return (ssize_t)done;
}

static int close_fd(void *user) { return close(((WriteStream *)user)->fd); }

#ifdef __APPLE__
static int write_bytes_bsd(void *user, const char *bytes, int n) {
    return (int)write_bytes(user, bytes, (size_t)n) == n ? n : -1;
}
static FILE *open_stream(WriteStream *s) { return funopen(s, NULL, write_bytes_bsd, NULL, close_fd); }
#else
static FILE *open_stream(WriteStream *s) {
    return fopencookie(s, "w", (cookie_io_functions_t){.write = write_bytes, .close = close_fd});
}
#endif

int write_stream_open(WriteStream *out, int fd) {
    *out = (WriteStream){.fd = fd};
    out->file = open_stream(out);
    return out->file ? 0 : errno;
}

int write_stream_flush(WriteStream *stream) {
    int flushed = fflush(stream->file) ? errno : 0;
    if (stream->failed) return stream->failed;
    return flushed ? flushed : ferror(stream->file) ? EIO : 0;
}
