#include "data/kinds/bios_words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Two syllables, and more where a list has more than 10,000 entries: one of 20 beginnings and of 5 vowels each. Each
 * syllable ends with its only vowel, so no two rows of syllables are the same word. */
static void syllables(char *out, size_t size, int i) {
    static const char *const begin[20] = {"b", "r", "t", "m", "l", "s",  "d",  "n",  "k",  "v",
                                          "h", "g", "p", "j", "f", "br", "tr", "st", "gl", "kr"};
    static const char vowel[5] = {'a', 'e', 'o', 'i', 'u'};
    size_t at = 0;
    for (int s = 0; s < 2; s++, i /= 100) {
        int syllable = (i + 37 * s) % 100;
        at += (size_t)snprintf(out + at, size - at, "%s%c", begin[syllable % 20], vowel[syllable / 20]);
    }
    out[0] = (char)toupper((unsigned char)out[0]);
}

void bio_word(char out[BIO_WORD_MAX], BioList list, int i) {
    static const char *const month[12] = {"January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December"};
    static const char *const ending[BIO_LIST_COUNT] = {
        [BIO_FIRST] = "n",    [BIO_MIDDLE] = "l",       [BIO_LAST] = "ford",
        [BIO_MONTH] = "ber",  [BIO_CITY] = "ville",     [BIO_UNIVERSITY] = "_College",
        [BIO_MAJOR] = "logy", [BIO_EMPLOYER] = "_Works"};
    CHECK(i >= 0 && i < BIO_LIST_SIZE_MAX);
    if (list == BIO_PRONOUN) {
        CHECK(i < 2);
        strcpy(out, i ? "he" : "she");
    } else if (list == BIO_MONTH && i < 12) {
        strcpy(out, month[i]);
    } else if (list == BIO_DAY || list == BIO_YEAR) {
        snprintf(out, BIO_WORD_MAX, "%d", list == BIO_DAY ? i + 1 : 1800 + i);
    } else {
        syllables(out, BIO_WORD_MAX, i);
        strcat(out, ending[list]);
    }
}

const char *const bio_template[BIO_SENTENCE_COUNT][BIO_TEMPLATE_MAX][BIO_TEMPLATE_WORDS] = {
    [BIO_BIRTH_DATE] = {{"was", "born", "on"},
                        {"entered", "life", "on"},
                        {"first", "breathed", "on"},
                        {"saw", "daylight", "on"},
                        {"has", "birthday", "since"},
                        {"came", "home", "after"},
                        {"counts", "years", "from"},
                        {"began", "crying", "on"}},
    [BIO_BIRTH_CITY] = {{"was", "born", "in"},
                        {"comes", "straight", "from"},
                        {"learned", "walking", "in"},
                        {"has", "roots", "in"},
                        {"spent", "childhood", "in"},
                        {"was", "raised", "in"},
                        {"is", "native", "to"},
                        {"calls", "home", "old"}},
    [BIO_STUDIES] = {{"took", "classes", "at"},
                     {"was", "taught", "at"},
                     {"earned", "degrees", "from"},
                     {"heard", "lectures", "at"},
                     {"was", "graduated", "by"},
                     {"sat", "exams", "at"},
                     {"spent", "semesters", "at"},
                     {"was", "enrolled", "at"}},
    [BIO_SUBJECT] = {{"majored", "then", "in"},
                     {"wrote", "essays", "on"},
                     {"chose", "to", "study"},
                     {"knows", "most", "about"},
                     {"was", "drawn", "to"},
                     {"earned", "honors", "in"},
                     {"read", "much", "on"},
                     {"passed", "tests", "in"}},
    [BIO_JOB] = {{"works", "today", "for"},
                 {"is", "employed", "by"},
                 {"draws", "wages", "from"},
                 {"was", "hired", "by"},
                 {"holds", "office", "at"},
                 {"reports", "daily", "to"},
                 {"builds", "things", "for"},
                 {"is", "paid", "by"}},
    [BIO_WORKPLACE] = {{"works", "today", "in"},
                       {"commutes", "daily", "to"},
                       {"rents", "rooms", "in"},
                       {"keeps", "office", "in"},
                       {"was", "posted", "to"},
                       {"spends", "workdays", "in"},
                       {"does", "business", "in"},
                       {"is", "stationed", "in"}},
};

const char *const bio_label[BIO_SENTENCE_COUNT] = {
    "born:", "from:", "studied:", "major:", "employer:", "works:"};
