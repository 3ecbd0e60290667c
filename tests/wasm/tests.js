/* What the tests of WebAssembly share: each test is a line of output. */
'use strict';
const {spawnSync} = require('child_process');

function expect(name, holds, otherwise = '') {
    console.log(holds ? `ok ${name}` : `not ok ${name}: ${String(otherwise).slice(0, 400)}`);
}

/* The native program in a folder, with the terminal's width of WebAssembly's. */
function native(rote, folder, words) {
    const done = spawnSync(rote, words, {cwd: folder, encoding: 'utf8', env: {...process.env, OMP_NUM_THREADS: '1'}});
    return {code: done.status, out: done.stdout, err: done.stderr};
}

/* Runs all of a test; its last line says that it came to its end. */
async function all(work) {
    try {
        await work();
        console.log('end');
    } catch (error) {
        console.log(`not ok ${String(error.stack).slice(0, 800)}`);
    }
}

module.exports = {expect, native, all};
