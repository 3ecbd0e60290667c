/* The manual page rote(1), in roff, from the tables that parse the command line and the config. */
#include "cli/help/man.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text_stream.h"
#include "cli/common/args.h"
#include "cli/common/version.h"

/* Literal text: characters that begin a request or an escape of roff are escaped. */
static void put(const char *text, bool at_begin) {
    for (; *text; text++) {
        if (at_begin && (*text == '.' || *text == '\'')) fputs("\\&", stdout);
        if (*text == '\\') fputs("\\e", stdout);
        else if (*text == '-') fputs("\\-", stdout);
        else putchar(*text);
        at_begin = *text == '\n';
    }
}

static void put_command(const Command *c) {
    printf(".SS \"rote %s", c->name);
    if (*c->words) putchar(' ');
    put(c->words, false);
    puts("\"");
    put(c->summary, true);
    putchar('\n');
    for (const Option *o = c->options; o->name; o++) {
        fputs(".TP\n\\fB\\-\\-", stdout);
        put(o->name, false);
        fputs("\\fR", stdout);
        if (o->value) printf(" \\fI");
        if (o->value) put(o->value, false);
        puts(o->value ? "\\fR" : "");
        put(o->help, true);
        putchar('\n');
    }
}

/* The text of `rote help keys`. */
static Status put_keys(Err *err) {
    TextStream *keys;
    char *text;
    TRY(text_begin(&keys, err));
    config_help_all(text_file(keys));
    TRY(text_end(keys, &text, NULL, err));
    puts(".SH CONFIG KEYS\n"
         "A config file has sections with these keys; on a command line a key is written "
         "\\fIsection.key=value\\fR.\n.PP\n.nf");
    put(text, true);
    puts(".fi");
    free(text);
    return OK;
}

Status man_page(const Command *const *table, Err *err) {
    printf(".TH ROTE 1 \"\" \"rote %s\"\n", ROTE_VERSION);
    puts(".SH NAME\nrote \\- measures how many bits a small transformer memorizes\n"
         ".SH SYNOPSIS\n\\fBrote\\fR \\fICOMMAND\\fR ...\n.SH COMMANDS");
    for (; *table; table++) put_command(*table);
    TRY(put_keys(err));
    puts(".SH EXIT STATUS\n"
         ".TP\n0\ndone\n.TP\n1\nfailed\n.TP\n2\nbad input; nothing is written\n"
         ".TP\n85\nstopped by a signal at the end of a step; \\-\\-resume continues\n"
         ".TP\n130, 143\nended by a second signal");
    return OK;
}
