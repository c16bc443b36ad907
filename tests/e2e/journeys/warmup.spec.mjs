// The lesson on warmup: draw a schedule with the pointer and the keys, and run what was drawn.
import { expect, numberOf, test } from '../fixtures.mjs';

const answer = (page, check, words) => page.locator('.check', { has: page.locator(`[data-check=${check}]`) }).getByText(words, { exact: true });
const status = (page, check) => page.locator(`[data-testid=check-status][data-check=${check}]`);

test('a learner draws a schedule, and it is the one that runs', async ({ page, openPage, waitForEngine, checkAccessibility }) => {
  test.setTimeout(180_000);
  await openPage({ route: '#/lesson/warmup' });
  await answer(page, 'first-step', 'By 0.001, as far as every other one').click();
  await expect(status(page, 'first-step')).toHaveAttribute('data-state', 'right');

  const [top, end] = [page.getByTestId('schedule-top'), page.getByTestId('schedule-end')];
  await expect(top).toHaveAttribute('aria-valuetext', /6 warmup steps, highest rate 0.001/);
  await expect(page.getByTestId('schedule-formula')).toContainText('0.001 · t / 6');
  await end.scrollIntoViewIfNeeded();
  const box = await top.locator('.knob').boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await expect(top).not.toHaveAttribute('aria-valuetext', /^6 warmup steps/);
  await expect(top).not.toHaveAttribute('aria-valuetext', /highest rate 0.001$/);

  // By the keys, to a top of 3e-4 after 12 steps.
  await top.focus();
  const steps = async () => Number(await top.getAttribute('aria-valuenow'));
  while ((await steps()) > 12) await page.keyboard.press('ArrowLeft');
  while ((await steps()) < 12) await page.keyboard.press('ArrowRight');
  for (let press = 0; press < 40; press += 1) await page.keyboard.press('ArrowDown');
  for (let press = 0; press < 5; press += 1) await page.keyboard.press('ArrowUp');
  await expect(top).toHaveAttribute('aria-valuetext', '12 warmup steps, highest rate 0.0003');
  await expect(page.getByTestId('schedule-formula')).toContainText('0.0003 · (60 − t) / (60 − 12)');
  await page.locator('#schedule-step').fill('6');
  expect(await numberOf(page.getByTestId('schedule-at'))).toBeCloseTo(1.5e-4, 10);

  await answer(page, 'half-way', 'At 10 and 60').click();
  await answer(page, 'what-a-pair-tells', 'One run with and one without show what happened, not what warmup does').click();
  await expect(status(page, 'what-a-pair-tells')).toHaveAttribute('data-state', 'right');

  await waitForEngine();
  await page.getByTestId('run-start').click();
  await waitForEngine('training', { timeout: 30_000 });
  await waitForEngine('ready', { timeout: 150_000 });
  await expect(status(page, 'gentle')).toHaveAttribute('data-state', 'right');
  await expect(page.getByTestId('lesson-progress')).toHaveAttribute('data-passed', '4');
  await checkAccessibility();
});

test('a pair of runs is compared, with the norms of both', async ({ page, openPage, waitForEngine }) => {
  test.setTimeout(180_000);
  await openPage({ route: '#/lesson/warmup' });
  await waitForEngine();
  for (const key of ['without', 'with']) {
    await page.getByTestId(`run-${key}`).click();
    await expect(page.locator(`[data-run=${key}]`)).toHaveAttribute('data-origin', 'measured', { timeout: 90_000 });
  }
  const rows = page.getByTestId('norm-chart').locator('tbody tr');
  await expect(rows).toHaveCount(60);
  // The first batch is the same and no weight has moved yet; in the second step only one of the two has.
  const norms = (row) => rows.nth(row).locator('td[data-value]').evaluateAll((cells) => cells.map((cell) => Number(cell.dataset.value)));
  const [first, second] = [await norms(0), await norms(1)];
  expect(first[0]).toBe(first[1]);
  expect(second[0]).not.toBe(second[1]);
});
