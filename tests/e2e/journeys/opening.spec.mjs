import { expect, test } from '../fixtures.mjs';

test('the page opens and shows the state of the engine', async ({ page, openPage }) => {
  await openPage();
  await expect(page).toHaveTitle(/Warmup/);
  await expect(page.getByTestId('engine-status')).toBeVisible();
});

test('a word is explained when the mouse rests on it', async ({ page, openPage }) => {
  await openPage({ route: '#/lesson/lora' });
  const word = page.getByRole('button', { name: 'pre-trained' }).first();
  const explanation = page.locator('#term-pre-trained');
  await word.hover();
  await expect(explanation).toBeVisible();
  // It can be pointed at; it goes when the mouse has left both.
  await explanation.hover();
  await page.waitForTimeout(600);
  await expect(explanation).toBeVisible();
  await page.getByRole('heading', { level: 1 }).hover();
  await expect(explanation).toBeHidden();
  await word.hover();
  await expect(explanation).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(explanation).toBeHidden();
});
