/* What the tests of WebAssembly share: each test is a line of output. */
'use strict';
const path = require('path');
const {spawnSync} = require('child_process');

function expect(name, holds, otherwise = '') {
    console.log(holds ? `ok ${name}` : `not ok ${name}: ${String(otherwise).slice(0, 400)}`);
}

/* The native program in a folder, with the terminal's width of WebAssembly's. */
function native(rote, folder, words, environment = {}) {
    const done = spawnSync(rote, words,
        {cwd: folder, encoding: 'utf8', env: {...process.env, OMP_NUM_THREADS: '1', ...environment}});
    return {code: done.status, out: done.stdout, err: done.stderr};
}

/* The same where it may have as much memory as in a browser. */
const BROWSER_BYTES = 2 * 1024 ** 3 - 48 * 1024 ** 2;
const nativeOfBrowser = (rote, folder, words) =>
    native('prlimit', folder, [`--as=${BROWSER_BYTES}`, path.resolve(rote), ...words]);

/* Runs all of a test; its last line says that it came to its end. */
async function all(work) {
    try {
        await work();
        console.log('end');
    } catch (error) {
        console.log(`not ok ${String(error.stack).slice(0, 800)}`);
    }
}

module.exports = {expect, native, nativeOfBrowser, all};
