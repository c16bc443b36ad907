import { expect, test } from '../fixtures.mjs';

test('the page opens and shows the state of the engine', async ({ page, openPage }) => {
  await openPage();
  await expect(page).toHaveTitle(/Warmup/);
  await expect(page.getByTestId('engine-status')).toBeVisible();
});
