// Records the runs that lessons replay: opens each lesson, makes its sets of runs on the CPU engine, and
// writes what the page keeps of them to www/recorded/LESSON.json. Wants a built site. Sets of MiniLM (`runs … with minilm`)
// are recorded by tests/data/lesson_runs.py, and stay.
//
//   node tests/e2e/record.mjs [LESSON …]
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { BROWSER_FLAGS, findBrowser } from './browser.mjs';
import { engineIs } from './engine.mjs';
import { startServer } from './server.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const MINUTES = 60_000;

const lessons = process.argv.length > 2 ? process.argv.slice(2) : await lessonsWithRuns();
const site = await startServer({ root: at('../../dist') });
const browser = await chromium.launch({ executablePath: findBrowser(), args: BROWSER_FLAGS });
try {
  for (const lesson of lessons) await record(lesson);
} finally {
  await browser.close();
  await site.close();
}

async function lessonsWithRuns() {
  const folder = at('../../src/lessons/en');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.md'));
  const texts = await Promise.all(names.map(async (name) => [name, await readFile(`${folder}/${name}`, 'utf8')]));
  return texts.filter(([, text]) => text.includes('```runs ')).map(([name]) => name.replace('.md', ''));
}

async function record(lesson) {
  const page = await browser.newPage();
  await page.goto(new URL(`?device=cpu#/lesson/${lesson}`, site.url).href);
  await engineIs(page, 'ready');
  for (const set of await page.locator('[data-testid=run-set]:not([data-model=minilm])').all()) {
    await set.getByTestId('run-all').click();
    await set.getByTestId('run-stop').waitFor({ state: 'visible' });
    await set.getByTestId('run-stop').waitFor({ state: 'hidden', timeout: 20 * MINUTES });
  }
  const runs = await page.evaluate((slug) => JSON.parse(localStorage['warmup.runs']).records.filter((run) => run.lesson === slug), lesson);
  const path = at(`../../www/recorded/${lesson}.json`);
  const before = JSON.parse(await readFile(path, 'utf8').catch(() => '[]'));
  const others = await page.locator('[data-testid=run-set][data-model=minilm] [data-testid=run-card]').evaluateAll((cards) => cards.map((card) => card.dataset.run));
  const kept = before.filter(({ key }) => others.includes(key));
  await writeFile(path, `[\n${[...runs.map(short), ...kept].map((run) => JSON.stringify(run)).join(',\n')}\n]\n`);
  for (const { key, before, after, seconds } of runs) console.log(lesson, key, JSON.stringify({ before, after, seconds }));
  await page.close();
}

/** Six digits are more than any chart shows. */
function short(value) {
  if (typeof value === 'number') return Number.isInteger(value) ? value : Number(value.toPrecision(6));
  if (Array.isArray(value)) return value.map(short);
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, short(part)]));
  return value;
}

