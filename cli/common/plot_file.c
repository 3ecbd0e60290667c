#include "cli/common/plot_file.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/text_stream.h"
#include "cli/common/output.h"

Status plot_write(const Plot *plot, const char *path, Err *err) {
    TextStream *stream;
    char *text;
    size_t size;
    TRY(text_begin(&stream, err));
    plot_svg(text_file(stream), plot);
    TRY(text_end(stream, &text, &size, err));
    Status status = file_write_atomic(output_target(path), text, size, err);
    free(text);
    return status;
}
