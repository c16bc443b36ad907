// The lesson on strategies: move the freezing line, read the table, make the four runs and compare.
import { expect, numberOf, test } from '../fixtures.mjs';
import { CUT_SHORT, answerAll, expectComplete, guessAll, runSets } from '../lesson.mjs';

test('a learner freezes, counts and compares strategies', async ({ page, openPage, waitForEngine, checkAccessibility }) => {
  test.setTimeout(360_000);
  await openPage({ route: '#/lesson/strategies', ...CUT_SHORT });
  await waitForEngine();

  // The model of this page: its line is the form's, and the engine agrees with the arithmetic.
  const trainable = page.getByTestId('freeze-trainable');
  await expect(trainable).toHaveAttribute('data-value', '397056');
  await expect(page.getByTestId('freeze-line')).toContainText('own list for these settings: 397,056');
  await page.locator('#freeze-line').fill('6');
  await expect(trainable).toHaveAttribute('data-value', '256');
  await page.locator('.freeze_line .storey', { hasText: 'block 3' }).click();
  await expect(trainable).toHaveAttribute('data-value', '397056');

  // GPT-2 small, by arithmetic.
  await page.locator('input[name=freeze-model][value=gpt2]').check();
  await expect(trainable).toHaveAttribute('data-value', '124441344');
  expect(await numberOf(page.getByTestId('freeze-optimizer').locator('.number'))).toBe(8 * 124_441_344);
  await page.locator('#freeze-line').fill('1');
  await expect(trainable).toHaveAttribute('data-value', String(124_441_344 - (50_257 + 1_024) * 768));
  await page.locator('input[name=freeze-model][value=loaded]').check();

  const trained = (strategy) => numberOf(page.locator(`[data-strategy=${strategy}] td .number`).first());
  expect(await trained('lora')).toBe(811_008 + 2 * 768);
  expect(await trained('full')).toBe(124_441_344);

  await answerAll(page, 'strategies');
  await guessAll(page, 'strategies');

  await runSets(page, 5);
  await expectComplete(page, 'strategies');
  await checkAccessibility();
});
