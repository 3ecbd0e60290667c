/* The page in a headless Chromium, as its user sees it.
 *   node page.js BUILT ROTE SCRATCH */
'use strict';
const fs = require('fs');
const path = require('path');
const {execFileSync} = require('child_process');
const {browse} = require('./chromium.js');
const {expect, native, nativeOfBrowser, all} = require('./tests.js');

const [built, rote, scratch] = process.argv.slice(2);
const url = `file://${path.resolve(built, 'rote.html')}`;
const READY = 'document.getElementById("version") && id("version").textContent !== ""';
const DONE = 'id("progress").textContent.startsWith("done")';

async function trainAndForce(tab) {
    await tab.until(READY, 60);
    const began = Date.now();
    await tab.run('id("train").click()');
    await tab.until(DONE, 120);
    await tab.until('state.figures.recall === 1 && id("answer").textContent === "Paris"', 20);
    const seconds = (Date.now() - began) / 1000;
    console.log(`100 facts recalled after ${seconds.toFixed(1)} s`);
    expect('L1 d16 recalls 100 facts within 20 s', seconds <= 20, seconds);
    expect('every square is filled', await tab.run('document.querySelectorAll("#squares .known").length') === 100);
    await tab.run('for (let i = 0; i < 64; i += 2) id("neurons").children[i].click()');
    await tab.until('!id("forced").hidden && id("steered").textContent !== id("answer").textContent', 20);
    expect('forced neurons change the answer', true);
    await tab.run('id("free").click()');
    await tab.until('id("forced").hidden', 20);
    expect('freed neurons give the answer back', await tab.run('id("answer").textContent') === 'Paris');
}

async function download(tab, folder) {
    fs.mkdirSync(folder);
    await tab.tab('Browser.setDownloadBehavior', {behavior: 'allow', downloadPath: folder});
    await tab.run('id("download").click()');
    const file = path.join(folder, 'rote-run.tar');
    for (let i = 0; i < 100 && !fs.existsSync(file); i++) await new Promise((go) => { setTimeout(go, 100); });
    execFileSync('tar', ['xf', 'rote-run.tar'], {cwd: folder});
    const verified = native(rote, folder, ['verify', 'run']);
    const same = verified.code === 0 && /the same/.test(verified.out);
    expect('the native program verifies the download', same, verified.err);
    return JSON.parse(fs.readFileSync(path.join(folder, 'run', 'result.json'))).param_hash;
}

/* tests/one_hash in a page of its own. */
async function oneHash(browser) {
    const file = path.join(scratch, 'one_hash.html');
    const program = fs.readFileSync(path.join(built, 'tests/one_hash'), 'utf8');
    const before = 'var lines = [], Module = {print: (line) => lines.push(line)};';
    fs.writeFileSync(file, `<meta charset="utf-8"><script>${before}</script><script>${program}</script>`);
    const tab = await browser.open(`file://${path.resolve(file)}`, 800, 600);
    await tab.until('lines.length === 4', 600);
    const lines = (await tab.run('lines')).join('\n');
    const golden = fs.readFileSync('tests/one_hash.golden', 'utf8').trim();
    expect('one_hash', lines === golden, lines);
}

/* A browser is ended in the middle of a run; opened again, the page goes on. */
async function resume(profile, hash) {
    const choose = 'id("symbols").value = "bytes"; id("steps").value = 60; id("train").click()';
    let browser = browse(profile), tab = await browser.open(url, 390, 844, true);
    await tab.until(READY, 60);
    await tab.run(choose);
    await tab.until('state.figures.step >= 5 && state.files.length > 0 && id("neurons").children.length > 0', 60);
    await browser.kill();
    browser = browse(profile);
    tab = await browser.open(url, 390, 844, true);
    await tab.until(READY, 60);
    const step = await tab.run('state.figures.step');
    expect('what was trained is there again', step >= 5 && step < 60, step);
    await tab.run('id("resume").click()');
    await tab.until(DONE, 200);
    const ended = await tab.run('state.figures.param_hash');
    expect('it ends with the bits of a run that nobody ended', hash() === ended, ended);
    expect('nothing is wider than a phone', await tab.run('document.documentElement.scrollWidth') <= 390);
    await browser.close();
}

/* What is refused, in the words of the command line. */
async function refusals(tab) {
    await tab.run('id("again").click()');
    await tab.until(`${READY} && id("run").hidden`, 60);
    const folder = path.join(scratch, 'refused');
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, 'facts.tsv'), 'no answer here\n');
    const imported = native(rote, folder, ['facts', 'import', 'facts.tsv', '--no-header', '--prompt', '1', '--answer', '2',
        '--vocab', 'words', '--out', 'facts']);
    const large = nativeOfBrowser(rote, folder, ['train', 'facts.kind=triples', 'facts.n=100', 'model.n_layer=5',
        'model.n_embd=1536', 'model.n_head=4', 'train.max_steps=1000', 'train.learning_rate=0.01', '--out', 'run']);
    const cases = [
        ['bad input', 'id("table").value = "no answer here"', imported],
        ['too large a model', `document.querySelector("[value=drawn]").click(); id("width").max = id("layers").max = "";
            id("width").value = 1536; id("layers").value = 5`, large],
    ];
    for (const [name, choose, {code, err}] of cases) {
        await tab.run(`${choose}; id("train").click()`);
        await tab.until('!id("message").hidden', 20);
        const message = await tab.run('id("message").textContent');
        expect(`${name}: the words of the command line`, code === 2 && `${message}\n` === err, `${message} natively ${err}`);
    }
}

all(async () => {
    const browser = browse(path.join(scratch, 'profile'));
    const tab = await browser.open(url, 1100, 900);
    await trainAndForce(tab);
    const hash = await download(tab, path.join(scratch, 'download'));
    expect('its hash is on the page', await tab.run('state.figures.param_hash') === hash);
    const asked = browser.heard.filter((event) => event.method === 'Network.requestWillBeSent')
        .map((event) => event.params.request.url).filter((address) => address !== url && !address.startsWith('blob:'));
    expect('no request', asked.length === 0, asked);
    expect('no error in the console', !browser.heard.some((event) => event.method === 'Runtime.exceptionThrown'));
    await refusals(tab);
    await oneHash(browser);
    await browser.close();
    await resume(path.join(scratch, 'profile2'), () => {
        const folder = path.join(scratch, 'undisturbed');
        const table = fs.readFileSync(path.join(__dirname, '../../docs/try/facts.txt'), 'utf8');
        fs.mkdirSync(folder);
        fs.writeFileSync(path.join(folder, 'facts.tsv'), table.replace(/ = /g, '\t'));
        native(rote, folder, ['facts', 'import', 'facts.tsv', '--no-header', '--prompt', '1', '--answer', '2',
            '--out', 'facts']);
        native(rote, folder, ['train', 'facts.kind=file', 'facts.path=facts', 'model.n_layer=1', 'model.n_embd=16',
            'model.n_head=4', 'train.max_steps=60', 'train.learning_rate=0.01', 'train.eval_interval=20',
            'train.stop_recall=1', '--out', 'run']);
        return JSON.parse(fs.readFileSync(path.join(folder, 'run', 'result.json'))).param_hash;
    });
});
