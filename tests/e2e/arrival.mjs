// How long a visitor waits: the first paint, an engine that is ready, and the first step of training, for a first visit and a
// second one. Then whether a long run slows down or grows: milliseconds a step in the first and in the last tenth, and the most
// memory of it and of a short run. Localhost, so a network comes on top. Reports and asserts nothing; a JSON line each.
//
//   node tests/e2e/arrival.mjs [--device cpu|webgpu] [--steps 2000] [--only visits|long]
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { BROWSER_FLAGS, findBrowser } from './browser.mjs';
import { engineIs } from './engine.mjs';
import { startServer } from './server.mjs';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const ROUTES = ['#/', '#/lesson/lora', '#/lab?steps=20'];
const LOOK_EVERY = 100;

const { values: options } = parseArgs({
  options: { device: { type: 'string', default: 'cpu' }, steps: { type: 'string', default: '2000' }, only: { type: 'string' } },
});
const site = await startServer({ root: DIST });
const browser = await chromium.launch({ executablePath: findBrowser(), args: BROWSER_FLAGS });
try {
  if (options.only !== 'long') for (const route of ROUTES) await visits(route);
  if (options.only !== 'visits') {
    await run(200);
    await run(Number(options.steps));
  }
} finally {
  await browser.close();
  await site.close();
}

/** Twice in one browser that has never been here. */
async function visits(route) {
  const context = await browser.newContext();
  for (const visit of ['first', 'second']) {
    const page = await context.newPage();
    const began = Date.now();
    await page.goto(address(route));
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    const paint = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
    const heading_millis = Date.now() - began;
    await engineIs(page, 'ready');
    const ready_millis = Date.now() - began;
    const first_step_millis = route.startsWith('#/lab') ? (await firstStep(page)) - began : undefined;
    const first_paint_millis = Math.round(await page.evaluate(paint));
    tell({ report: 'visit', route, visit, first_paint_millis, heading_millis, ready_millis, first_step_millis });
    await page.close();
  }
  await context.close();
}

/** Presses as soon as it can be pressed. */
async function firstStep(page) {
  await page.locator('[data-testid=run-start]:not([disabled])').click();
  await page.waitForFunction(() => Number(document.querySelector('[data-testid=run-progress]')?.dataset.value) >= 1, null, { polling: 10 });
  return Date.now();
}

async function run(steps) {
  const page = await browser.newPage();
  await page.goto(address(`#/lab?steps=${steps}&batch=4&length=32&evaluate=${steps}`));
  await engineIs(page, 'ready');
  await page.locator('[data-testid=run-start]:not([disabled])').click();
  await engineIs(page, 'training', { minutes: 1 });
  const moments = await page.evaluate(stepTimes, { steps, every: LOOK_EVERY });
  await engineIs(page, 'ready', { minutes: 5 });
  const peak_memory_bytes = Number(await page.getByTestId('metric-peak-memory').first().getAttribute('data-value'));
  const [first_tenth_millis, last_tenth_millis] = [[0.05, 0.15], [0.9, 0.99]].map(([from, to]) => aStep(moments, from * steps, to * steps));
  tell({ report: 'long run', steps, first_tenth_millis, last_tenth_millis, peak_memory_bytes });
  await page.close();
}

/** In the page: `[step, milliseconds]` as the page tells of them, until the last step. */
function stepTimes({ steps, every }) {
  return new Promise((resolve) => {
    const moments = [];
    const look = setInterval(() => {
      const step = Number(document.querySelector('[data-testid=run-progress]')?.dataset.value);
      const stands = document.querySelector('[data-testid=engine-status]')?.dataset.state;
      if (step > (moments.at(-1)?.[0] ?? 0)) moments.push([step, performance.now()]);
      if (step >= steps || stands === 'ready') resolve((clearInterval(look), moments));
    }, every);
  });
}

/** Milliseconds a step between two steps. */
function aStep(moments, from, to) {
  const [first, last] = [moments.find(([step]) => step >= from), moments.findLast(([step]) => step <= to)];
  return Math.round((100 * (last[1] - first[1])) / (last[0] - first[0])) / 100;
}

function address(route) {
  return `${site.url}?device=${options.device}${route}`;
}

function tell(figures) {
  console.log(JSON.stringify({ ...figures, device: options.device }));
}
