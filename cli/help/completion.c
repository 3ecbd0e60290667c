/* rote completion: scripts that complete commands, options, config keys and their values in a shell, made from the
 * tables that parse them. */
#include <stdio.h>
#include <string.h>

#include "cli/common/args.h"

/* All commands, ended by NULL. */
typedef const Command *const *Table;

static bool takes_keys(const Command *c) { return strstr(c->words, "key=") != NULL; }

static void print_options(const Command *c) {
    for (const Option *o = c->options; o->name; o++) printf(" --%s", o->name);
}

static void print_keys(const char *after) {
    for (int i = config_key_after(-1); i >= 0; i = config_key_after(i))
        printf(" %s%s", config_key_name(i), after);
}

static int first_word_length(const Command *c) { return (int)strcspn(c->name, " "); }

/* Whether row k is the first one with its first word. */
static bool is_first(Table table, int k) {
    int length = first_word_length(table[k]);
    return k == 0 || first_word_length(table[k - 1]) != length ||
           strncmp(table[k - 1]->name, table[k]->name, (size_t)length) != 0;
}

/* Whether row k is the first of a family, as "facts make" is of "facts". */
static bool is_family(Table table, int k) {
    return table[k]->name[first_word_length(table[k])] == ' ' && is_first(table, k);
}

/* The first words of the commands, each once. */
static void print_commands(Table table) {
    for (int k = 0; table[k]; k++)
        if (is_first(table, k)) printf(" %.*s", first_word_length(table[k]), table[k]->name);
}

/* "facts) ... import show ...": a case for every family, with its second words. */
static void print_families(Table table, const char *indent, const char *before, const char *after) {
    for (int k = 0; table[k]; k++) {
        if (!is_family(table, k)) continue;
        int length = first_word_length(table[k]);
        printf("%s%.*s) %s", indent, length, table[k]->name, before);
        for (int j = k; table[j] && (j == k || !is_first(table, j)); j++)
            printf(" %s", table[j]->name + length + 1);
        puts(after);
    }
}

/* "facts|sweep" */
static void print_family_names(Table table) {
    const char *between = "";
    for (int k = 0; table[k]; k++) {
        if (!is_family(table, k)) continue;
        printf("%s%.*s", between, first_word_length(table[k]), table[k]->name);
        between = "|";
    }
}

/* "train.schedule) ... cosine ...": a case for every key with a list of values. whole_words: the shell does not split
 * words at '=', so that the key comes before every value. */
static void print_key_values(const char *indent, const char *before, const char *after, bool whole_words) {
    for (int i = config_key_after(-1); i >= 0; i = config_key_after(i)) {
        const char *key = config_key_name(i), *const *value = config_key_values(i);
        if (!value) continue;
        printf("%s%s%s) %s", indent, key, whole_words ? "=*" : "", before);
        for (; *value; value++) printf(" %s%s%s", whole_words ? key : "", whole_words ? "=" : "", *value);
        puts(after);
    }
}

/* "--vocab) ... bytes words ...": a case for every option whose values the table lists ("bytes|words"). */
static void print_option_values(Table table, const char *indent, const char *before, const char *after) {
    char printed[1024] = " ";
    for (; *table; table++)
        for (const Option *o = (*table)->options; o->name; o++) {
            char name[64];
            snprintf(name, sizeof name, " --%s ", o->name);
            if (!o->value || !strchr(o->value, '|') || strstr(printed, name)) continue;
            snprintf(printed + strlen(printed), sizeof printed - strlen(printed), "%s", name + 1);
            printf("%s--%s) %s ", indent, o->name, before);
            for (const char *v = o->value; *v; v++) putchar(*v == '|' ? ' ' : *v);
            puts(after);
        }
}

/* The words that may follow a command. keys_apart: config keys are printed elsewhere. */
static void print_words(Table table, const Command *c, bool keys_apart) {
    if (!strcmp(c->name, "help")) {
        print_commands(table);
        print_keys("");
    } else if (!strcmp(c->name, "completion")) {
        printf(" bash zsh");
    } else {
        print_options(c);
        if (takes_keys(c) && !keys_apart) print_keys("=");
    }
}

/* ---- bash ---- */

/* Finds the command, and the values allowed at the cursor. bash splits words at '=': "model.act=ge" is three words;
 * where the user has changed COMP_WORDBREAKS, it is one. */
