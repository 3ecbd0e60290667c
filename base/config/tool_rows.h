/* The rows of the key table for one tool of the list `tools`: TOOL_KEY(name after "tools.N.", field of ToolConfig,
 * KeyType, non-zero fields of Key). Included once for each tool, and by keys.h to count the rows, so there is no
 * include guard. */
TOOL_KEY("tool", tool, KEY_ENUM, .initial = "calculator", .choices = tool_kinds,
         .help = "what is called: exact integers, a table of keys and values, or a program of your own")
TOOL_KEY("layer", layer, KEY_INT, .initial = "1", FROM_TO(0, 512), .also = "block",
         .help = "number of blocks before the stage that calls; 0: behind the embedding. All tools share it")
TOOL_KEY("args", args, KEY_TEXT, .initial = "", .also = "arguments",
         .help = "types of its arguments, joined by +: run (symbols of one class), token, span, prompt (all "
                 "since BOS); also NAME:TYPE")
TOOL_KEY("call", call, KEY_ENUM, .initial = "stage", .choices = tool_callings,
         .help = "how the model calls: by a stage behind a block, or by tokens that it generates")
TOOL_KEY(
    "train", train, KEY_ENUM, .initial = "labelled", .choices = tool_trainings,
    .help =
        "what teaches calls: the facts' fields; else all calls that are right, or the answer with a mean of "
        "all results or a drawn one")
TOOL_KEY("own_from", own_from, KEY_DOUBLE, .initial = "1", FROM_TO(0, 1),
         .help = "share of the steps after which the model's own calls are answered in training; before: the "
                 "true ones")
TOOL_KEY("max_calls", max_calls, KEY_INT, .initial = "1", FROM_TO(1, 1000000),
         .help = "maximum number of calls in one sequence")
TOOL_KEY("weight", weight, KEY_DOUBLE, .initial = "1", FROM_TO(0, 1e6), .also = "lambda",
         .help = "weight of the cross-entropy of its calls and arguments in the loss")
TOOL_KEY("gate", gate, KEY_ENUM, .initial = "none", .choices = tool_gates,
         .help =
             "learned: what is written is multiplied by a number from 0 to 1 that the model reads off its "
             "row")
TOOL_KEY(
    "cost", cost, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1e6), .also = "price",
    .help = "bits that a call adds to the loss, where the model can avoid it: by a gate, a mixture, a draw")
TOOL_KEY("attributes", attributes, KEY_RANGE, .initial = "1-65536", FROM_TO(1, 65536),
         .help = "attributes of a fact that it serves, counted from 1; the weights must know the others")
TOOL_KEY("command", command, KEY_WORDS, .initial = "[]", .also = "program",
         .help = "program: its words, such as [bc, -q]; no shell reads them. Only --allow-program starts it")
TOOL_KEY("protocol", protocol, KEY_ENUM, .initial = "lines", .choices = tool_protocols,
         .help = "program: lines (one line out, one back) or mcp (Model Context Protocol over stdio)")
TOOL_KEY("ask", ask, KEY_TEXT, .initial = "", .also = "template",
         .help = "protocol lines: the line to send, such as {a}{op}{b}, where {NAME} stands for an argument")
TOOL_KEY("name", name, KEY_TEXT, .initial = "",
         .help = "protocol mcp: the server's name of the tool; empty: its only one")
TOOL_KEY("timeout", timeout, KEY_DOUBLE, .initial = "10", FROM_TO(0.001, 3600),
         .help = "program: seconds that one call may take; then its result is none")
TOOL_KEY("file", file, KEY_PATH, .initial = "", .free = true, .sets = "tools.N.file_hash",
         .help = "store: a SQLite file of your own, with its query; empty: the facts' own answers")
TOOL_KEY("query", query, KEY_TEXT, .initial = "", .also = "sql",
         .help = "store: one row of one value, such as select v from t where k = :a")
TOOL_KEY("file_hash", file_hash, KEY_TEXT, .initial = "",
         .help = "hash of what the file holds; filled in. If it is given, the file must have it")
