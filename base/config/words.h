/* A config as the "key=value" words of a command line: a child process is started with them, a fact set's folder keeps
 * them. */
#ifndef ROTE_BASE_CONFIG_WORDS_H
#define ROTE_BASE_CONFIG_WORDS_H

#include "base/config/config.h"

/* The words that make this config of the defaults: n of them, ended by NULL. NULL: no memory. */
char **config_words(const Config *config, int *n);
void config_words_free(char **words);

/* The words of all keys that these facts are drawn by, off their defaults or not: n of them, ended by NULL. NULL: no
 * memory. Free with config_words_free. */
char **config_facts_words(const FactsConfig *facts, int *n);

/* The value of key number `key` as a command line has it. malloc'd; NULL: no memory. */
char *config_value(const Config *config, int key);

#endif
