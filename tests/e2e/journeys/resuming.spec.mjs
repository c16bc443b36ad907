// Nothing is lost: a run goes on after a reload or with another worker, to the curve of a run that was never broken off; own
// data and the table of runs come back.
import { expect, numberOf, test } from '../fixtures.mjs';

const SETTINGS = '#/lab?data=topics&strategy=lora&rank=4&dropout=0.1&lr=2e-3&steps=120&warmup=10&batch=8&seed=11&evaluate=40';

const progress = (page) => page.getByTestId('run-progress');
const completed = async (page) => Number(await progress(page).getAttribute('data-value'));

async function start(page, waitForEngine, route, openPage) {
  await openPage({ route });
  await waitForEngine();
  await expect(page.getByTestId('run-start')).toBeEnabled({ timeout: 30_000 });
  await page.getByTestId('run-start').click();
}

async function finished(page) {
  await expect(page.getByTestId('metric-accuracy-after')).toHaveAttribute('data-value', /\S/, { timeout: 180_000 });
}

/** Some steps have been made, and not all: a run before may have left its own number. */
async function onItsWay(page) {
  const isOnItsWay = async () => {
    const steps = await completed(page);
    return steps > 15 && steps < 100;
  };
  await expect.poll(isOnItsWay, { timeout: 120_000 }).toBe(true);
}

/** Pauses the run once it is well on its way; the step at which it is kept. */
async function pauseKept(page) {
  await onItsWay(page);
  await page.getByTestId('run-pause').click();
  const keeping = page.getByTestId('run-keeping');
  await expect(page.getByTestId('engine-status')).toHaveAttribute('data-state', 'paused');
  const step = await completed(page);
  await expect(keeping).toHaveAttribute('data-value', String(step), { timeout: 20_000 });
  return step;
}

/** Every number of the loss chart's table, row by row. */
async function curve(page) {
  const rows = page.getByTestId('loss-chart').locator('table tbody tr');
  return rows.evaluateAll((all) =>
    all.map((row) => [...row.children].map((cell) => (cell.dataset.value === undefined ? cell.textContent.trim() : Number(cell.dataset.value)))),
  );
}

/** Both have the same rows, and numbers that differ by no more than 1e-5. */
function expectSame(resumed, whole) {
  expect(resumed.length).toBe(whole.length);
  let largest = 0;
  for (const [index, row] of whole.entries()) {
    expect(resumed[index].length).toBe(row.length);
    for (const [place, value] of row.entries()) {
      if (typeof value !== 'number') {
        expect(resumed[index][place]).toBe(value);
      } else {
        largest = Math.max(largest, Math.abs(resumed[index][place] - value));
      }
    }
  }
  expect(largest).toBeLessThan(1e-5);
}

test('a run that a reload breaks off goes on to the same curve', async ({ page, openPage, waitForEngine, checkAccessibility }) => {
  test.setTimeout(600_000);
  await start(page, waitForEngine, SETTINGS, openPage);
  await finished(page);
  const whole = await curve(page);
  expect(whole.length).toBeGreaterThanOrEqual(120);
  const accuracy = await numberOf(page.getByTestId('metric-accuracy-after'));

  await page.getByTestId('run-start').click();
  const step = await pauseKept(page);
  await page.reload();
  await waitForEngine();
  const resume = page.getByTestId('run-resume-saved');
  await expect(resume).toHaveText(`Resume at step ${step}`);
  await expect(page.locator('.kept_run')).toContainText('topics with nano');
  await checkAccessibility('.kept_run');
  await page.locator('[data-testid=kept-weights] > summary').click();
  expect(await numberOf(page.getByTestId('kept-run'))).toBeGreaterThan(10_000);
  await expect(page.getByTestId('run-table').locator('tbody tr')).toHaveCount(1);
  await expect(resume).toBeEnabled({ timeout: 30_000 });
  await resume.click();
  await expect(resume).toHaveCount(0);
  await finished(page);
  expectSame(await curve(page), whole);
  expect(await numberOf(page.getByTestId('metric-accuracy-after'))).toBe(accuracy);
  await expect(page.getByTestId('frozen-proof')).toContainText(/identical|same/i);

  // It has ended: nothing is left to go on with.
  await page.reload();
  await waitForEngine();
  await expect(page.getByTestId('run-table').locator('tbody tr')).toHaveCount(2);
  await expect(page.getByTestId('run-resume-saved')).toHaveCount(0);
});

