// The lesson on warmup: draw a schedule with the pointer and the keys, and run what was drawn.
import { expect, numberOf, test } from '../fixtures.mjs';
import { answerAll } from '../lesson.mjs';

const status = (page, check) => page.locator(`[data-testid=check-status][data-check=${check}]`);

test('a learner draws a schedule, and it is the one that runs', async ({ page, openPage, waitForEngine, checkAccessibility }) => {
  test.setTimeout(360_000);
  await openPage({ route: '#/lesson/warmup' });
  await answerAll(page, 'warmup');

  const [top, end] = [page.getByTestId('schedule-top'), page.getByTestId('schedule-end')];
  await expect(top).toHaveAttribute('aria-valuetext', /19 warmup steps, highest rate 0.002/);
  await expect(page.getByTestId('schedule-formula')).toContainText('0.002 · t / 19');
  await end.scrollIntoViewIfNeeded();
  const box = await top.locator('.knob').boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await expect(top).not.toHaveAttribute('aria-valuetext', /^19 warmup steps/);
  await expect(top).not.toHaveAttribute('aria-valuetext', /highest rate 0.002$/);

  // By the keys, to a top of 3e-4 after 12 steps.
  await top.focus();
  const steps = async () => Number(await top.getAttribute('aria-valuenow'));
  while ((await steps()) > 12) await page.keyboard.press('ArrowLeft');
  while ((await steps()) < 12) await page.keyboard.press('ArrowRight');
  for (let press = 0; press < 40; press += 1) await page.keyboard.press('ArrowDown');
  for (let press = 0; press < 5; press += 1) await page.keyboard.press('ArrowUp');
  await expect(top).toHaveAttribute('aria-valuetext', '12 warmup steps, highest rate 0.0003');
  await expect(page.getByTestId('schedule-formula')).toContainText('0.0003 · (188 − t) / (188 − 12)');
  await page.locator('#schedule-step').fill('6');
  expect(await numberOf(page.getByTestId('schedule-at'))).toBeCloseTo(1.5e-4, 10);

  await waitForEngine();
  await page.getByTestId('run-start').click();
  await waitForEngine('training', { timeout: 30_000 });
  await waitForEngine('ready', { timeout: 300_000 });
  await expect(status(page, 'gentle')).toHaveAttribute('data-state', 'right');
  await expect(page.getByTestId('lesson-progress')).toHaveAttribute('data-passed', '4');
  await checkAccessibility();
});

test('a pair of runs is compared, with the norms of both', async ({ page, openPage, waitForEngine }) => {
  test.setTimeout(360_000);
  await openPage({ route: '#/lesson/warmup' });
  await waitForEngine();
  for (const key of ['without', 'with']) {
    await page.getByTestId(`start-${key}`).click();
    await expect(page.locator(`[data-run=${key}]`)).toHaveAttribute('data-origin', 'measured', { timeout: 150_000 });
  }
  const rows = page.getByTestId('norm-chart').locator('tbody tr');
  await expect(rows).toHaveCount(95);
  // Of 188 steps every other one. The first batch is the same and no weight has moved yet; later both have, unlike.
  const norms = (row) => rows.nth(row).locator('td[data-value]').evaluateAll((cells) => cells.map((cell) => Number(cell.dataset.value)));
  const [first, second] = [await norms(0), await norms(1)];
  expect(first[0]).toBe(first[1]);
  expect(second[0]).not.toBe(second[1]);
});

test('the first step of AdamW moves every parameter by the rate, as the lesson says', async ({ page, openPage, waitForEngine }) => {
  test.setTimeout(120_000);
  await openPage({ route: '#/lesson/warmup' });
  await waitForEngine();
  await page.locator('.run_panel > .settings > summary').click();
  for (const [field, value] of [['warmup', '0'], ['steps', '1'], ['lr', '0.001']]) {
    await page.locator(`#field-${field}`).fill(value);
    await page.locator(`#field-${field}`).blur();
  }
  await page.getByTestId('run-start').click();
  await waitForEngine('training', { timeout: 30_000 });
  await waitForEngine('ready', { timeout: 150_000 });
  await page.getByTestId('inspect-updates').click();
  const rows = page.locator('.update_norms tbody tr');
  await expect(rows.first()).toBeAttached({ timeout: 30_000 });
  const moved = async (name) => Number(await rows.filter({ hasText: name }).locator('td').nth(1).textContent());
  // 128 x 384 numbers, each by 0.001.
  expect(await moved('h.0.attn.c_attn.weight')).toBeCloseTo(0.001 * Math.sqrt(128 * 384), 2);
  // Most words of the vocabulary are in no review of the batch.
  expect(await moved('wte.weight')).toBeLessThan(0.5 * 0.001 * Math.sqrt(8192 * 128));
});
