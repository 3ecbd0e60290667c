#include "eval/archive/archive.h"

#include <string.h>
#include <sys/stat.h>

#include <xxhash.h>

#include "base/real.h"

enum { SPEC_BYTES = 8, CRC_FROM = 16 };
_Static_assert(sizeof NUMERIC_SPEC - 1 <= SPEC_BYTES, "the numeric spec fits its field");

void hash_of(const void *data, size_t size, unsigned char out[HASH_BYTES]) {
    XXH128_canonical_t digest;
    XXH128_canonicalFromHash(&digest, XXH3_128bits(data, size));
    memcpy(out, digest.digest, HASH_BYTES);
}

Status archive_seal(Bytes *out, const ArchiveHeader *header, const Section *section, int n, Err *err) {
    Bytes rest = {0}; /* the CRC covers this */
    char spec[SPEC_BYTES + 1] = NUMERIC_SPEC;
    bytes_u64(&rest, 0); /* the length, filled in at the end */
    bytes_u64(&rest, header->content_bytes);
    bytes_add(&rest, header->hash, HASH_BYTES);
    bytes_add(&rest, spec, SPEC_BYTES);
    for (int i = 0; i < n; i++) {
        bytes_varint(&rest, section[i].size);
        bytes_add(&rest, section[i].data, section[i].size);
    }
    for (int i = 0; !rest.failed && i < 8; i++) rest.data[i] = (uint8_t)((CRC_FROM + rest.size) >> 8 * i);
    bytes_add(out, ARCHIVE_MARK, sizeof ARCHIVE_MARK - 1);
    bytes_byte(out, header->version ? (uint8_t)header->version : ARCHIVE_VERSION);
    bytes_byte(out, (uint8_t)header->mode);
    bytes_byte(out, 0);
    bytes_byte(out, 0);
    bytes_u32(out, rest.failed ? 0 : crc32_of(rest.data, rest.size));
    bytes_add(out, rest.data, rest.size);
    bool failed = rest.failed || out->failed;
    bytes_free(&rest);
    return failed ? err_set(err, ERR_NOMEM, "no memory for the archive") : OK;
}

/* Mark, version and length, which precede the part that the checksum covers. */
static Status look_first(const char *path, ByteReader *r, uint64_t size, ArchiveHeader *header, uint32_t *crc,
                         Err *err) {
    const uint8_t *mark = read_bytes(r, sizeof ARCHIVE_MARK - 1);
    if (!mark || memcmp(mark, ARCHIVE_MARK, sizeof ARCHIVE_MARK - 1) != 0)
        return err_set(err, ERR_FORMAT, "%s: no archive of rote's, or its first bytes are damaged", path);
    int version = read_byte(r), kind = read_byte(r), zeros = read_byte(r) | read_byte(r);
    *crc = read_u32(r);
    if (!r->failed && (version < ARCHIVE_VERSION || version > ARCHIVE_VERSION_TOKENS))
        return err_set(err, ERR_FORMAT, "%s: an archive of version %d; this rote reads versions %d and %d",
                       path, version, ARCHIVE_VERSION, ARCHIVE_VERSION_TOKENS);
    uint64_t bytes = read_u64(r);
    if (r->failed || bytes != size)
        return err_set(err, ERR_FORMAT, "%s: damaged: %llu bytes, its header has %llu", path,
                       (unsigned long long)size, (unsigned long long)bytes);
    bool known = !zeros && (kind == ARCHIVE_TWO_PART || kind == ARCHIVE_ONLINE);
    header->mode = known ? (ArchiveMode)kind : 0;
    header->version = version;
    return OK;
}

Status archive_read(const char *path, bool stream, size_t max_bytes, Buffer *out, Err *err) {
    struct stat info;
    if (!file_is_stdin(path) && stat(path, &info) == 0 && S_ISREG(info.st_mode)) {
        Buffer head;
        int64_t size;
        ArchiveHeader header;
        uint32_t crc;
        TRY(file_read_head(path, ARCHIVE_HEADER_BYTES, &head, &size, err));
        ByteReader r = {(const uint8_t *)head.data, (const uint8_t *)head.data + head.size, false};
        Status status = look_first(path, &r, (uint64_t)size, &header, &crc, err);
        buffer_free(&head);
        TRY(status);
    }
    return (stream ? file_read_stream : file_read)(path, max_bytes, out, err);
}

Status archive_look(const char *path, const uint8_t *data, size_t size, ArchiveHeader *header, Err *err) {
    ByteReader r = {data, data + size, false};
    uint32_t crc;
    TRY(look_first(path, &r, size, header, &crc, err));
    if (crc != crc32_of(data + CRC_FROM, size - CRC_FROM))
        return err_set(err, ERR_FORMAT, "%s: damaged: its checksum is another", path);
    header->content_bytes = read_u64(&r);
    const uint8_t *hash = read_bytes(&r, HASH_BYTES), *spec = read_bytes(&r, SPEC_BYTES);
    if (r.failed || !header->mode)
        return err_set(err, ERR_FORMAT, "%s: damaged: the header is no header", path);
    char wanted[SPEC_BYTES + 1] = NUMERIC_SPEC;
    if (memcmp(spec, wanted, SPEC_BYTES) != 0)
        return err_set(err, ERR_FORMAT,
                       "%s: made with numeric spec '%.*s'; this rote computes by '%s' and would read "
                       "something else",
                       path, SPEC_BYTES, (const char *)spec, NUMERIC_SPEC);
    memcpy(header->hash, hash, HASH_BYTES);
    return OK;
}

Status archive_sections(const char *path, const uint8_t *data, size_t size, Section *section, int n,
                        Err *err) {
    ByteReader r = {data + ARCHIVE_HEADER_BYTES, data + size, false};
    for (int i = 0; i < n; i++) {
        section[i].size = (size_t)read_varint(&r, size);
        section[i].data = read_bytes(&r, section[i].size);
    }
    if (read_whole(&r)) return OK;
    return err_set(err, ERR_FORMAT, "%s: damaged: its %d sections do not fill it", path, n);
}
