// A real BERT of the learner's own, from files and by its id on the Hub, tuned on the learner's own table in the page: how long,
// how good, how much memory. Wants a built site, and a folder of the original MiniLM (`./dev build` leaves it in its cache).
//
//   node tests/e2e/own_bert.mjs FOLDER [--steps 60] [--workers N] [--simd plain]
//
// The Hub is played by this script: nothing is fetched from it. One JSON line for each way in.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { BROWSER_FLAGS, findBrowser } from './browser.mjs';
import { startServer } from './server.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const FILES = ['config.json', 'model.safetensors', 'tokenizer.json'];
const ID = 'sentence-transformers/all-MiniLM-L6-v2';
const MINUTE = 60_000;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { steps: { type: 'string', default: '60' }, workers: { type: 'string' }, simd: { type: 'string' } },
});
const folder = positionals[0];
if (!folder) throw new Error('usage: node tests/e2e/own_bert.mjs FOLDER [--steps N] [--workers N] [--simd plain]');

const site = await startServer({ root: at('../../dist') });
const browser = await chromium.launch({ executablePath: findBrowser(), args: BROWSER_FLAGS });
try {
  for (const way of ['files', 'hub']) console.log(JSON.stringify(await tune(way)));
} finally {
  await browser.close();
  await site.close();
}

async function tune(way) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(error));
  await context.route('https://huggingface.co/**', async (route) => {
    const name = new URL(route.request().url()).pathname.split('/').at(-1);
    await route.fulfill({ headers: { 'access-control-allow-origin': '*' }, body: await readFile(join(folder, name)) });
  });
  const wishes = ['workers', 'simd'].flatMap((name) => (options[name] ? [`&${name}=${options[name]}`] : [])).join('');
  const settings = `strategy=lora&rank=8&alpha=16&targets=query,key,value,dense&lr=2e-3&warmup=6&batch=16&length=64&seed=7&steps=${options.steps}`;
  await page.goto(`${site.url}?device=cpu${wishes}#/lab?${settings}`);
  await ready(page);
  const chosen = Date.now();
  await load(page, way);
  const loaded = Date.now();
  await ownTable(page);
  await page.getByTestId('run-start').click();
  const began = Date.now();
  await status(page, 'training', MINUTE);
  await ready(page, 20 * MINUTE);
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
  await context.close();
  return figures;
}

async function load(page, way) {
  await page.locator('[data-testid=own-model] > summary').click();
  if (way === 'files') {
    await page.getByTestId('own-model-files').setInputFiles(FILES.map((name) => join(folder, name)));
  } else {
    await page.getByTestId('model-hub-id').fill(ID);
    await page.getByTestId('model-hub-look').click();
  }
  await page.getByTestId('own-model-load').click();
  const name = way === 'files' ? 'your model' : 'all-MiniLM-L6-v2';
  await page.locator(`[data-testid=engine-status][data-model="${name}"]`).waitFor({ timeout: 2 * MINUTE });
  await ready(page);
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

async function status(page, state, timeout) {
  await page.locator(`[data-testid=engine-status][data-state=${state}]`).waitFor({ timeout });
}

async function ready(page, timeout = 2 * MINUTE) {
  await status(page, 'ready', timeout);
}
