// What goes wrong says what was wrong and what to do.
import { expect, test } from '../fixtures.mjs';

test('a model that is not there', async ({ page, openPage }) => {
  await openPage({ model: 'no-such-model' });
  const notice = page.getByTestId('error-notice').first();
  await expect(notice).toContainText(/no-such-model/, { timeout: 30_000 });
  await expect(page.getByTestId('engine-status')).toHaveAttribute('data-state', 'failed');
});

test('weights that are cut short', async ({ page, openPage }) => {
  await page.route('**/model.safetensors*', async (route) => {
    const answer = await route.fetch();
    const body = await answer.body();
    await route.fulfill({ response: answer, body: body.subarray(0, body.length / 2) });
  });
  await openPage();
  await expect(page.getByTestId('error-notice').first()).toContainText(/cut short/, { timeout: 30_000 });
});

test('weights of another shape than the configuration says', async ({ page, openPage }) => {
  await page.route('**/models/*/config.json*', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), n_positions: 64 } });
  });
  await openPage();
  const notice = page.getByTestId('error-notice').first();
  await expect(notice).toContainText(/wpe\.weight.*shape/, { timeout: 30_000 });
  await expect(page.getByTestId('engine-status')).toHaveAttribute('data-state', 'failed');
});

test('no WebGPU: the page says so and takes the CPU', async ({ page, openPage, waitForEngine }) => {
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'gpu', { get: () => undefined }));
  await openPage({ device: 'webgpu' });
  await expect(page.getByTestId('error-notice').first()).toContainText(/WebGPU/);
  await waitForEngine();
  await expect(page.getByTestId('engine-status')).toHaveAttribute('data-device', 'cpu');
});

test('an engine that does not start is noticed and can be restarted', async ({ page, openPage, waitForEngine }) => {
  let broken = true;
  await page.route('**/worker_cpu*_bg.wasm*', (route) =>
    broken ? route.fulfill({ status: 200, contentType: 'application/wasm', body: 'not wasm' }) : route.continue(),
  );
  await openPage();
  const notice = page.getByTestId('error-notice').first();
  await expect(notice).toBeVisible({ timeout: 30_000 });
  broken = false;
  await notice.getByRole('button', { name: /restart|again/i }).first().click();
  await waitForEngine();
});

test('a worker that dies in mid-run is noticed, and the run is made anew', async ({ page, openPage, waitForEngine }) => {
  test.setTimeout(240_000);
  await openPage({ route: '#/lab?steps=400&batch=4' });
  await waitForEngine();
  await page.getByTestId('run-start').click();
  const progress = page.getByTestId('run-progress');
  const completed = async () => Number(await progress.getAttribute('data-value'));
  await expect.poll(completed, { timeout: 60_000 }).toBeGreaterThan(3);
  // The engine's own worker closes itself and says nothing. The word that it has done so may not get through either.
  const closing = page.workers().map((worker) => worker.evaluate(() => self.name !== 'helper' && self.close()).catch(() => {}));
  expect(closing.length).toBeGreaterThan(0);
  await Promise.race([Promise.all(closing), page.waitForTimeout(5_000)]);
  const lost = page.getByTestId('error-notice').filter({ hasText: /seconds/ });
  await expect(lost).toBeVisible({ timeout: 90_000 });
  // Another worker is on its way by itself, with the model.
  await waitForEngine('ready', { timeout: 60_000 });
  await lost.getByRole('button').first().click();
  await waitForEngine('training', { timeout: 60_000 });
  await expect.poll(completed, { timeout: 60_000 }).toBeGreaterThan(3);
  await page.getByTestId('run-cancel').click();
  await waitForEngine('ready');
});

test('a further worker whose program cannot be fetched is done without', async ({ page, openPage, waitForEngine, errorLog }) => {
  test.setTimeout(180_000);
  errorLog.allow(/status of 404/);
  await page.route('**/engine/start_cpu*.js*', async (route) => {
    const answer = await route.fetch();
    const elsewhere = `{ const { Worker } = self; self.Worker = class extends Worker { constructor(url, options) { super(url.replace('start_', 'gone_'), options); } }; }`;
    await route.fulfill({ response: answer, body: `${await answer.text()}\n${elsewhere}` });
  });
  await openPage({ route: '#/lab?steps=6&data=topics', workers: 2 });
  await waitForEngine();
  await expect(page.getByTestId('run-start')).toBeEnabled({ timeout: 30_000 });
  await page.getByTestId('run-start').click();
  await expect(page.getByTestId('error-notice')).toContainText('its program could not be fetched', { timeout: 60_000 });
  await expect(page.getByTestId('metric-accuracy-after')).toHaveAttribute('data-value', /\S/, { timeout: 120_000 });
});

test('an impossible value in the address gets a notice and the default', async ({ page, openPage }) => {
  await openPage({ route: '#/lab?rank=-3&lr=fast' });
  await expect(page.getByTestId('error-notice').first()).toContainText(/rank/);
});
