/* rote completion: commands, options and config keys for the shell, from the same tables that parse them */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static bool takes_keys(const Command *c) { return strstr(c->words, "key=") != NULL; }

static void print_options(const Command *c) {
    for (const Option *o = c->options; o->name; o++) printf(" --%s", o->name);
}

static void print_keys(const char *after) {
    for (int i = 0; i < config_key_listed(); i++) printf(" %s%s", config_key_name(i), after);
}

/* Whether this row is the first one of its first word. */
static bool begins(const Command *c) {
    size_t length = strcspn(c->name, " ");
    return c == commands || strncmp(c[-1].name, c->name, length) != 0 ||
           (c[-1].name[length] && c[-1].name[length] != ' ');
}

/* The first words of the commands, each once. */
static void print_commands(void) {
    for (const Command *c = commands; c->name; c++)
        if (begins(c)) printf(" %.*s", (int)strcspn(c->name, " "), c->name);
}

/* "facts) ... import show ...": the second words of every command that has two. */
static void print_families(const char *indent, const char *before, const char *after) {
    for (const Command *c = commands; c->name; c++) {
        int length = (int)strcspn(c->name, " ");
        if (!c->name[length] || !begins(c)) continue;
        printf("%s%.*s) %s", indent, length, c->name, before);
        for (const Command *d = c; d->name && (d == c || !begins(d)); d++)
            printf(" %s", d->name + length + 1);
        puts(after);
    }
}

/* "facts|sweep" */
static void print_family_names(void) {
    const char *between = "";
    for (const Command *c = commands; c->name; c++) {
        int length = (int)strcspn(c->name, " ");
        if (!c->name[length] || !begins(c)) continue;
        printf("%s%.*s", between, length, c->name);
        between = "|";
    }
}

/* "train.schedule) ... cosine ..." for a case of the shell; stem: before every value, too, where words are not parted at
 * '='. */
static void print_key_values(const char *indent, const char *before, const char *after, bool stem) {
    for (int i = 0; i < config_key_listed(); i++) {
        const char *key = config_key_name(i), *const *value = config_key_values(i);
        if (!value) continue;
        printf("%s%s%s) %s", indent, key, stem ? "=*" : "", before);
        for (; *value; value++) printf(" %s%s%s", stem ? key : "", stem ? "=" : "", *value);
        puts(after);
    }
}

/* The same of the options whose values stand in the table. */
static void print_option_values(const char *indent, const char *before, const char *after) {
    char seen[1024] = " ";
    for (const Command *c = commands; c->name; c++)
        for (const Option *o = c->options; o->name; o++) {
            char name[64];
            snprintf(name, sizeof name, " --%s ", o->name);
            if (!o->value || !strchr(o->value, '|') || strstr(seen, name)) continue;
            snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s", name + 1);
            printf("%s--%s) %s ", indent, o->name, before);
            for (const char *v = o->value; *v; v++) putchar(*v == '|' ? ' ' : *v);
            puts(after);
        }
}

static void bash_script(void) {
    /* bash parts words at '=': "model.act=ge" is three of them; where a user changed that, it is one. */
    puts("# bash completion for rote; made by `rote completion bash`\n"
         "_rote() {\n"
         "    local word=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]} words= values= head= i\n"
         "    local command=${COMP_WORDS[1]} plan=\n"
         "    case $command in");
    printf("    ");
    print_family_names();
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
    print_option_values("    ", "values=\"", "\" ;;");
    puts("    esac\n"
         "    if [ -n \"$values\" ]; then\n"
         "        mapfile -t COMPREPLY < <(compgen -P \"$head\" -W \"$values\" -- \"$word\")\n"
         "        return 0\n"
         "    fi\n"
         "    if [ \"$COMP_CWORD\" = 1 ]; then");
    printf("        words=\"");
    print_commands();
    puts("\"\n    else\n        case $command in");
    print_families("        ", "words=\"", "\" ;;");
    for (const Command *c = commands; c->name; c++) {
        printf("        \"%s\") words=\"", c->name);
        if (!strcmp(c->name, "help")) {
            print_commands();
            print_keys("");
        } else if (!strcmp(c->name, "completion")) {
            printf(" bash zsh");
        } else {
            print_options(c);
            if (takes_keys(c)) print_keys("=");
        }
        printf("\"%s ;;\n", takes_keys(c) ? " plan=1" : "");
    }
    /* A config is wanted until one is named; a path's folders lead to it. */
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

static void zsh_script(void) {
    puts("#compdef rote\n"
         "# zsh completion for rote; made by `rote completion zsh`\n"
         "_rote() {\n"
         "    local command=${words[2]}\n"
         "    case $command in");
    printf("    ");
    print_family_names();
    puts(") (( CURRENT > 3 )) && command=\"$command ${words[3]}\" ;;\n"
         "    esac\n"
         "    case ${words[CURRENT]} in");
    print_key_values("    ", "compadd --", "; return ;;", true);
    puts("    esac\n"
         "    case ${words[CURRENT-1]} in");
    print_option_values("    ", "compadd --", "; return ;;");
    puts("    esac\n"
         "    if (( CURRENT == 2 )); then");
    printf("        compadd --");
    print_commands();
    puts("\n        return\n    fi\n    case $command in");
    print_families("    ", "compadd --", " ;;");
    for (const Command *c = commands; c->name; c++) {
        printf("    \"%s\") ", c->name);
        if (!strcmp(c->name, "help")) {
            printf("compadd --");
            print_commands();
            print_keys("");
            puts(" ;;");
            continue;
        }
        if (!strcmp(c->name, "completion")) {
            puts("compadd -- bash zsh ;;");
            continue;
        }
        if (c->options->name) {
            printf("compadd --");
            print_options(c);
            printf("; ");
        }
        if (takes_keys(c)) {
            printf("compadd -S '' --");
            print_keys("=");
            printf("; ");
        }
        puts(takes_keys(c) ? "_files -g '*.y(a|)ml' ;;" : "_files ;;");
    }
    puts("    esac\n}\n_rote \"$@\"");
}

Status cmd_completion(const Args *args, Err *err) {
    if (!strcmp(args->words[0], "bash")) bash_script();
    else if (!strcmp(args->words[0], "zsh")) zsh_script();
    else return err_set(err, ERR_INPUT, "completion: '%s', allowed: bash, zsh", args->words[0]);
    return OK;
}
