// The pictures of docs/screenshots, one of each lesson: a window of 1440 px, light, at three quarters. Wants a built site.
//
//   node tests/e2e/pictures.mjs [NAME …]
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { BROWSER_FLAGS, findBrowser } from './browser.mjs';
import { engineIs } from './engine.mjs';
import { startServer } from './server.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const MINUTES = 60_000;

// What stands at the top of each picture, and what is done before it is taken.
const PICTURES = {
  pretrained: ['.generate_box', generate],
  'encoder-or-decoder': ['.attention_map'],
  strategies: ['.freeze_line'],
  loss: ['.example_steps', eightSteps],
  'learning-rate': ['[data-set=rates]', lockGuess],
  warmup: ['.schedule_drawing'],
  forgetting: ['[data-set=break]', lockGuess],
  sentiment: ['.before_after', run],
  code: ['[data-testid=lora-program]'],
  when: ['.prompting', ask],
};

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PICTURES);
const site = await startServer({ root: at('../../dist') });
const browser = await chromium.launch({ executablePath: findBrowser(), args: BROWSER_FLAGS });
try {
  for (const name of names) await take(name, ...PICTURES[name]);
} finally {
  await browser.close();
  await site.close();
}

async function take(name, selector, prepare = async () => {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, deviceScaleFactor: 0.75, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(new URL(`?device=cpu#/lesson/${name}`, site.url).href);
  await engineIs(page, 'ready', { minutes: 5 });
  await prepare(page);
  const what = page.locator(`main ${selector}`).first();
  await what.waitFor();
  await what.evaluate((element) => {
    (element.closest('section') ?? element).scrollIntoView({ block: 'start' });
    scrollBy(0, -80);
  });
  await page.waitForTimeout(500);
  await page.screenshot({ path: at(`../../docs/screenshots/${name}.png`) });
  console.log(name);
  await context.close();
}

async function generate(page) {
  await page.getByTestId('generate').first().click();
  await page.waitForFunction(() => document.querySelector('[data-testid=generated-text]')?.textContent.length > 120);
}

async function eightSteps(page) {
  await page.locator('.example_steps button').first().click();
  await page.locator('.example_steps tbody tr').nth(7).waitFor({ timeout: MINUTES });
}

/** Any answer will do: what was recorded is shown then. */
async function lockGuess(page) {
  await page.locator('section.check').filter({ has: page.getByTestId('lock-guess') }).locator('input').first().check();
  await page.getByTestId('lock-guess').first().click();
  await page.locator('[data-origin=replayed]').first().waitFor();
}

async function run(page) {
  await page.getByTestId('run-start').click();
  await engineIs(page, 'training', { minutes: 5 });
  await engineIs(page, 'ready', { minutes: 5 });
}

async function ask(page) {
  for (const shots of [0, 2, 4]) {
    await page.getByTestId(`ask-${shots}`).click();
    await page.locator(`[data-testid=prompt-row][data-shots="${shots}"]`).waitFor({ timeout: 2 * MINUTES });
  }
}
