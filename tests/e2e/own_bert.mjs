// A real BERT of the learner's own, from files and from an address, tuned on the learner's own table in the page: how long,
// how good, how much memory. Wants a built site, and a folder of the original MiniLM (`./dev build` leaves it in its cache).
//
//   node tests/e2e/own_bert.mjs FOLDER [--way files,address] [--steps 60] [--workers N] [--simd plain]
//
// One JSON line for each way in. The address is this machine's own.
import { mkdtemp, readFile, readdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { BROWSER_FLAGS, findBrowser } from './browser.mjs';
import { engineIs } from './engine.mjs';
import { startServer } from './server.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const FILES = ['config.json', 'model.safetensors', 'tokenizer.json'];
const MINUTE = 60_000;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { way: { type: 'string', default: 'files,address' }, steps: { type: 'string', default: '60' }, workers: { type: 'string' }, simd: { type: 'string' } },
});
const folder = positionals[0];
if (!folder) throw new Error('usage: node tests/e2e/own_bert.mjs FOLDER [--way files,address] [--steps N] [--workers N] [--simd plain]');

const site = await startServer({ root: await siteWithModel() });
const browser = await chromium.launch({ executablePath: findBrowser(), args: BROWSER_FLAGS });
try {
  for (const way of options.way.split(',')) console.log(JSON.stringify(await tune(way)));
} finally {
  await browser.close();
  await site.close();
}

/** The built site with the model's folder in it. */
async function siteWithModel() {
  const root = await mkdtemp(join(tmpdir(), 'warmup-'));
  for (const name of await readdir(at('../../dist'))) await symlink(at(`../../dist/${name}`), join(root, name));
  await symlink(resolve(folder), join(root, 'all-MiniLM-L6-v2'));
  return root;
}

async function tune(way) {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error));
  const wishes = ['workers', 'simd'].flatMap((name) => (options[name] ? [`&${name}=${options[name]}`] : [])).join('');
  const settings = `strategy=lora&rank=8&alpha=16&targets=query,key,value,dense&lr=2e-3&warmup=6&batch=16&length=64&seed=7&steps=${options.steps}`;
  await page.goto(`${site.url}?device=cpu${wishes}#/lab?${settings}`);
  await engineIs(page, 'ready');
  const chosen = Date.now();
  await load(page, way);
  const loaded = Date.now();
  await ownTable(page);
  await page.getByTestId('run-start').click();
  const began = Date.now();
  await engineIs(page, 'training', { minutes: 1 });
  await engineIs(page, 'ready', { minutes: 20 });
  const ended = Date.now();
  const number = async (id) => Number(await page.getByTestId(id).first().getAttribute('data-value'));
  const figures = {
    way,
    load_seconds: (loaded - chosen) / 1000,
    run_seconds: (ended - began) / 1000,
    accuracy: await number('metric-accuracy-after'),
    counting_words: await number('baseline-accuracy'),
    peak_memory_bytes: await number('metric-peak-memory'),
  };
  await page.close();
  return figures;
}

async function load(page, way) {
  await page.locator('[data-testid=own-model] > summary').click();
  if (way === 'files') {
    await page.getByTestId('own-model-files').setInputFiles(FILES.map((name) => join(folder, name)));
  } else {
    await page.getByTestId('own-model-url').fill(`${site.url}all-MiniLM-L6-v2`);
    await page.getByTestId('own-model-look').click();
  }
  await page.getByTestId('own-model-load').click({ timeout: MINUTE });
  const name = way === 'files' ? 'your model' : 'all-MiniLM-L6-v2';
  await page.locator(`[data-testid=engine-status][data-model="${name}"]`).waitFor({ timeout: 2 * MINUTE });
  await engineIs(page, 'ready');
}

/** The items of the paper as somebody's spreadsheet: other names, no split. */
async function ownTable(page) {
  const [, ...lines] = (await readFile(at('../../www/data/topics.csv'), 'utf8')).trim().split('\n');
  const rows = lines.map((line) => line.replace(/,(train|validation|test)$/, ''));
  const text = ['Item,Page', ...rows].join('\n');
  await page.getByTestId('data-drop').setInputFiles({ name: 'paper.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByTestId('data-use').click();
  await page.locator('[data-testid=baseline-accuracy][data-value]').waitFor({ timeout: MINUTE });
  await page.locator('[data-testid=run-start]:not([disabled])').waitFor({ timeout: MINUTE });
}