test('a run goes on with another worker when its own was killed', async ({ page, openPage, waitForEngine }) => {
  test.setTimeout(600_000);
  await start(page, waitForEngine, SETTINGS.replace('seed=11', 'seed=12'), openPage);
  await finished(page);
  const whole = await curve(page);
  await page.getByTestId('run-start').click();
  const step = await pauseKept(page);
  await page.getByTestId('run-resume').click();
  await expect.poll(() => completed(page), { timeout: 60_000 }).toBeGreaterThan(step + 1);
  const closing = page.workers().map((worker) => worker.evaluate(() => self.name !== 'helper' && self.close()).catch(() => {}));
  await Promise.race([Promise.all(closing), page.waitForTimeout(5_000)]);
  await expect(page.getByTestId('error-notice').filter({ hasText: /seconds/ })).toBeVisible({ timeout: 90_000 });
  await waitForEngine('ready', { timeout: 60_000 });
  const resume = page.getByTestId('run-resume-saved');
  await expect(resume).toBeEnabled({ timeout: 30_000 });
  expect(Number(await resume.getAttribute('data-value'))).toBeGreaterThanOrEqual(step);
  await resume.click();
  await finished(page);
  expectSame(await curve(page), whole);
});

test('a kept run is discarded; a second tab says that it keeps none', async ({ page, context, openPage, waitForEngine }) => {
  test.setTimeout(300_000);
  await start(page, waitForEngine, SETTINGS, openPage);
  await pauseKept(page);
  const second = await context.newPage();
  await second.goto(page.url());
  await expect(second.getByTestId('run-keeping')).toHaveAttribute('data-state', 'elsewhere', { timeout: 60_000 });
  await expect(second.getByTestId('run-resume-saved')).toHaveCount(0);
  await second.close();
  await page.reload();
  await waitForEngine();
  await page.getByTestId('run-discard-saved').click();
  await expect(page.getByTestId('run-resume-saved')).toHaveCount(0);
  await page.reload();
  await waitForEngine();
  await expect(page.getByTestId('run-keeping')).toBeHidden();
  await expect(page.getByTestId('run-resume-saved')).toHaveCount(0);
});

test('a browser without room or without a store for files trains all the same, and says so', async ({ page, openPage, waitForEngine }) => {
  test.setTimeout(300_000);
  await page.addInitScript(() => delete StorageManager.prototype.getDirectory);
  // That does not reach workers: the engine's program is told the same before it starts.
  await page.route('**/engine/start_cpu*.js*', async (route) => {
    const answer = await route.fetch();
    const body = await answer.text();
    await route.fulfill({ response: answer, body: `delete StorageManager.prototype.getDirectory;\n${body}` });
  });
  await start(page, waitForEngine, SETTINGS.replace('steps=120', 'steps=30'), openPage);
  await expect(page.getByTestId('run-keeping')).toHaveAttribute('data-state', 'nowhere', { timeout: 30_000 });
  await finished(page);
});

test('a store that is full leaves the run in memory, with a notice', async ({ page, openPage, waitForEngine }) => {
  test.setTimeout(300_000);
  await page.route('**/engine/start_cpu*.js*', async (route) => {
    const answer = await route.fetch();
    const body = await answer.text();
    const full = `FileSystemSyncAccessHandle.prototype.write = () => { throw new DOMException('full', 'QuotaExceededError'); };\n`;
    await route.fulfill({ response: answer, body: full + body });
  });
  await start(page, waitForEngine, SETTINGS, openPage);
  await onItsWay(page);
  await page.getByTestId('run-pause').click();
  await expect(page.getByTestId('error-notice')).toContainText('no more room', { timeout: 30_000 });
  await page.getByTestId('run-resume').click();
  await finished(page);
  await page.reload();
  await waitForEngine();
  await expect(page.getByTestId('run-resume-saved')).toHaveCount(0);
});

