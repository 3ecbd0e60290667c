/* rote completion: commands, options and config keys for the shell, from the same tables that parse them */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static bool takes_keys(const Command *c) { return strstr(c->words, "key=value") != NULL; }

static void words_of(const Command *c) {
    for (const Option *o = c->options; o->name; o++) printf(" --%s", o->name);
    const char *key;
    for (int i = 0; takes_keys(c) && (key = config_key_name(i)); i++) printf(" %s=", key);
}

/* The first words of the commands, each once. */
static void print_commands(void) {
    const char *last = "";
    for (const Command *c = commands; c->name; c++) {
        size_t length = strcspn(c->name, " ");
        if (strncmp(last, c->name, length) || (last[length] != ' ' && last[length]))
            printf(" %.*s", (int)length, c->name);
        last = c->name;
    }
}

static void bash_script(void) {
    puts("# bash completion for rote; made by `rote completion bash`\n"
         "_rote() {\n"
         "    local word=${COMP_WORDS[COMP_CWORD]} words= i command=${COMP_WORDS[1]}\n"
         "    [ \"$command\" = facts ] && [ \"$COMP_CWORD\" -gt 2 ] && command=\"facts ${COMP_WORDS[2]}\"\n"
         "    if [ \"$COMP_CWORD\" = 1 ]; then");
    printf("        words=\"");
    print_commands();
    puts("\"\n    else\n        case $command in");
    printf("        facts) words=\"");
    for (const Command *c = commands; c->name; c++)
        if (!strncmp(c->name, "facts ", 6)) printf(" %s", c->name + 6);
    puts("\" ;;");
    for (const Command *c = commands; c->name; c++) {
        printf("        \"%s\") words=\"", c->name);
        if (!strcmp(c->name, "help")) {
            print_commands();
            const char *key;
            for (int i = 0; (key = config_key_name(i)); i++) printf(" %s", key);
        } else if (!strcmp(c->name, "completion")) {
            printf(" bash zsh");
        } else {
            words_of(c);
        }
        puts("\" ;;");
    }
    puts("        esac\n"
         "    fi\n"
         "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\"; compgen -f -- \"$word\")\n"
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
         "    [[ $command == facts && CURRENT -gt 3 ]] && command=\"facts ${words[3]}\"\n"
         "    if (( CURRENT == 2 )); then");
    printf("        compadd --");
    print_commands();
    puts("\n        return\n    fi\n    case $command in");
    printf("    facts) compadd --");
    for (const Command *c = commands; c->name; c++)
        if (!strncmp(c->name, "facts ", 6)) printf(" %s", c->name + 6);
    puts(" ;;");
    for (const Command *c = commands; c->name; c++) {
        printf("    \"%s\") compadd --", c->name);
        if (!strcmp(c->name, "help")) {
            print_commands();
            const char *key;
            for (int i = 0; (key = config_key_name(i)); i++) printf(" %s", key);
        } else if (!strcmp(c->name, "completion")) {
            printf(" bash zsh");
        } else {
            words_of(c);
        }
        puts("; _files ;;");
    }
    puts("    esac\n}\n_rote \"$@\"");
}

Status cmd_completion(const Args *args, Err *err) {
    if (!strcmp(args->words[0], "bash")) bash_script();
    else if (!strcmp(args->words[0], "zsh")) zsh_script();
    else return err_set(err, ERR_INPUT, "completion: '%s', allowed: bash, zsh", args->words[0]);
    return OK;
}