static void bash_values(Table table) {
    puts("# bash completion for rote; made by `rote completion bash`\n"
         "_rote() {\n"
         "    local word=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]} words= values= head= i\n"
         "    local command=${COMP_WORDS[1]} plan=\n"
         "    case $command in");
    printf("    ");
    print_family_names(table);
    puts(") [ \"$COMP_CWORD\" -gt 2 ] && command=\"$command ${COMP_WORDS[2]}\" ;;\n"
         "    esac\n"
         "    if [ \"$word\" = = ]; then\n"
         "        word=\n"
         "    elif [ \"$last\" = = ]; then\n"
         "        last=${COMP_WORDS[COMP_CWORD-2]}\n"
         "    elif [[ $word == *=* ]]; then\n"
         "        last=${word%%=*} head=${word%%=*}= word=${word#*=}\n"
         "    fi\n"
         "    case $last in");
    print_key_values("    ", "values=\"", "\" ;;", false);
    print_option_values(table, "    ", "values=\"", "\" ;;");
    puts("    esac\n"
         "    if [ -n \"$values\" ]; then\n"
         "        mapfile -t COMPREPLY < <(compgen -P \"$head\" -W \"$values\" -- \"$word\")\n"
         "        return 0\n"
         "    fi\n"
         "    if [ \"$COMP_CWORD\" = 1 ]; then");
}

/* The commands, and what may follow each. */
static void bash_words(Table table) {
    printf("        words=\"");
    print_commands(table);
    puts("\"\n    else\n        case $command in");
    print_families(table, "        ", "words=\"", "\" ;;");
    for (int k = 0; table[k]; k++) {
        printf("        \"%s\") words=\"", table[k]->name);
        print_words(table, table[k], false);
        printf("\"%s ;;\n", takes_keys(table[k]) ? " plan=1" : "");
    }
}

static void bash_script(Table table) {
    bash_values(table);
    bash_words(table);
    /* Until a config is named, YAML files and folders are offered. */
    puts("        esac\n"
         "    fi\n"
         "    for ((i = 2; i < COMP_CWORD; i++)); do\n"
         "        [[ ${COMP_WORDS[i]} == *.y?(a)ml ]] && plan=\n"
         "    done\n"
         "    if [ -n \"$plan\" ] && [[ $last != --* ]]; then\n"
         "        [ -n \"$word\" ] || words=\n"
         "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\"; compgen -d -- \"$word\"\n"
         "            compgen -f -X '!*.yaml' -- \"$word\"; compgen -f -X '!*.yml' -- \"$word\")\n"
         "    else\n"
         "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\"; compgen -f -- \"$word\")\n"
         "    fi\n"
         "    [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null\n"
         "    return 0\n"
         "}\n"
         "complete -o filenames -F _rote rote");
}

/* ---- zsh ---- */

/* The case of one command. */
static void zsh_words(Table table, const Command *c) {
    bool lists_words = !strcmp(c->name, "help") || !strcmp(c->name, "completion");
    printf("    \"%s\") ", c->name);
    if (lists_words || c->options->name) {
        printf("compadd --");
        print_words(table, c, true);
    }
    if (lists_words) {
        puts(" ;;");
        return;
    }
    if (c->options->name) printf("; ");
    if (takes_keys(c)) {
        printf("compadd -S '' --");
        print_keys("=");
        printf("; ");
    }
    puts(takes_keys(c) ? "_files -g '*.y(a|)ml' ;;" : "_files ;;");
}

static void zsh_script(Table table) {
    puts("#compdef rote\n"
         "# zsh completion for rote; made by `rote completion zsh`\n"
         "_rote() {\n"
         "    local command=${words[2]}\n"
         "    case $command in");
    printf("    ");
    print_family_names(table);
    puts(") (( CURRENT > 3 )) && command=\"$command ${words[3]}\" ;;\n"
         "    esac\n"
         "    case ${words[CURRENT]} in");
    print_key_values("    ", "compadd --", "; return ;;", true);
    puts("    esac\n"
         "    case ${words[CURRENT-1]} in");
    print_option_values(table, "    ", "compadd --", "; return ;;");
    puts("    esac\n"
         "    if (( CURRENT == 2 )); then");
    printf("        compadd --");
    print_commands(table);
    puts("\n        return\n    fi\n    case $command in");
    print_families(table, "    ", "compadd --", " ;;");
    for (int k = 0; table[k]; k++) zsh_words(table, table[k]);
    puts("    esac\n}\n_rote \"$@\"");
}

static Status cmd_completion(const Args *args, Err *err) {
    if (!strcmp(args->words[0], "bash")) bash_script(args->table);
    else if (!strcmp(args->words[0], "zsh")) zsh_script(args->table);
    else return err_set(err, ERR_INPUT, "completion: '%s', allowed: bash, zsh", args->words[0]);
    return OK;
}

static const Option no_options[] = {END_OPTION};

const Command completion_command = {
    .name = "completion",
    .words = "bash|zsh",
    .min_words = 1,
    .max_words = 1,
    .summary = "prints a completion script for a shell",
    .options = no_options,
    .run = cmd_completion,
};
