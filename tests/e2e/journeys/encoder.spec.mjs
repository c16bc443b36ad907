// An encoder and a decoder read the same text, in the lesson about them.
import { expect, test } from '../fixtures.mjs';

const candidates = (page, id) => page.getByTestId(id).locator('.candidates code').allInnerTexts();

test('what stands after a blank decides for BERT and is nothing to GPT-2', async ({ page, openPage, waitForEngine }) => {
  await openPage({ route: '#/lesson/encoder-or-decoder', device: 'cpu' });
  await waitForEngine();
  const first = page.getByTestId('fill-encoder').locator('.candidates code').first();
  await expect(first).toHaveText('·to', { timeout: 30_000 });
  await expect.poll(() => candidates(page, 'fill-decoder')).toHaveLength(6);
  const before = await candidates(page, 'fill-decoder');
  await page.getByRole('button', { name: 'I want [MASK] ticket to London.' }).click();
  await expect(first).toHaveText('·a');
  await expect.poll(() => candidates(page, 'fill-decoder')).toEqual(before);

  await page.getByTestId('fill-input').fill('No blank at all.');
  await page.getByTestId('fill').click();
  await expect(page.getByTestId('fill-encoder')).toContainText('write [MASK]');
});

/** The shares that tokens give to what comes after them, as the table has them. */
const ahead = (page) =>
  page.locator('.attention_map table tbody tr').evaluateAll((rows) =>
    rows.flatMap((row, query) =>
      [...row.querySelectorAll('td')].slice(query + 1).map((cell) => Number(cell.dataset.value)),
    ),
  );
const looksAhead = async (page) => {
  const shares = await ahead(page);
  return shares.length > 0 && shares.some((share) => share > 0);
};
const looksOnlyBack = async (page) => {
  const shares = await ahead(page);
  return shares.length > 0 && shares.every((share) => share === 0);
};

test('the mask of both models can be switched', async ({ page, openPage, waitForEngine, checkAccessibility }) => {
  await openPage({ route: '#/lesson/encoder-or-decoder', device: 'cpu' });
  await waitForEngine();
  await expect.poll(() => looksAhead(page), { timeout: 30_000 }).toBe(true);
  const mask = page.getByTestId('attention-causal');
  await mask.check();
  await expect.poll(() => looksOnlyBack(page)).toBe(true);
  await page.getByTestId('attention-reader').selectOption({ index: 1 });
  await expect(mask).toBeChecked();
  await expect.poll(() => looksOnlyBack(page)).toBe(true);
  await mask.uncheck();
  await expect.poll(() => looksAhead(page)).toBe(true);

  await page.getByTestId('attention-layer').selectOption({ index: 1 });
  await page.locator('.attention-grid .queries button').first().focus();
  await expect(page.getByTestId('attention-row')).toContainText('looks at');
  await checkAccessibility();
});
