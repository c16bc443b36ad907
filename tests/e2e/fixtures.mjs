// What every spec starts from: a served site, a page that may not log errors, and the handles of docs.
//
//   import { expect, test } from '../fixtures.mjs';
//   test('…', async ({ page, openPage, checkAccessibility }) => { … });
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect, test as base } from '@playwright/test';
import { startServer } from './server.mjs';

export { expect };

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
// Never the root: what works here works under any sub-path of any host.
const SUB_PATH = '/courses/warmup/';
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export const test = base.extend({
  /** The built site, served as a host would serve it. */
  site: [
    async ({}, use) => {
      const site = await startServer({ root: DIST, base: SUB_PATH });
      await use(site);
      await site.close();
    },
    { scope: 'worker' },
  ],

  baseURL: async ({ site }, use) => use(site.url),

  /** Fails the test when page, worker or network log an error. */
  errorLog: [
    async ({ context }, use) => {
      const log = new ErrorLog();
      context.on('console', (message) => {
        if (message.type() === 'error') log.add(`console.error: ${message.text()}  (${message.location().url})`);
      });
      context.on('weberror', (error) => log.add(`uncaught: ${error.error().stack ?? error.error()}`));
      await use(log);
      log.check();
    },
    { auto: true },
  ],

  /**
   * `openPage({ route: '#/lab?seed=7', device: 'cpu', model: '…', workers: 2 })` opens a route.
   * The CPU engine is the default: it is fast everywhere and the same everywhere.
   */
  openPage: async ({ page }, use) => use(({ route = '#/', device = 'cpu', ...query } = {}) => page.goto(address({ route, device, ...query }))),

  /** `waitForEngine('ready')`: until the engine says so, with what it says instead when it does not. */
  waitForEngine: async ({ page }, use) =>
    use((state = 'ready', { timeout = 60_000 } = {}) =>
      expect(page.getByTestId('engine-status'), 'state of the engine').toHaveAttribute('data-state', state, { timeout })),

  /** `checkAccessibility('.lesson')`: the WCAG 2.2 A and AA rules that a program can check, on the page or a part of it. */
  checkAccessibility: async ({ page }, use) => use((selector) => expectNoViolations(page, selector)),
});

function address({ route, ...wishes }) {
  const query = new URLSearchParams(Object.entries(wishes).filter(([, value]) => value !== undefined));
  return `./${query.size ? `?${query}` : ''}${route}`;
}

class ErrorLog {
  #messages = [];
  #allowed = [];

  /** What a test brings about on purpose, such as an answer of 404, which the browser logs whatever the page does with it. */
  allow(pattern) {
    this.#allowed.push(pattern);
  }

  add(message) {
    this.#messages.push(message);
  }

  check() {
    const unexpected = this.#messages.filter((message) => !this.#allowed.some((pattern) => pattern.test(message)));
    expect.soft(unexpected, 'errors logged by the page').toEqual([]);
  }
}

async function expectNoViolations(page, selector) {
  await page.evaluate(await readFile(AXE, 'utf8'));
  // A button that has just been enabled is on its way from one colour to another.
  await page.evaluate(() => {
    const ends = ({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime);
    return Promise.all(document.getAnimations().filter(ends).map(({ finished }) => finished.catch(() => {})));
  });
  const { violations } = await page.evaluate(
    ([root, tags]) => globalThis.axe.run(root ?? document, { runOnly: tags, resultTypes: ['violations'] }),
    [selector, ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']],
  );
  const report = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}\n  ${node.html}\n  ${node.failureSummary}`));
  expect(report, 'accessibility rules broken').toEqual([]);
}

/** The number an element carries at full precision, whatever it shows. */
export async function numberOf(locator) {
  await expect(locator).toHaveAttribute('data-value', /\S/);
  return Number(await locator.getAttribute('data-value'));
}
