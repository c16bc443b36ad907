// The benchmark's losses, which every engine that is timed on these weights must give.
import { expect, test } from '../fixtures.mjs';

const LOSSES = {
  W1: [7.656821, 7.346887, 7.080656, 6.866979, 6.698367],
  W2: [7.656821, 7.649128, 7.638993, 7.626221],
};

// Where the browser has relaxed SIMD the engine made with it is used; the other must say the same.
for (const simd of [undefined, 'plain']) {
  for (const [workload, expected] of Object.entries(LOSSES)) {
    test(`${workload} gives the losses of the other engines${simd ? ', in plain SIMD too' : ''}`, async ({ page, openPage }) => {
      const fetched = [];
      page.on('request', (request) => fetched.push(request.url()));
      await openPage({ route: `#/bench?workload=${workload}&steps=2`, simd });
      const result = page.getByTestId('bench-result');
      await expect(result).toContainText('losses', { timeout: 60_000 });
      expect(fetched.some((url) => url.includes('worker_cpu_relaxed'))).toBe(!simd);
      const { losses } = JSON.parse(await result.innerText());
      expected.forEach((loss, step) => expect(Math.abs(losses[step] - loss), `step ${step}`).toBeLessThan(1e-4));
    });
  }
}

// Eight rows a step, of which the workers get two, three and three.
test('a step that is split over workers gives the same losses', async ({ page, openPage }) => {
  await openPage({ route: '#/bench?workload=W1&steps=2', workers: 3 });
  const result = page.getByTestId('bench-result');
  await expect(result).toContainText('losses', { timeout: 60_000 });
  const { losses, threads } = JSON.parse(await result.innerText());
  expect(threads).toBe(3);
  LOSSES.W1.forEach((loss, step) => expect(Math.abs(losses[step] - loss), `step ${step}`).toBeLessThan(1e-4));
});

test('a benchmark is cancelled, and can be made again', async ({ page, openPage }) => {
  await openPage({ route: '#/bench?workload=W2&steps=500' });
  await page.getByTestId('bench-cancel').click({ timeout: 60_000 });
  await expect(page.getByTestId('bench-again')).toBeEnabled();
  await expect(page.getByTestId('bench-result')).toBeEmpty();
  await page.getByTestId('bench-again').click();
  await expect(page.getByTestId('bench-cancel')).toBeVisible();
});

// What phones and small GPUs have. On the CPU there is nothing to limit.
test('with the least that WebGPU promises the losses are the same', async ({ page, openPage }) => {
  test.setTimeout(300_000);
  await openPage({ route: '#/bench?workload=W2&steps=1', device: 'webgpu', limits: 'default' });
  const result = page.getByTestId('bench-result');
  await expect(result).toContainText('losses', { timeout: 240_000 });
  await expect(page.getByTestId('engine-status')).toHaveAttribute('title', /limits=default/);
  const { losses } = JSON.parse(await result.innerText());
  LOSSES.W2.forEach((loss, step) => expect(Math.abs(losses[step] - loss), `step ${step}`).toBeLessThan(1e-4));
});