test('own data and what was chosen in it are there after a reload', async ({ page, openPage, waitForEngine }) => {
  await openPage({ route: '#/lab?steps=20' });
  await waitForEngine();
  const rows = Array.from({ length: 60 }, (_, i) => `thing ${i} ${i % 2 ? 'is lovely' : 'broke'};${i % 2 ? 'happy' : 'cross'}`);
  const buffer = Buffer.from(`Remark;Mood\n${rows.join('\n')}\nTwice;happy\nTwice;happy\n`);
  await page.getByTestId('data-drop').setInputFiles({ name: 'shop.csv', mimeType: 'text/csv', buffer });
  const finding = page.locator('.findings [data-kind=Duplicates]');
  await finding.getByRole('button').click();
  await expect(finding).toHaveCount(0);
  await page.getByTestId('data-use').click();
  await page.locator('[data-testid=kept-weights] > summary').click();
  await expect(page.getByTestId('kept-data')).toHaveAttribute('data-value', String(buffer.length));

  await page.reload();
  await waitForEngine();
  const report = page.getByTestId('data-report');
  await expect(report).toHaveAttribute('data-rows', '61', { timeout: 30_000 });
  await expect(page.getByTestId('data-choice')).toContainText('shop.csv');
  await expect(page.getByTestId('baseline-accuracy')).toHaveAttribute('data-value', /\S/, { timeout: 30_000 });
  await expect(page.locator('.findings [data-mended]')).toHaveCount(1);

  await page.locator('[data-testid=kept-weights] > summary').click();
  await page.getByTestId('kept-data').getByTestId('forget-kept').click();
  await page.reload();
  await waitForEngine();
  await expect(page.getByTestId('data-report')).toHaveCount(0);
});

test('the workspace goes out as one file and comes in again elsewhere', async ({ page, browser, openPage, waitForEngine, site }) => {
  test.setTimeout(400_000);
  await start(page, waitForEngine, SETTINGS, openPage);
  const step = await pauseKept(page);
  await page.reload();
  await waitForEngine();
  await page.locator('[data-testid=kept-weights] > summary').click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export-workspace').click()]);
  expect(download.suggestedFilename()).toBe('warmup-workspace.zip');
  const file = await download.path();

  const elsewhere = await (await browser.newContext()).newPage();
  await elsewhere.goto(`${site.url}?device=cpu#/lab`);
  const engine = elsewhere.getByTestId('engine-status');
  await expect(engine).toHaveAttribute('data-state', 'ready', { timeout: 60_000 });
  await elsewhere.locator('[data-testid=kept-weights] > summary').click();
  await elsewhere.getByTestId('import-workspace').setInputFiles(file);
  const resume = elsewhere.getByTestId('run-resume-saved');
  await expect(resume).toHaveText(`Resume at step ${step}`, { timeout: 60_000 });
  await expect(resume).toBeEnabled({ timeout: 60_000 });
  await resume.click();
  await expect(elsewhere.getByTestId('metric-accuracy-after')).toHaveAttribute('data-value', /\S/, { timeout: 180_000 });
  await elsewhere.close();
});

test('a run goes on by itself, on the CPU, when its GPU fails', async ({ page, openPage, waitForEngine }) => {
  test.setTimeout(600_000);
  // The page is told of a GPU, and its engine is the CPU's in disguise, which fails like one that has lost its device.
  await page.addInitScript(() => {
    const adapter = { info: { vendor: 'a maker', architecture: 'of GPUs' } };
    Object.defineProperty(Navigator.prototype, 'gpu', { get: () => ({ requestAdapter: async () => adapter }) });
  });
  await page.route('**/engine/manifest.json', async (route) => {
    const answer = await route.fetch();
    const manifest = await answer.json();
    await route.fulfill({ response: answer, json: { ...manifest, gpu: manifest.cpu } });
  });
  await page.route(/engine\/(start_gpu\.js|worker_gpu)/, async (route) => {
    await route.fulfill({ response: await route.fetch({ url: route.request().url().replace('_gpu', '_cpu') }) });
  });
  // A GPU would start with a larger model than a CPU.
  await openPage({ route: SETTINGS, device: 'auto', model: 'nano', simd: 'plain', workers: 1 });
  await waitForEngine();
  await expect(page.getByTestId('run-start')).toBeEnabled({ timeout: 30_000 });
  await page.getByTestId('run-start').click();
  await expect(page.getByTestId('run-keeping')).toHaveAttribute('data-value', /\S/, { timeout: 60_000 });
  await onItsWay(page);
  const failing = page.workers().map((worker) => worker.evaluate(() => self.name !== 'helper' && setTimeout(() => { throw new Error('the device was lost'); })));
  await Promise.all(failing);
  await expect(page.getByTestId('error-notice')).toContainText(/goes on from step \d+/);
  await finished(page);
  const resumed = await curve(page);
  await expect(page.getByTestId('run-table').locator('tbody tr')).toHaveCount(1);
  await page.getByTestId('run-start').click();
  await finished(page);
  await expect(page.getByTestId('run-table').locator('tbody tr')).toHaveCount(2);
  expectSame(resumed, await curve(page));
});
