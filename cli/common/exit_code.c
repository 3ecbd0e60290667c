#include "cli/common/exit_code.h"

int exit_code(Status status) {
    switch (status) {
    case OK: return 0;
    case ERR_INPUT: return 2;
    case ERR_STOPPED: return 85;
    case ERR_IO:
    case ERR_FORMAT:
    case ERR_NOMEM:
    case ERR_NUMERIC: break;
    }
    return 1;
}
