#include "data/tokenizer/byte_level.h"

/* Whether byte b is written as character b. */
static bool is_visible(int b) { return (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae; }

/* The byte whose character is U+0100 + k: the k-th of those that are not visible. They are 0 to 32, 127 to 160, 173. */
static int hidden_byte(int k) {
    if (k <= 32) return k;
    if (k <= 32 + 34) return k - 33 + 127;
    return k == 67 ? 173 : -1;
}

static int hidden_number(int b) { return b <= 32 ? b : b <= 160 ? b - 127 + 33 : 67; }

int byte_level_write(char out[2], uint8_t byte) {
    int character = is_visible(byte) ? byte : 256 + hidden_number(byte);
    if (character < 128) {
        out[0] = (char)character;
        return 1;
    }
    out[0] = (char)(0xc0 | character >> 6);
    out[1] = (char)(0x80 | (character & 63));
    return 2;
}

bool byte_level_read(Text text, char *out, size_t *size) {
    size_t n = 0;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        int byte = c;
        if (c >= 0x80) {
            if (c < 0xc2 || c > 0xc5 || i + 1 == text.size) return false;
            int character = (c & 31) << 6 | ((unsigned char)text.data[++i] & 63);
            if (((unsigned char)text.data[i] & 0xc0) != 0x80) return false;
            byte = character < 256 ? character : hidden_byte(character - 256);
            if (byte < 0 || (character >= 256) == is_visible(byte)) return false;
        } else if (!is_visible(byte)) {
            return false;
        }
        out[n++] = (char)byte;
    }
    *size = n;
    return true;
}
