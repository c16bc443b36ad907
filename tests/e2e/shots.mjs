// Pictures of the page for people to look at: each route at three widths, in light and dark.
//
//   node tests/e2e/shots.mjs OUT_FOLDER [ROUTE …] [--url http://…] [--device cpu] [--wait SECONDS] [--run] [--view]
//
// With `--run` each picture is taken after the run that the page offers; with `--view` it shows what the window shows (the
// run and its losses, if there was one), not the whole page.
// A route is what follows the address of the page: '#/', '#/lesson/lora', '#/lab?rank=8'. Without one: '#/'.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { BROWSER_FLAGS, findBrowser } from './browser.mjs';
import { engineIs } from './engine.mjs';
import { startServer } from './server.mjs';

const WIDTHS = { 390: 844, 820: 1180, 1440: 900 };
const SCHEMES = ['light', 'dark'];
const DIST = fileURLToPath(new URL('../../dist', import.meta.url));

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string' },
    device: { type: 'string', default: 'cpu' },
    wait: { type: 'string', default: '20' },
    run: { type: 'boolean', default: false },
    view: { type: 'boolean', default: false },
  },
});
const [folder, ...routes] = positionals;
if (!folder) {
  console.error('usage: node tests/e2e/shots.mjs OUT_FOLDER [ROUTE …] [--url URL] [--device cpu] [--wait SECONDS] [--run] [--view]');
  process.exit(2);
}

await mkdir(folder, { recursive: true });
const site = options.url ? null : await startServer({ root: DIST });
const browser = await chromium.launch({ executablePath: findBrowser(), args: BROWSER_FLAGS });
try {
  for (const route of routes.length ? routes : ['#/']) {
    for (const width of Object.keys(WIDTHS)) {
      for (const colorScheme of SCHEMES) await shoot(route, Number(width), colorScheme);
    }
  }
} finally {
  await browser.close();
  await site?.close();
}

async function shoot(route, width, colorScheme) {
  const context = await browser.newContext({ viewport: { width, height: WIDTHS[width] }, colorScheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  context.on('console', (message) => message.type() === 'error' && console.error(`${route} ${width} ${colorScheme}: ${message.text()}`));
  context.on('weberror', (error) => console.error(`${route} ${width} ${colorScheme}: ${error.error()}`));
  await page.goto(new URL(`?device=${options.device}${route}`, options.url ?? site.url).href);
  await settle(page);
  if (options.run) await finishRun(page);
  const path = join(folder, `${fileName(route)}-${width}-${colorScheme}.png`);
  // Scrolled back, or the bar that stays at the top would stand in the middle of the picture.
  if (!options.view) await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path, fullPage: !options.view });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  console.log(overflow > 0 ? `${path}  (scrolls sideways by ${overflow} px)` : path);
  await context.close();
}

/** A page that is still loading is worth a picture too, so waiting may fail. */
async function settle(page) {
  const isSettled = '[data-testid=engine-status]:not([data-state=loading])';
  await page.waitForSelector(isSettled, { timeout: Number(options.wait) * 1000 }).catch(() => console.error(`${page.url()}: still loading`));
  await page.evaluate(() => document.fonts.ready);
}

async function finishRun(page) {
  await page.getByTestId('run-start').click();
  await page.getByTestId('loss-chart').evaluate((chart) => chart.scrollIntoView({ block: 'end' }));
  await engineIs(page, 'training');
  await engineIs(page, 'ready', { minutes: 10 });
}

function fileName(route) {
  return route.replace(/[^\w]+/g, '-').replace(/^-|-$/g, '') || 'home';
}
