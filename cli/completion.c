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

/* "key) " and its values, for a case of the shell; then the options whose values stand in the table. */
static void print_values(const char *indent, const char *before, const char *after) {
    const char *key;
    for (int i = 0; (key = config_key_name(i)); i++) {
        const char *const *value = config_key_values(i);
        if (!value) continue;
        printf("%s%s) %s", indent, key, before);
        for (; *value; value++) printf(" %s", *value);
        puts(after);
    }
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
         "    [ \"$command\" = facts ] && [ \"$COMP_CWORD\" -gt 2 ] && command=\"facts ${COMP_WORDS[2]}\"\n"
         "    if [ \"$word\" = = ]; then\n"
         "        word=\n"
         "    elif [ \"$last\" = = ]; then\n"
         "        last=${COMP_WORDS[COMP_CWORD-2]}\n"
         "    elif [[ $word == *=* ]]; then\n"
         "        last=${word%%=*} head=${word%%=*}= word=${word#*=}\n"
         "    fi\n"
         "    case $last in");
    print_values("    ", "values=\"", "\" ;;");
    puts("    esac\n"
         "    if [ -n \"$values\" ]; then\n"
         "        mapfile -t COMPREPLY < <(compgen -P \"$head\" -W \"$values\" -- \"$word\")\n"
         "        return 0\n"
         "    fi\n"
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
         "    [[ $command == facts && CURRENT -gt 3 ]] && command=\"facts ${words[3]}\"\n"
         "    case ${words[CURRENT]} in");
    const char *name;
    for (int i = 0; (name = config_key_name(i)); i++) {
        const char *const *value = config_key_values(i);
        if (!value) continue;
        printf("    %s=*) compadd --", name);
        for (; *value; value++) printf(" %s=%s", name, *value);
        puts("; return ;;");
    }
    puts("    esac\n"
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
        puts(takes_keys(c) ? "; _files -g '*.y(a|)ml' ;;" : "; _files ;;");
    }
    puts("    esac\n}\n_rote \"$@\"");
}

Status cmd_completion(const Args *args, Err *err) {
    if (!strcmp(args->words[0], "bash")) bash_script();
    else if (!strcmp(args->words[0], "zsh")) zsh_script();
    else return err_set(err, ERR_INPUT, "completion: '%s', allowed: bash, zsh", args->words[0]);
    return OK;
}
