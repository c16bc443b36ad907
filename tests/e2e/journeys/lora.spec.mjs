// The main job: a learner opens the page and fine-tunes a pre-trained GPT-2 with LoRA.
import { expect, test } from '../fixtures.mjs';

const value = async (page, id) => Number(await page.getByTestId(id).getAttribute('data-value'));

test('the pre-trained model continues a story on the home page', async ({ page, openPage, waitForEngine }) => {
  await openPage();
  await waitForEngine();
  await page.getByTestId('prompt-input').fill('The old sailor looked at the');
  await page.getByTestId('generate').click();
  const text = page.getByTestId('generated-text');
  await expect(text).toHaveAttribute('data-state', 'done', { timeout: 30_000 });
  expect((await text.innerText()).length).toBeGreaterThan(60);
});

test('a continuation is cancelled, and another one made', async ({ page, openPage, waitForEngine }) => {
  await openPage();
  await waitForEngine();
  const text = page.getByTestId('generated-text');
  await page.getByTestId('generate').click();
  // A click that comes too late finds the button gone; so it is made where the text begins.
  await page.evaluate(() => new Promise((resolve) => {
    const cancel = document.querySelector('[data-testid=generate-cancel]');
    const look = () => (cancel.hidden ? requestAnimationFrame(look) : resolve(cancel.click()));
    look();
  }));
  await expect(text).toHaveAttribute('data-state', 'cancelled');
  await page.getByTestId('generate').click();
  await expect(text).toHaveAttribute('data-state', 'done', { timeout: 30_000 });
});

test('a LoRA run: the loss falls, the accuracy rises, the frozen weights stand still', async ({
  page,
  openPage,
  waitForEngine,
  checkAccessibility,
}) => {
  test.setTimeout(300_000);
  await openPage({ route: '#/lab?strategy=lora&rank=8&alpha=16&lr=3e-3&warmup=12&steps=120&batch=16&seed=7' });
  await waitForEngine();
  await page.getByTestId('run-start').click();
  await waitForEngine('training', { timeout: 30_000 });
  await waitForEngine('ready', { timeout: 240_000 });

  // 45,312 = rank 8 on three matrices of four blocks, and a head of 2 x 128.
  expect(await value(page, 'trainable-count')).toBe(45_312);
  expect(await value(page, 'total-count')).toBeGreaterThan(1_000_000);
  const losses = await page
    .getByTestId('loss-chart')
    .locator('table tbody tr')
    .evaluateAll((rows) => rows.map((row) => Number(row.querySelector('[data-value]')?.dataset.value)));
  const mean = (part) => part.reduce((a, b) => a + b, 0) / part.length;
  expect(losses.length).toBeGreaterThanOrEqual(100);
  expect(mean(losses.slice(-20))).toBeLessThan(mean(losses.slice(0, 20)) - 0.05);
  expect(await value(page, 'metric-accuracy-after')).toBeGreaterThan((await value(page, 'metric-accuracy-before')) + 0.1);
  await expect(page.getByTestId('frozen-proof')).toContainText(/identical|same/i);

  await page.getByTestId('classify-input').fill('A wonderful, warm film. We loved every minute of it.');
  await page.getByTestId('classify').click();
  await expect(page.getByTestId('classified')).toContainText(/positive|negative/);

  // The shelf: silence, the head of the run on the plain base; merged, the same answer with nothing beside W.
  const shelf = page.getByTestId('adapter-shelf');
  const sure = async () => Number(await page.getByTestId('classified').locator('[data-value]').first().getAttribute('data-value'));
  const asTrained = await sure();
  await shelf.getByRole('slider').fill('0');
  await expect(page.getByTestId('blend-said')).toContainText('One adapter answers');
  await expect.poll(sure).not.toBe(asTrained);
  await shelf.getByRole('slider').fill('1');
  await expect.poll(async () => Math.abs((await sure()) - asTrained)).toBeLessThan(1e-5);
  await page.getByTestId('merge').check();
  await expect(page.getByTestId('blend-said')).toContainText('Merged: 0 parameters');
  await expect.poll(async () => Math.abs((await sure()) - asTrained)).toBeLessThan(1e-5);
  await checkAccessibility();
});

test('a run pauses, goes on by single steps, resumes and is cancelled', async ({ page, openPage, waitForEngine }) => {
  test.setTimeout(120_000);
  await openPage({ route: '#/lab?steps=400&batch=4' });
  await waitForEngine();
  await page.getByTestId('run-start').click();
  const progress = page.getByTestId('run-progress');
  const completed = async () => Number(await progress.getAttribute('data-value'));
  await expect.poll(completed, { timeout: 60_000 }).toBeGreaterThan(3);
  await page.getByTestId('run-pause').click();
  await waitForEngine('paused');
  const paused = await completed();
  await page.getByTestId('run-step').click();
  await expect.poll(completed).toBe(paused + 1);
  await waitForEngine('paused');
  await page.getByTestId('run-resume').click();
  await expect.poll(completed).toBeGreaterThan(paused + 3);
  await page.getByTestId('run-cancel').click();
  await waitForEngine('ready');
  await expect(page.getByTestId('run-start')).toBeEnabled();
});
