// GPT-2's own tokenizer through the page: a small random model with its vocabulary, chosen as a learner chooses files, and
// every recorded text cut up by the worker and read off the page. Run by hand; the files are not part of the project:
//
//   node encodings.mjs FOLDER          FOLDER: vocab.json, merges.txt, encodings.json (a list of { text, ids })
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { BROWSER_FLAGS, findBrowser } from './browser.mjs';
import { startServer } from './server.mjs';

const CONFIG = { model_type: 'gpt2', vocab_size: 50_257, n_positions: 1024, n_embd: 8, n_layer: 1, n_head: 2 };

const folder = argv[2];
const records = JSON.parse(await readFile(join(folder, 'encodings.json'), 'utf8'));
const vocabulary = JSON.parse(await readFile(join(folder, 'vocab.json'), 'utf8'));
const site = await startServer({ root: fileURLToPath(new URL('../../dist', import.meta.url)) });
const browser = await chromium.launch({ executablePath: findBrowser(), args: BROWSER_FLAGS });
const page = await browser.newPage();

await loadModel();
const pieces = decoder(vocabulary);
// A field turns a carriage return into a new line, and an empty one asks nothing.
const typed = records.filter(({ text }) => text !== '' && !text.includes('\r'));
let wrong = 0;
for (const { text, ids } of typed) {
  const expected = ids.map((id) => visible(pieces(id)));
  const found = await tokensOf(text, expected);
  if (JSON.stringify(found) === JSON.stringify(expected)) continue;
  wrong += 1;
  console.log(JSON.stringify({ text, expected, found }));
}
console.log(`${typed.length - wrong} of ${typed.length} texts are cut into the recorded tokens (${records.length - typed.length} cannot be typed)`);
await browser.close();
await site.close();
exit(wrong === 0 ? 0 : 1);

/** The model's files, chosen in the lab. */
async function loadModel() {
  const files = await mkdtemp(join(tmpdir(), 'warmup-encodings-'));
  await writeFile(join(files, 'config.json'), JSON.stringify(CONFIG));
  await writeFile(join(files, 'model.safetensors'), weights());
  await page.goto(new URL('?device=cpu#/lab', site.url).href);
  await page.locator('[data-testid=engine-status][data-state=ready]').waitFor({ timeout: 60_000 });
  await page.locator('[data-testid=own-model] > summary').click();
  const names = ['config.json', 'model.safetensors'].map((name) => join(files, name));
  await page.getByTestId('own-model-files').setInputFiles([...names, join(folder, 'vocab.json'), join(folder, 'merges.txt')]);
  await page.getByTestId('own-model-load').click();
  await page.locator('[data-testid=engine-status][data-model="your model"][data-state=ready]').waitFor({ timeout: 60_000 });
  await page.evaluate(() => (location.hash = '#/lesson/pretrained'));
  await page.getByTestId('next-trained').locator('li').first().waitFor({ timeout: 30_000 });
}

/** Small numbers in the tensors that a GPT-2 of this configuration has. */
function weights() {
  const { vocab_size: vocab, n_positions: positions, n_embd: width } = CONFIG;
  const shapes = { 'wte.weight': [vocab, width], 'wpe.weight': [positions, width], 'ln_f.weight': [width], 'ln_f.bias': [width] };
  const layers = { 'attn.c_attn': [width, 3 * width], 'attn.c_proj': [width, width], 'mlp.c_fc': [width, 4 * width], 'mlp.c_proj': [4 * width, width] };
  for (const norm of ['ln_1', 'ln_2']) Object.assign(shapes, { [`h.0.${norm}.weight`]: [width], [`h.0.${norm}.bias`]: [width] });
  for (const [name, shape] of Object.entries(layers)) Object.assign(shapes, { [`h.0.${name}.weight`]: shape, [`h.0.${name}.bias`]: [shape[1]] });
  const header = {};
  let bytes = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const length = 4 * shape.reduce((a, b) => a * b);
    header[name] = { dtype: 'F32', shape, data_offsets: [bytes, bytes + length] };
    bytes += length;
  }
  const text = Buffer.from(JSON.stringify(header));
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(text.length));
  const values = Float32Array.from({ length: bytes / 4 }, (_, i) => 0.1 * Math.sin(i));
  return Buffer.concat([start, text, Buffer.from(values.buffer)]);
}

/** What the page shows of a text's tokens, as soon as that is what is expected, or after a while. */
async function tokensOf(text, expected) {
  await page.getByTestId('probe-input').evaluate((field, text) => {
    field.value = text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }, text);
  await page.getByTestId('probe').click();
  const chips = page.locator('.next_token .tokens .token');
  for (let tries = 0; ; tries += 1) {
    const found = await chips.allTextContents();
    if (tries === 60 || JSON.stringify(found) === JSON.stringify(expected)) return found;
    await page.waitForTimeout(50);
  }
}

/** An id's own text: its bytes read as UTF-8, as GPT-2's table of bytes has them. */
function decoder(vocabulary) {
  const bytes = new Map();
  const printable = [[33, 126], [161, 172], [174, 255]].flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
  printable.forEach((byte) => bytes.set(String.fromCodePoint(byte), byte));
  let next = 256;
  for (let byte = 0; byte < 256; byte += 1) if (!printable.includes(byte)) bytes.set(String.fromCodePoint(next++), byte);
  const words = new Map(Object.entries(vocabulary).map(([word, id]) => [id, word]));
  return (id) => Buffer.from([...words.get(id)].map((character) => bytes.get(character))).toString('utf8');
}

/** As the page writes it. */
function visible(token) {
  return token.replaceAll(' ', '·').replaceAll('\n', '↵');
}
