/* The program as a function: each command runs in a new instance, as a shell starts a new process. Between commands its
 * files are a Map from paths to bytes. */
'use strict';

/* Reads all files below a folder of an instance. */
function readTree(fs, folder, files) {
    for (const name of fs.readdir(folder)) {
        if (name === '.' || name === '..') continue;
        const path = `${folder}/${name}`;
        if (fs.isDir(fs.stat(path).mode)) readTree(fs, path, files);
        else files.set(path, fs.readFile(path));
    }
}

function writeTree(fs, files) {
    for (const [path, bytes] of files) {
        fs.mkdirTree(path.slice(0, path.lastIndexOf('/')));
        fs.writeFile(path, bytes);
    }
}

/*   createRote   what emcc made
 *   module       a WebAssembly.Module
 *   files        Map: all files below FOLDER; changed by the command
 *   tick         called at each progress line with {text, read(path), stop()}; may be missing
 * Gives {code, out, err}: the exit code and what was printed. */
const FOLDER = '/w';
const RETURN = 13, BRACKET = 91, ERASE = 75;
const MEMORY_KIB = 2 * 1024 * 1024 - 64 * 1024; /* of what an instance may have, some for the program and its stack */
async function runRote(createRote, module, files, words, tick) {
    const decoder = new TextDecoder(), bytes = {out: [], err: []};
    const text = (list) => decoder.decode(new Uint8Array(list));
    let line = [];
    const instance = await createRote({
        noInitialRun: true,
        instantiateWasm(imports, done) {
            WebAssembly.instantiate(module, imports).then(done);
            return {};
        },
        quit() {},
    });
    const fs = instance.FS;
    fs.writeFile('/proc/meminfo', `MemAvailable: ${MEMORY_KIB} kB\n`); /* where the program looks before it trains */
    fs.mkdirTree(FOLDER);
    writeTree(fs, files);
    fs.chdir(FOLDER);
    const collect = (list) => ({
        put_char(tty, c) { if (c !== null) list.push(c); },
        fsync() {},
        flush() {},
    });
    Object.assign(instance.TTY.default_tty_ops, collect(bytes.out));
    Object.assign(instance.TTY.default_tty1_ops, collect(bytes.err), {
        put_char(tty, c) { /* a progress line begins with a return, ends with ESC [ K, and is drawn again */
            if (c === RETURN) line = [];
            else bytes.err.push(c);
            line.push(c);
            if (!tick || c !== ERASE || line[line.length - 2] !== BRACKET) return;
            const shown = text(line.slice(0, -3)).trim();
            tick({text: shown, read: (path) => fs.readFile(path),
                stop: () => { instance.HEAP32[instance._stop_requested >> 2] = 1; }});
        },
    });
    let code;
    try {
        code = instance.callMain(words);
    } catch (error) {
        if (error.name !== 'ExitStatus') throw error;
        code = error.status;
    }
    files.clear();
    readTree(fs, FOLDER, files);
    return {code, out: text(bytes.out), err: text(bytes.err).replace(/\x1b\[K/g, '')};
}

if (typeof module === 'object') module.exports = {runRote, FOLDER};
