// How long pause and cancel are waited for, from the click to the page's word that it has happened, at several moments of
// a run, a verification, a benchmark and a continued text on nano. Reports and asserts nothing: a JSON line a click, and
// one with the slowest of each kind.
//
//   node tests/e2e/answers.mjs [--device cpu|webgpu]
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { BROWSER_FLAGS, findBrowser } from './browser.mjs';
import { startServer } from './server.mjs';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const MINUTE = 60_000;
/** After the button could first be pressed: digests and samples first, then scoring, then steps and evaluations. */
const RUN_MOMENTS = [0, 50, 200, 500, 1_000, 2_000, 4_000, 8_000];
const TOOL_MOMENTS = [0, 100, 300, 600, 1_000];
const TEXT_MOMENTS = [0, 50, 150];

const { values: options } = parseArgs({ options: { device: { type: 'string', default: 'cpu' } } });
const slowest = {};
const site = await startServer({ root: DIST });
const browser = await chromium.launch({ executablePath: findBrowser(), args: BROWSER_FLAGS });
try {
  for (const moment of RUN_MOMENTS) await ofRun(moment);
  for (const moment of TOOL_MOMENTS) {
    await ofTool('verify', '#/verify', moment);
    await ofTool('bench', '#/bench?workload=W1&steps=200', moment);
  }
  for (const moment of TEXT_MOMENTS) await ofText(moment);
  console.log(JSON.stringify({ report: 'answers', device: options.device, slowest_millis: slowest }));
} finally {
  await browser.close();
  await site.close();
}

async function ofRun(moment) {
  const page = await open('#/lab?steps=60&evaluate=10');
  await isAt(page, 'engine-status', 'data-state', 'ready');
  await page.getByTestId('run-start').click();
  await pressable(page, 'run-pause');
  await page.waitForTimeout(moment);
  const stage = await page.locator('[data-testid=run-progress] .stage').innerText();
  tell({ of: 'run', stage, moment, ...(await answered(page, 'run-pause', 'engine-status', 'data-state', 'paused')) });
  tell({ of: 'run', stage, moment, ...(await answered(page, 'run-cancel', 'engine-status', 'data-state', 'ready')) });
  await page.close();
}

async function ofTool(name, route, moment) {
  const page = await open(route);
  await pressable(page, `${name}-pause`);
  await page.waitForTimeout(moment);
  const isOver = { verify: ['verify-summary', 'data-state', 'finished'], bench: ['bench-again', 'hidden', null] }[name];
  // At a late moment it may have come to its end by itself.
  const pause = await answered(page, `${name}-pause`, `${name}-pause`, 'data-state', 'paused');
  if (pause.millis !== null) {
    tell({ of: name, moment, ...pause });
    tell({ of: name, moment, ...(await answered(page, `${name}-pause`, `${name}-pause`, 'data-state', 'going')) });
    tell({ of: name, moment, ...(await answered(page, `${name}-cancel`, ...isOver)) });
  }
  await page.close();
}

async function ofText(moment) {
  const page = await open('#/lab');
  await isAt(page, 'engine-status', 'data-state', 'ready');
  await page.getByTestId('generate').click();
  await pressable(page, 'generate-cancel');
  await page.waitForTimeout(moment);
  tell({ of: 'text', moment, ...(await answered(page, 'generate-cancel', 'generated-text', 'data-state', 'cancelled')) });
  await page.close();
}

async function open(route) {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error));
  await page.goto(`${site.url}?device=${options.device}&model=nano${route}`);
  return page;
}

function isAt(page, id, attribute, value) {
  return page.locator(`[data-testid=${id}][${attribute}="${value}"]`).waitFor({ state: 'attached', timeout: 2 * MINUTE });
}

function pressable(page, id) {
  return page.locator(`[data-testid=${id}]:not([hidden]):not(:disabled)`).waitFor({ timeout: 2 * MINUTE });
}

/** Milliseconds from a press of `button` until `attribute` of `id` is `value`; null where the button was gone. */
async function answered(page, button, id, attribute, value) {
  const millis = await page.evaluate(
    ([press, watched, name, wanted]) =>
      new Promise((resolve) => {
        const find = (testid) => document.querySelector(`[data-testid=${testid}]`);
        if (!find(press) || find(press).hidden) return resolve(null);
        const began = performance.now();
        const look = () => {
          if (find(watched)?.getAttribute(name) !== wanted) return;
          observer.disconnect();
          resolve(performance.now() - began);
        };
        const observer = new MutationObserver(look);
        observer.observe(document.body, { subtree: true, attributes: true, childList: true });
        find(press).click();
      }),
    [button, id, attribute, value],
  );
  return { button, millis: millis === null ? null : Math.round(millis) };
}

function tell(line) {
  if (line.millis === null) return;
  console.log(JSON.stringify(line));
  slowest[line.of] = Math.max(slowest[line.of] ?? 0, line.millis);
}
