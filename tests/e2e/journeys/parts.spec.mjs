// The page comes in parts: the opening first, every other page when it is asked for.
import { expect, test } from '../fixtures.mjs';

/** The page's own modules, by name, as they are asked for. */
function modulesOf(page) {
  const asked = [];
  page.on('request', (request) => {
    const module = /\/page-[0-9a-f]+\/(.*\.wasm)$/.exec(request.url())?.[1];
    if (module) asked.push(module);
  });
  return asked;
}

test('a page arrives once, when it is first opened', async ({ page, openPage }) => {
  const asked = modulesOf(page);
  await openPage();
  await expect(page.locator('.chapter-map')).toBeVisible();
  expect(asked).toEqual(['app_bg.wasm']);

  const open = async (name, heading) => {
    await page.locator('header nav').getByRole('link', { name }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
  };
  await open('Results', /what you/i);
  const withResults = asked.length;
  expect(withResults).toBeGreaterThan(1);
  await open('Chapter', /fine/i);
  await open('Results', /what you/i);
  expect(asked.length, 'what is there is not fetched again').toBe(withResults);
  expect(new Set(asked).size).toBe(asked.length);
});

test("a lesson's text and the lab are not in the opening's module", async ({ page, openPage }) => {
  const bodies = new Map();
  page.on('response', async (response) => {
    if (response.url().endsWith('.wasm')) bodies.set(response.url().split('/').at(-1), response.body());
  });
  const holds = async (module, text) => (await bodies.get(module)).includes(text);
  await openPage({ route: '#/lesson/lora' });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/LoRA/);
  expect(await holds('app_bg.wasm', 'intrinsic dimension')).toBe(false);
  expect(await holds('split_text_lora.wasm', 'intrinsic dimension')).toBe(true);
  expect(bodies.has('split_lab.wasm')).toBe(false);
});

test('a part that does not arrive says so and can be fetched again', async ({ page, openPage, errorLog }) => {
  errorLog.allow(/Failed to (load resource|fetch)|ERR_FAILED/);
  const parts = /\/page-[0-9a-f]+\/(?!app_bg)[^/]*\.wasm$/;
  await page.route(parts, (route) => route.abort());
  await openPage({ route: '#/lesson/lora' });
  const missing = page.getByTestId('part-missing');
  await expect(missing).toContainText(/did not arrive/);
  await missing.getByTestId('try-again').click();
  await expect(missing, 'it fails again as long as nothing comes').toContainText(/did not arrive/);

  await page.unroute(parts);
  await missing.getByTestId('try-again').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/LoRA/);
  await expect(missing).toHaveCount(0);
});
