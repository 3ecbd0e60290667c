/* The program in WebAssembly against the native one, in node: the same commands give the same bytes and words.
 *   node program.js BUILT ROTE SCRATCH */
'use strict';
const fs = require('fs');
const path = require('path');
const {runRote, FOLDER} = require('../../docs/try/run.js');
const {expect, native, nativeOfBrowser, all} = require('./tests.js');

const [built, rote, scratch] = process.argv.slice(2);

/* emcc's file has no ending that node knows. */
function loadProgram() {
    const made = {exports: {}}, text = fs.readFileSync(path.join(built, 'rote'), 'utf8');
    const load = new Function('module', 'exports', 'require', '__dirname', '__filename', text);
    load(made, made.exports, require, built, built);
    return made.exports;
}

const FACTS = 'France\tParis\nItaly\tRome\nSpain\tMadrid\nPeru\tLima\nJapan\tTokyo\nIndia\tNew Delhi\n';
const IMPORT = ['facts', 'import', 'facts.tsv', '--no-header', '--prompt', '1', '--answer', '2', '--vocab', 'words',
    '--out', 'facts'];
const TRAIN = ['train', 'facts.kind=file', 'facts.path=facts', 'model.n_layer=1', 'model.n_embd=16', 'model.n_head=4',
    'train.learning_rate=0.01', 'train.max_steps=900', 'train.eval_interval=100', '--out', 'run', '--resume'];
const SAME = ['result.json', 'metrics.jsonl', 'config.yaml', 'checkpoint-000000900.safetensors'];

all(async () => {
    const createRote = loadProgram();
    const module = await WebAssembly.compile(fs.readFileSync(path.join(built, 'rote.wasm')));
    const files = () => new Map([[`${FOLDER}/facts.tsv`, Buffer.from(FACTS)]]);
    const run = (tree, words, tick) => runRote(createRote, module, tree, words, tick);
    fs.writeFileSync(path.join(scratch, 'facts.tsv'), FACTS);
    const same = (tree, name) => {
        const here = tree.get(`${FOLDER}/run/${name}`);
        return here && Buffer.compare(Buffer.from(here), fs.readFileSync(path.join(scratch, 'run', name))) === 0;
    };

    for (const words of [IMPORT, TRAIN]) {
        const done = native(rote, scratch, words);
        expect(`native ${words[0]}`, done.code === 0, done.err);
    }
    const whole = files();
    await run(whole, IMPORT);
    const trained = await run(whole, TRAIN);
    expect('a run in one piece', trained.code === 0, trained.err);
    for (const name of SAME) expect(`one piece, ${name}`, same(whole, name), 'other bytes');

    const cut = files();
    let slices = 0, code = 85;
    await run(cut, IMPORT);
    for (; code === 85 && slices < 200; slices++)
        ({code} = await run(cut, TRAIN, ({stop}) => stop()));
    expect('a run in slices', code === 0 && slices > 1, `code ${code} after ${slices} slices`);
    for (const name of SAME) expect(`in slices, ${name}`, same(cut, name), 'other bytes');
    const names = (tree) => [...tree.keys()].sort().join();
    expect('no slice leaves a file', names(cut) === names(whole), names(cut));

    /* Bad input, in the program's words; the first is the same in both. */
    const wrong = [
        ['train', 'model.n_embd=17', 'model.n_head=4', '--out', 'no'],
        ['train', 'train.bogus=1', '--out', 'no'],
        ['facts', 'import', 'none.tsv', '--out', 'no'],
        ['eval', 'run', '--json', '--bogus'],
        ['neurons', 'steer', 'run', '--do', 'blocks.7.mlp.hook_post[0]=zero', '--prompt', 'France', '--greedy'],
    ];
    for (const words of wrong) {
        const here = await run(whole, words), there = native(rote, scratch, words);
        expect(`refused: ${words.join(' ')}`, here.code === there.code && here.code === 2 && here.err === there.err,
            `${here.code} ${here.err} natively ${there.code} ${there.err}`);
    }
    /* Too large by the estimate: the same figures. */
    const large = [
        ['train', 'model.n_embd=1536', 'model.n_layer=5', 'model.n_head=4', 'train.max_steps=1', '--out', 'no'],
        ['facts', 'make', 'facts.n=60000000', '--out', 'no'],
    ];
    for (const words of large) {
        const here = await run(whole, words), there = nativeOfBrowser(rote, scratch, words);
        expect(`too large: ${words.join(' ')}`, here.code === 2 && there.code === 2 && here.err === there.err
            && /need.* of memory, 1\.9 GiB are available/.test(here.err), `${here.err} natively ${there.err}`);
    }
    /* Memory that ends all the same: here the browser gives no more, there no large allocation succeeds. */
    const grow = WebAssembly.Memory.prototype.grow;
    WebAssembly.Memory.prototype.grow = function (pages) {
        if (this.buffer.byteLength + 65536 * pages > 40 * 1024 ** 2) throw new RangeError('no more');
        return grow.call(this, pages);
    };
    const scarce = {LD_PRELOAD: path.join(scratch, 'allocations.so'), ALLOCATION_LARGEST: String(16 * 1024 ** 2),
        GOMP_SPINCOUNT: '1000'}; /* with it the program does not start itself again, without what is preloaded */
    for (const words of [['facts', 'make', 'facts.n=1000000', '--out', 'no'],
        ['train', 'facts.n=1000000', 'model.n_embd=8', '--out', 'no', '--quiet']]) {
        const here = await run(whole, words), there = native(rote, scratch, words, scarce);
        expect(`no memory: ${words.join(' ')}`, here.code === 1 && there.code === 1 && here.err === there.err
            && /no memory for 1000000 facts/.test(here.err), `${here.code} ${here.err} natively ${there.code} ${there.err}`);
    }
    WebAssembly.Memory.prototype.grow = grow;

    const absent = [
        [['train', 'train.gemm=openblas', '--out', 'no'], 2, /cannot be loaded/],
        [['neurons', 'atlas', 'run', '--class', 'x=regex:a'], 2, /no PCRE2/],
    ];
    for (const [words, code, text] of absent) {
        const done = await run(whole, words);
        expect(`absent: ${words.join(' ')}`, done.code === code && text.test(done.err), `${done.code} ${done.err}`);
    }
});
