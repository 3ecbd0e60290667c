/* How long the page needs in a headless Chromium, from its opening: a line "MIB FIRST ALL" with the size of its file, the
 * seconds until it shows bits a parameter, and those until 100 facts are recalled.
 *   node first_figure.js BUILT SCRATCH */
'use strict';
const fs = require('fs');
const path = require('path');
const {browse} = require('./chromium.js');

async function main(built, scratch) {
    const file = path.resolve(built, 'rote.html');
    const browser = browse(path.join(scratch, 'profile'));
    const blank = await browser.open('about:blank', 1100, 900); /* the browser is there before the page */
    await blank.until('true', 60);
    const began = Date.now(), since = () => ((Date.now() - began) / 1000).toFixed(1);
    const tab = await browser.open(`file://${file}`, 1100, 900);
    await tab.until('id("version").textContent !== ""', 60);
    await tab.run('id("train").click()');
    await tab.until('id("figures").textContent.includes("bits a parameter")', 60);
    const first = since();
    await tab.until('state.figures.recall === 1', 120);
    console.log((fs.statSync(file).size / 1048576).toFixed(1), first, since());
    await browser.close();
}

main(...process.argv.slice(2)).catch((error) => {
    console.error(error.message);
    process.exit(1);
});
