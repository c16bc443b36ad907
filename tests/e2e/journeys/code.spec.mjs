// The lesson on code: read two programs, mend one, count names, run, and take the settings along.
import { readFile } from 'node:fs/promises';
import { expect, numberOf, test } from '../fixtures.mjs';
import { answerAll } from '../lesson.mjs';

const status = (page, check) => page.locator(`[data-testid=check-status][data-check=${check}]`);

test('a learner reads, mends, counts, runs and exports', async ({ page, openPage, waitForEngine, checkAccessibility }) => {
  test.setTimeout(360_000);
  await openPage({ route: '#/lesson/code' });

  // Reading: the arrow keys walk, the line says what it does and what stands for it here.
  const program = page.getByTestId('trainer-program');
  await program.getByRole('option', { name: /learning_rate=2e-5/ }).click();
  await expect(program.locator('.says')).toContainText('top of the schedule');
  await expect(program.locator('.lit')).toContainText('5e-3');
  await program.getByRole('listbox').press('ArrowDown');
  await expect(program.locator('.lit')).toContainText('Warmup');
  await answerAll(page, 'code');

  // Mending: a wrong line and a wrong repair are explained, the right ones lead on.
  await page.locator('input[name=debug-guess][value=stops]').check();
  await page.getByTestId('debug-run').click();
  await expect(page.locator('.debug_program .output')).toContainText('Cannot handle batch sizes > 1');
  const lines = page.getByTestId('debug-lines');
  await lines.getByRole('button', { name: /pad_token = tokenizer/ }).click();
  await expect(page.locator('.debug_program .outcome:visible')).toContainText('Close.');
  await lines.getByRole('button', { name: /^model = / }).click();
  await page.getByRole('radio', { name: 'model.config.pad_token_id = tokenizer.pad_token_id' }).check();
  await page.locator('input[name=debug-rate][value="4e-7"]').check();
  expect(await numberOf(page.getByTestId('rate-reached'))).toBeCloseTo(4e-7, 12);
  await page.locator('#debug-examples').fill('5');
  await page.locator('#debug-warmup').fill('80');
  await expect(status(page, 'debug-program')).toHaveAttribute('data-state', 'right');
  expect(await numberOf(page.getByTestId('rate-reached'))).toBe(2e-5);

  // Counting: both projections, then the attention alone.
  expect(await numberOf(page.getByTestId('target-total'))).toBe(811_008);
  await page.locator('[data-target="attn.c_proj"]').check();
  await page.locator('[data-target="c_proj"]').uncheck();
  expect(await numberOf(page.getByTestId('target-total'))).toBe(442_368);
  expect(await numberOf(page.getByTestId('target-mlp'))).toBe(0);
  await page.locator('[data-target="c_proj"]').check();
  await page.locator('[data-target="attn.c_proj"]').uncheck();

  // Running, with the lesson's own settings.
  await waitForEngine();
  await page.getByTestId('run-start').click();
  await waitForEngine('training', { timeout: 30_000 });
  await waitForEngine('ready', { timeout: 300_000 });
  await expect(status(page, 'same-run')).toHaveAttribute('data-state', 'right');
  await expect(page.getByTestId('lesson-progress')).toHaveAttribute('data-passed', '5');

  // Exporting: the file says what the page says.
  const waiting = page.waitForEvent('download');
  await page.getByTestId('export-script').click();
  const file = await waiting;
  expect(file.suggestedFilename()).toBe('finetune.py');
  const script = await readFile(await file.path(), 'utf8');
  expect(script).toContain('target_modules=["c_attn", "c_proj"]');
  expect(script).toContain('model.config.pad_token_id = tokenizer.pad_token_id');
  expect(script).toBe(await page.getByTestId('script-text').textContent());
  await checkAccessibility();
});
