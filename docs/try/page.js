/* The page: sends what the user chose to the worker, shows what comes back, keeps the run in IndexedDB. */
'use strict';
/* global tarOf */

const id = (name) => document.getElementById(name);
const make = (name, properties = {}) => Object.assign(document.createElement(name), properties);
const state = {files: [], facts: [], fact: 0, forced: new Set(), figures: {}};

/* ---- what is kept: one record in IndexedDB ---- */

const STORE = 'runs', KEY = 'last';

function database() {
    return new Promise((done, failed) => {
        const opening = indexedDB.open('rote', 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
        opening.onsuccess = () => done(opening.result);
        opening.onerror = () => failed(opening.error);
    });
}

/* work(store) begins a request; gives its result once the transaction is written. */
async function inStore(mode, work) {
    const base = await database();
    return new Promise((done, failed) => {
        const transaction = base.transaction(STORE, mode), request = work(transaction.objectStore(STORE));
        transaction.oncomplete = () => { base.close(); done(request.result); };
        transaction.onabort = transaction.onerror = () => { base.close(); failed(transaction.error); };
    });
}

function cannotKeep(error) {
    id('kept').textContent = `This browser keeps no run (${error.message}): it is lost when the tab is closed.`;
    id('kept').hidden = false;
}

async function keep(files, train) {
    try {
        await inStore('readwrite', (store) => store.put({files, train, form: state.form}, KEY));
        id('kept').hidden = false;
    } catch (error) {
        cannotKeep(error);
    }
}

/* ---- the form ---- */

const FIELDS = ['table', 'symbols', 'n', 'layers', 'width', 'steps', 'rate'];

const source = () => document.querySelector('input[name=source]:checked').value;

function formValues() {
    const values = Object.fromEntries(FIELDS.map((name) => [name, id(name).value]));
    return {source: source(), early: id('early').checked, ...values};
}

function fillForm(values) {
    for (const name of FIELDS) id(name).value = values[name];
    id('early').checked = values.early;
    document.querySelector(`input[name=source][value=${values.source}]`).checked = true;
    showSource();
}

function showSource() {
    id('own').hidden = source() !== 'own';
    id('drawn').hidden = source() !== 'drawn';
    id('n').disabled = source() !== 'drawn';
}

/* A line without a tab is divided at its first = sign; empty lines are no facts. */
function tableOf(text) {
    return text.split(/\r?\n/).filter((line) => line.trim())
        .map((line) => (line.includes('\t') ? line : line.replace(/\s*=\s*/, '\t')).trim()).join('\n') + '\n';
}

function keysOf(form) {
    return [`model.n_layer=${form.layers}`, `model.n_embd=${form.width}`, 'model.n_head=4',
        `train.max_steps=${form.steps}`, `train.learning_rate=${form.rate}`, 'train.eval_interval=20',
        ...(form.early ? ['train.stop_recall=1'] : [])];
}

/* ---- showing ---- */

function showError(text) {
    id('message').textContent = text;
    id('message').hidden = !text;
    if (text) id('message').scrollIntoView({block: 'nearest'});
}

function showFigures() {
    const f = state.figures, known = f.bits_per_param !== null && f.bits_per_param !== undefined;
    const recall = f.recall === undefined ? '' : f.recall.toFixed(2);
    const rows = [['step', f.step], ['recall', recall], ['parameters', f.params]];
    if (known) rows.push(['bits a parameter', f.bits_per_param.toFixed(3)]);
    else if (f.answer_bits)
        rows.push(['answers recalled, bits a parameter', (f.recall * f.answer_bits / f.params).toFixed(3)]);
    if (f.code_bits !== undefined) rows.push(['all facts coded, bits', Math.round(f.code_bits).toLocaleString('en')]);
    if (f.param_hash) rows.push(['hash of the parameters', f.param_hash]);
    id('figures').replaceChildren(...rows.map(([name, value]) => {
        const row = make('div');
        row.append(make('dt', {textContent: name}), make('dd', {textContent: value ?? ''}));
        row.classList.toggle('wide', String(value).length > 20);
        return row;
    }));
}

/* A line through points [x, y], with the largest values at the axes. */
function drawChart(svg, points, top) {
    const name = 'http://www.w3.org/2000/svg', right = 296, bottom = 104, left = 4, height = 96;
    const [last, now] = points.length ? points[points.length - 1] : [1, 0];
    const most = top || Math.max(1e-9, ...points.map((p) => p[1]));
    const element = (kind, attributes, text = '') => {
        const made = document.createElementNS(name, kind);
        for (const key of Object.keys(attributes)) made.setAttribute(key, attributes[key]);
        made.textContent = text;
        return made;
    };
    const across = (x) => (left + (right - left) * x / Math.max(1, last)).toFixed(1);
    const up = (y) => (bottom - height * y / most).toFixed(1);
    svg.replaceChildren(
        element('line', {x1: left, x2: right, y1: bottom, y2: bottom}),
        element('line', {x1: left, x2: left, y1: bottom - height, y2: bottom}),
        element('text', {x: left, y: bottom - height - 3}, most.toPrecision(3)),
        element('text', {x: right, y: bottom + 12, 'text-anchor': 'end'}, `step ${last}`),
        element('path', {d: points.length ? `M${points.map(([x, y]) => `${across(x)} ${up(y)}`).join(' L')}` : ''}));
    svg.setAttribute('aria-label', points.length ? `now ${now.toPrecision(3)}` : 'nothing yet');
}

function showMetrics(rows) {
    const every = Math.ceil(rows.length / 600);
    const losses = rows.filter((row) => row.loss_nats !== undefined);
    drawChart(id('loss'), losses.filter((row, i) => i % every === 0 || i === losses.length - 1)
        .map((row) => [row.step, row.loss_nats / Math.LN2]));
    drawChart(id('recall'), rows.filter((row) => row.eval).map((row) => [row.step, row.eval.recall]), 1);
}

/* Text facts are "question\tanswer" with the tab written \t; drawn ones are numbers. */
function promptOf(fact) {
    if (!fact.text.includes('\\t')) return fact.text.split(' ').slice(0, fact.prompt).join(' ');
    return fact.text.split('\\t')[0];
}

function showFacts(facts) {
    const before = state.facts.length;
    state.facts = facts;
    if (state.fact >= facts.length) state.fact = 0;
    if (before !== facts.length)
        id('squares').replaceChildren(
            ...facts.map((_, i) => make('button', {type: 'button', onclick: () => choose(i)})));
    facts.forEach((fact, i) => {
        const square = id('squares').children[i];
        const text = `${promptOf(fact)}: ${fact.recalled ? 'recalled' : 'not recalled'}`;
        square.className = fact.recalled ? 'known' : '';
        square.title = text;
        square.setAttribute('aria-label', text);
        square.setAttribute('aria-pressed', String(i === state.fact));
    });
    id('facts').hidden = id('look').hidden = false;
    id('question').textContent = promptOf(facts[state.fact]);
    if (before !== facts.length) ask();
}

function choose(fact) {
    state.fact = fact;
    id('answer').textContent = '…';
    showFacts(state.facts);
    ask();
}

/* ---- asking ---- */

function ask() {
    const fact = state.facts[state.fact];
    if (!fact) return;
    const bytes = state.symbols === 'bytes' && fact.text.includes('\\t');
    worker.postMessage({kind: 'ask', asked: {
        fact: state.fact,
        prompt: promptOf(fact) + (bytes ? '\t' : ''),
        row: fact.prompt,
        layer: Number(id('layer').value) || 0,
        forced: [...state.forced].map((unit) => ({unit, value: Number(id('value').value) || 0})),
    }});
    id('free').disabled = state.forced.size === 0;
}

function press(unit) {
    if (!state.forced.delete(unit)) state.forced.add(unit);
    ask();
}

function showNeurons(values) {
    const box = id('neurons'), most = Math.max(1e-9, ...values.map(Math.abs));
    if (box.children.length !== values.length)
        box.replaceChildren(...values.map((_, unit) => make('button', {type: 'button', onclick: () => press(unit)})));
    values.forEach((value, unit) => {
        const button = box.children[unit], on = state.forced.has(unit), text = `neuron ${unit}: ${value.toFixed(3)}`;
        button.style.setProperty('--active', Math.abs(value) / most);
        button.title = on ? `${text}, forced to ${id('value').value}` : text;
        button.setAttribute('aria-label', button.title);
        button.setAttribute('aria-pressed', String(on));
    });
}

function showLook({asked, answer, steered, values, tokens, summary}) {
    if (asked.fact !== state.fact) return;
    id('answer').textContent = answer || '(nothing)';
    id('forced').hidden = steered === null;
    id('steered').textContent = steered || '(nothing)';
    id('summary').textContent = summary && `Logits: ${summary}.`;
    id('tokens').replaceChildren(...tokens.map(({text, p}) => {
        const row = make('li'), bar = make('i');
        bar.style.width = `${100 * p}%`;
        row.append(make('span', {textContent: text, title: text}), bar, make('b', {textContent: p.toFixed(4)}));
        return row;
    }));
    showNeurons(values);
}

function showLayers(n) {
    id('layer').replaceChildren(...Array.from({length: n}, (_, i) => make('option', {value: i, textContent: i + 1})));
}

/* ---- the run ---- */

function training(on) {
    id('train').disabled = on;
    id('stop').hidden = !on;
    id('stop').disabled = false;
    id('again').disabled = on;
    id('run').hidden = false;
    if (on) id('resume').hidden = true;
}

function rest(done, result) {
    training(false);
    id('resume').hidden = done;
    id('download').disabled = state.files.length === 0;
    id('verify').hidden = !done;
    if (result) Object.assign(state.figures, {param_hash: result.param_hash, step: result.steps});
    id('progress').textContent = done && result ? `done: ${result.verdict} after ${result.steps} steps` : 'stopped';
    showFigures();
}

function start(form) {
    showError('');
    Object.assign(state, {files: [], facts: [], fact: 0, figures: {}, form, symbols: form.symbols});
    state.forced.clear();
    showLayers(Number(form.layers));
    showMetrics([]);
    showFigures();
    id('kept').hidden = id('verify').hidden = true;
    id('facts').hidden = id('look').hidden = true;
    id('progress').textContent = 'starting';
    training(true);
    worker.postMessage({kind: 'begin', table: tableOf(form.table), symbols: form.symbols,
        drawn: form.source === 'drawn' ? Number(form.n) : 0, keys: keysOf(form)});
}

function download() {
    const files = state.files.filter(([path]) => !path.endsWith('/lock'))
        .map(([path, bytes]) => [path.replace(/^\/\w+\//, ''), bytes]);
    const archive = tarOf(files, Math.floor(Date.now() / 1000));
    const link = make('a', {href: URL.createObjectURL(archive), download: 'rote-run.tar'});
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

const showMessage = {
    opened({version, kept, done}) {
        id('version').textContent = `${version}, in WebAssembly`;
        if (kept) rest(done, state.result);
        id('train').disabled = false;
    },
    plan({plan}) {
        Object.assign(state.figures, {params: plan.params});
        showFigures();
    },
    progress({text}) { id('progress').textContent = text; },
    metrics({rows}) {
        if (rows.length) state.figures.step = rows[rows.length - 1].step;
        showMetrics(rows);
        showFigures();
    },
    evaluation({figures, facts}) {
        Object.assign(state.figures, figures);
        showFigures();
        showFacts(facts);
    },
    look: showLook,
    keep({files, train}) {
        state.files = files;
        keep(files, train);
    },
    rest({done, result}) { rest(done, result); },
    error({text}) {
        showError(text);
        training(false);
        id('progress').textContent = 'not running';
        if (!state.files.length) id('run').hidden = true;
    },
};

/* ---- the beginning ---- */

async function wasmModule() {
    const packed = Uint8Array.from(atob(id('wasm').textContent), (c) => c.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
    return WebAssembly.compile(await new Response(stream).arrayBuffer());
}

const worker = new Worker(URL.createObjectURL(new Blob([id('worker').textContent], {type: 'text/javascript'})));
worker.onmessage = ({data}) => showMessage[data.kind](data);
worker.onerror = (event) => showError(`The program ended: ${event.message}`);

async function open() {
    let kept = null;
    try {
        kept = await inStore('readonly', (store) => store.get(KEY));
    } catch (error) {
        cannotKeep(error);
    }
    if (kept) {
        fillForm(kept.form);
        state.files = kept.files;
        id('kept').hidden = false;
        state.form = kept.form;
        state.symbols = kept.form.symbols;
        showLayers(Number(kept.form.layers));
        const result = kept.files.find(([path]) => path.endsWith('/run/result.json'));
        state.result = result ? JSON.parse(new TextDecoder().decode(result[1])) : null;
    }
    worker.postMessage({kind: 'open', module: await wasmModule(), kept});
}

id('setup').addEventListener('submit', (event) => {
    event.preventDefault();
    start(formValues());
});
document.querySelectorAll('input[name=source]').forEach((input) => input.addEventListener('change', showSource));
id('file').addEventListener('change', async () => {
    if (id('file').files[0]) id('table').value = await id('file').files[0].text();
});
id('stop').addEventListener('click', () => {
    id('stop').disabled = true;
    worker.postMessage({kind: 'stop'});
});
id('resume').addEventListener('click', () => {
    showError('');
    training(true);
    worker.postMessage({kind: 'resume'});
});
id('again').addEventListener('click', async () => {
    await inStore('readwrite', (store) => store.delete(KEY));
    location.reload();
});
id('download').addEventListener('click', download);
id('layer').addEventListener('change', () => {
    state.forced.clear();
    ask();
});
id('value').addEventListener('change', ask);
id('free').addEventListener('click', () => {
    state.forced.clear();
    ask();
});
showSource();
id('train').disabled = true;
open().catch((error) => showError(`This browser cannot run the program: ${error.message}`));
