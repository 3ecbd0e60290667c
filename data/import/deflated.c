#include "data/import/deflated.h"

Status deflated_begin(Deflated *out, Err *err) {
    *out = (Deflated){.bytes = 0};
    return deflateInit(&out->z, 9) == Z_OK ? OK : err_set(err, ERR_NOMEM, "no memory for deflate");
}

static void deflated_piece(Deflated *d, Text piece, int flush) {
    unsigned char out[4096];
    d->z.next_in = (unsigned char *)piece.data;
    d->z.avail_in = (uInt)piece.size;
    do {
        d->z.next_out = out;
        d->z.avail_out = sizeof out;
        deflate(&d->z, flush); /* cannot fail: the stream is whole and there is room */
        d->bytes += (int64_t)(sizeof out - d->z.avail_out);
    } while (d->z.avail_out == 0);
}

void deflated_add(Deflated *d, Text text) {
    const size_t PIECE_MAX = (size_t)1 << 30; /* zlib counts in 32 bits */
    for (size_t at = 0; at < text.size; at += PIECE_MAX)
        deflated_piece(d, (Text){text.data + at, text.size - at < PIECE_MAX ? text.size - at : PIECE_MAX},
                       Z_NO_FLUSH);
}

void deflated_add_char(Deflated *d, char c) { deflated_piece(d, (Text){&c, 1}, Z_NO_FLUSH); }

int64_t deflated_end(Deflated *d) {
    char nothing;
    deflated_piece(d, (Text){&nothing, 0}, Z_FINISH);
    deflateEnd(&d->z);
    return d->bytes;
}
