/* A config as the "key=value" words of a command line: a child process is started with them, and a fact set's folder
 * stores them. */
#ifndef ROTE_BASE_CONFIG_WORDS_H
#define ROTE_BASE_CONFIG_WORDS_H

#include "base/config/config.h"

/* The words that turn the defaults into this config: n of them, ended by NULL. NULL: no memory. */
char **config_words(const Config *config, int *n);
void config_words_free(char **words);

/* The words of all keys that determine the draw of these facts, at their defaults or not: n of them, ended by NULL.
 * NULL: no memory. Free with config_words_free. */
char **config_facts_words(const FactsConfig *facts, int *n);

/* The value of key number `key` as on a command line. malloc'd; NULL: no memory. */
char *config_value(const Config *config, int key);

#endif
