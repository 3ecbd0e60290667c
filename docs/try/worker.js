/* The worker: trains in slices and looks at the model between them. A slice is `rote train --resume` that is asked to
 * stop after a second, as by Ctrl-C; the run goes on from its checkpoint with the same bits. So messages come through,
 * and what the page keeps is never older than a slice. Every figure comes from a command of the program. */
'use strict';
/* global runRote, createRote, FOLDER, npyRow */

const SLICE_MS = 1000;
const RUN = `${FOLDER}/run`;
const files = new Map();
let program, train = [], asked = null, looked = null, stopping = false;

class Refused extends Error {}

/* One command; what it says on a failure is the error. */
async function rote(words, tick) {
    const done = await runRote(createRote, program, files, words, tick);
    if (done.code === 0 || done.code === 85) return done;
    const lines = done.err.trim().split('\n');
    throw new Refused(lines[lines.length - 1] || `rote: ended with code ${done.code}`);
}

const textOf = (bytes) => new TextDecoder().decode(bytes);
const has = (path) => files.has(path);
const trained = () => [...files.keys()].some((path) => path.startsWith(`${RUN}/checkpoint-`));
const jsonLines = (bytes) => textOf(bytes).split('\n').filter(Boolean).map((line) => JSON.parse(line));

function post(kind, content = {}) {
    self.postMessage({kind, ...content});
}

function postMetrics(read) {
    try {
        post('metrics', {rows: jsonLines(read(`${RUN}/metrics.jsonl`))});
    } catch (error) {
        if (!(error instanceof SyntaxError) && error.name !== 'ErrnoError') throw error; /* half a line, or no file */
    }
}

/* ---- between two slices ---- */

/* The facts with what the model knows of each. */
async function evaluate() {
    const table = `${FOLDER}/per_fact.tsv`;
    files.delete(table);
    const done = await rote(['eval', 'run', '--per-fact', 'per_fact.tsv', '--json']);
    const rows = textOf(files.get(table)).trim().split('\n').slice(1).map((line) => line.split('\t'));
    files.delete(table);
    post('evaluation', {
        figures: JSON.parse(done.out),
        facts: rows.map(([, , tokens, prompt, bits, recalled, text]) => ({
            tokens: Number(tokens), prompt: Number(prompt), bits: Number(bits), recalled: recalled === '1', text})),
    });
}

/* The probabilities of the first symbol of the answer: the rows of `sample --explain` up to the next position. */
function firstStep(text) {
    const step = text.split(/^position /m)[1] || '';
    return {
        summary: (step.match(/sigma [0-9.]+, largest [0-9.]+ sigma above the mean, entropy [0-9.]+ bits/) || [''])[0],
        tokens: [...step.matchAll(/^[> ] (.*?) +([0-9.]+) +(?:[0-9.]+|-)$/gm)]
            .filter((row) => row[1].trim() !== 'candidates')
            .map((row) => ({text: row[1], p: Number(row[2])})),
    };
}

async function look() {
    looked = asked;
    if (!asked || !trained()) return;
    const {fact, prompt, row, layer, forced} = asked, hook = `blocks.${layer}.mlp.hook_post`;
    const greedy = ['--prompt', prompt, '--greedy'];
    const explained = await rote(['sample', 'run', ...greedy, '--explain']);
    const plain = JSON.parse((await rote(['sample', 'run', ...greedy, '--json'])).out);
    await rote(['neurons', 'dump', 'run', '--hook', hook, '--facts', String(fact), '--out', 'neurons.npy', '--force']);
    const values = npyRow(files.get(`${FOLDER}/neurons.npy`), row);
    files.delete(`${FOLDER}/neurons.npy`);
    let steered = null;
    if (forced.length) {
        const edits = forced.flatMap(({unit, value}) => ['--do', `${hook}[${unit}]=set:${value}`]);
        const both = JSON.parse((await rote(['neurons', 'steer', 'run', ...edits, ...greedy, '--json'])).out);
        steered = both.samples[0].with.text;
    }
    post('look', {asked, answer: plain.samples[0].text, steered, values: [...values], ...firstStep(explained.out)});
}

const keep = () => post('keep', {files: [...files], train});

async function trainInSlices() {
    stopping = false;
    for (let code = 85; code === 85 && !stopping;) {
        const began = performance.now();
        let posted = 0;
        const done = await rote(train, ({text, read, stop}) => {
            const now = performance.now();
            post('progress', {text});
            if (now - posted > 200) {
                postMetrics(read);
                posted = now;
            }
            if (now - began > SLICE_MS) stop();
        });
        code = done.code;
        postMetrics((path) => files.get(path));
        keep();
        await evaluate();
        await look();
        await new Promise((go) => { setTimeout(go, 0); }); /* messages */
    }
    post('rest', {done: has(`${RUN}/DONE`), result: has(`${RUN}/result.json`)
        ? JSON.parse(textOf(files.get(`${RUN}/result.json`))) : null});
}

/* ---- what the page asks for ---- */

const requests = {
    async open({module, kept}) {
        program = module;
        if (kept) {
            for (const [path, bytes] of kept.files) files.set(path, bytes);
            train = kept.train;
            postMetrics((path) => files.get(path));
            await evaluate();
        }
        const version = (await rote(['--version'])).out.trim();
        post('opened', {done: has(`${RUN}/DONE`), kept: Boolean(kept), version});
    },
    async begin({table, symbols, drawn, keys}) {
        files.clear();
        const facts = ['facts.kind=file', 'facts.path=facts'];
        if (drawn) {
            facts.splice(0, 2, 'facts.kind=triples', `facts.n=${drawn}`);
        } else {
            files.set(`${FOLDER}/facts.tsv`, new TextEncoder().encode(table));
            await rote(['facts', 'import', 'facts.tsv', '--no-header', '--prompt', '1', '--answer', '2',
                '--vocab', symbols, '--out', 'facts']);
            files.delete(`${FOLDER}/facts.tsv`);
        }
        train = ['train', ...facts, ...keys, '--out', 'run', '--resume'];
        post('plan', {plan: JSON.parse((await rote([...train.filter((word) => word !== '--resume'),
            '--dry-run', '--json'])).out)});
        await trainInSlices();
    },
    async resume() {
        await trainInSlices();
    },
};

/* One after the other, because all share the files. */
let last = Promise.resolve();
function inTurn(work) {
    last = last.then(work).catch((error) => {
        const ended = `The program ended: ${error.message || error}`;
        post('error', {text: error instanceof Refused ? error.message : ended});
    });
}

self.onmessage = ({data}) => {
    if (data.kind === 'stop') {
        stopping = true;
    } else if (data.kind === 'ask') {
        asked = data.asked;
        inTurn(() => (looked === asked ? null : look()));
    } else {
        inTurn(() => requests[data.kind](data));
    }
};
