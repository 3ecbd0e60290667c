/* Two file formats: .npy, read; .tar, written. */
'use strict';

/* One row of a matrix of float32 (NumPy's format, version 1: a header of text, then the numbers). */
function npyRow(bytes, row) {
    const headerSize = bytes[8] + 256 * bytes[9];
    const header = new TextDecoder().decode(bytes.subarray(10, 10 + headerSize));
    const [rows, columns] = header.match(/\((\d+), (\d+)\)/).slice(1).map(Number);
    const at = 10 + headerSize + 4 * columns * Math.min(row, rows - 1);
    return new Float32Array(bytes.slice(at, at + 4 * columns).buffer);
}

/* files: [path without a leading slash, bytes]. POSIX ustar: a header of 512 bytes for each file. */
function tarOf(files, seconds) {
    const encoder = new TextEncoder(), parts = [];
    for (const [path, bytes] of files) {
        const head = new Uint8Array(512);
        const put = (text, at) => head.set(encoder.encode(text), at);
        const octal = (number, digits) => number.toString(8).padStart(digits, '0');
        put(path, 0);
        put('0000644', 100);
        put('0000000', 108);
        put('0000000', 116);
        put(octal(bytes.length, 11), 124);
        put(octal(seconds, 11), 136);
        put('        ', 148); /* of the checksum, which counts as blanks */
        put('0', 156);
        put('ustar\u000000', 257);
        put(`${octal(head.reduce((sum, byte) => sum + byte, 0), 6)}\u0000 `, 148);
        parts.push(head, bytes, new Uint8Array((512 - bytes.length % 512) % 512));
    }
    return new Blob([...parts, new Uint8Array(1024)], {type: 'application/x-tar'});
}

if (typeof module === 'object') module.exports = {npyRow, tarOf};
