/* The words of biographies: lists of names, places and so on, made of syllables so that a list of any size has
 * different entries; and the sentences. All of them were made for rote. */
#ifndef ROTE_DATA_KINDS_BIOS_WORDS_H
#define ROTE_DATA_KINDS_BIOS_WORDS_H

#include "base/err.h"

/* Lists whose entries are one word each. */
typedef enum BioList {
    BIO_FIRST,
    BIO_MIDDLE,
    BIO_LAST,
    BIO_PRONOUN,
    BIO_MONTH,
    BIO_DAY,
    BIO_YEAR,
    BIO_CITY,
    BIO_UNIVERSITY,
    BIO_MAJOR,
    BIO_EMPLOYER,
    BIO_LIST_COUNT
} BioList;

enum { BIO_WORD_MAX = 32, BIO_LIST_SIZE_MAX = 10000 };
/* Entry i < BIO_LIST_SIZE_MAX of a list, NUL-ended; the first 12 months and the two pronouns are English. */
void bio_word(char out[BIO_WORD_MAX], BioList list, int i);

/* The sentences of a biography, by their attribute. */
typedef enum BioSentence {
    BIO_BIRTH_DATE,
    BIO_BIRTH_CITY,
    BIO_STUDIES,
    BIO_SUBJECT,
    BIO_JOB,
    BIO_WORKPLACE,
    BIO_SENTENCE_COUNT
} BioSentence;

/* A sentence is who, three words and what: "she | was born in | Tarobaton". The words before a value identify its
 * attribute. */
enum { BIO_TEMPLATE_MAX = 8, BIO_TEMPLATE_WORDS = 3 };
extern const char *const bio_template[BIO_SENTENCE_COUNT][BIO_TEMPLATE_MAX][BIO_TEMPLATE_WORDS];
/* A word that replaces the sentence where there are no templates and the order is not fixed. */
extern const char *const bio_label[BIO_SENTENCE_COUNT];

#endif
