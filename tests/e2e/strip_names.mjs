// Drops what only a debugger reads from WebAssembly modules: the names of functions and of their makers.
// The page is taken apart by its names, which are more than half of its module.
//
//   node strip_names.mjs FILE.wasm …
import { readFile, writeFile } from 'node:fs/promises';

const HEADER_BYTES = 8;
const CUSTOM_SECTION = 0;
const UNREAD = ['name', 'producers'];

for (const path of process.argv.slice(2)) {
  const module = await readFile(path);
  await writeFile(path, Buffer.concat([module.subarray(0, HEADER_BYTES), ...keptSections(module)]));
}

function* keptSections(module) {
  for (let start = HEADER_BYTES, end; start < module.length; start = end) {
    const [bytes, content] = readNumber(module, start + 1);
    end = content + bytes;
    if (module[start] !== CUSTOM_SECTION || !UNREAD.includes(readText(module, content))) yield module.subarray(start, end);
  }
}

function readText(module, at) {
  const [bytes, text] = readNumber(module, at);
  return module.toString('utf8', text, text + bytes);
}

/** An unsigned LEB128 number, and where the next thing begins. */
function readNumber(module, at) {
  let number = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = module[at++];
    number += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [number, at];
  }
}
