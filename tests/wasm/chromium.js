/* Headless Chromium for tests, over its debugging pipe: no package is needed. */
'use strict';
const {spawn} = require('child_process');

/* Opens a browser with the profile folder given, so that what a page keeps is there when it is opened again. */
function browse(profile, arguments_ = []) {
    const child = spawn('chromium', ['--headless=new', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe',
        '--no-first-run', '--disable-background-networking', `--user-data-dir=${profile}`, ...arguments_],
    {stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe']});
    const waiting = new Map(), heard = [];
    let next = 1, rest = '';
    child.stdio[4].setEncoding('utf8');
    child.stdio[4].on('data', (text) => {
        const parts = (rest + text).split('\0');
        rest = parts.pop();
        for (const message of parts.map((part) => JSON.parse(part))) {
            if (!message.id) heard.push(message);
            else if (message.error) waiting.get(message.id).failed(new Error(message.error.message));
            else waiting.get(message.id).done(message.result);
        }
    });
    const send = (method, params = {}, sessionId) => new Promise((done, failed) => {
        waiting.set(next, {done, failed});
        child.stdio[3].write(`${JSON.stringify({id: next++, method, params, sessionId})}\0`);
    });

    /* A tab of the size given; run(text) evaluates an expression in it, await included. */
    async function open(url, width, height, dark = false) {
        const {targetId} = await send('Target.createTarget', {url: 'about:blank'});
        const {sessionId} = await send('Target.attachToTarget', {targetId, flatten: true});
        const tab = (method, params) => send(method, params, sessionId);
        const run = async (expression) => {
            const got = await tab('Runtime.evaluate', {expression, awaitPromise: true, returnByValue: true});
            if (got.exceptionDetails) throw new Error(JSON.stringify(got.exceptionDetails).slice(0, 500));
            return got.result.value;
        };
        await tab('Network.enable');
        await tab('Runtime.enable');
        await tab('Emulation.setDeviceMetricsOverride', {width, height, deviceScaleFactor: 1, mobile: width < 500});
        const colors = {name: 'prefers-color-scheme', value: dark ? 'dark' : 'light'};
        await tab('Emulation.setEmulatedMedia', {features: [colors]});
        await tab('Page.enable');
        await tab('Page.navigate', {url});
        return {
            run,
            tab,
            /* Waits until an expression is true; fails after some seconds with what the page says. */
            async until(expression, seconds) {
                for (const end = Date.now() + 1000 * seconds; Date.now() < end;) {
                    if (await run(expression).catch(() => false)) return;
                    await new Promise((go) => { setTimeout(go, 100); });
                }
                const text = await run('document.body.innerText.slice(0, 600)');
                throw new Error(`not within ${seconds} s: ${expression}; the page: ${text}`);
            },
            async picture(path) {
                const {data} = await tab('Page.captureScreenshot', {captureBeyondViewport: true});
                require('fs').writeFileSync(path, Buffer.from(data, 'base64'));
            },
            close: () => send('Target.closeTarget', {targetId}),
        };
    }
    return {
        open,
        heard,
        send,
        /* As a power cut ends it. */
        kill: () => new Promise((done) => {
            child.on('exit', done);
            child.kill('SIGKILL');
        }),
        close: () => new Promise((done) => {
            child.on('exit', done);
            send('Browser.close').catch(() => {});
        }),
    };
}

module.exports = {browse};
