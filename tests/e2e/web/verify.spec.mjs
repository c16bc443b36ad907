// The reference cases in the module that ships, through the page's own worker, protocol and downloads.
import { expect, test } from '../fixtures.mjs';

// Cases by the folder they lie in, so that a BERT's does not stand in for a GPT-2's.
const ADAPTERS = ['lora_r8', 'dora_r4', 'ia3', 'prompt_3', 'prefix_3', 'adapter_houlsby_4', 'adapter_pfeiffer_4'].map((name) => `A/${name}`);
const HEADS = ['A/token_cls', 'A/qa', 'A/multi_label'];
const BERT = ['bert/mlm/batch', 'bert/cls/batch', 'bert/cls/lora_qv_r4'];
const FORWARD = [...ADAPTERS, ...HEADS, ...BERT, 'A/lm/batch', 'A/masks', 'bert/masks'];
const TRAINING = ['A/lora_r8/traj_wd0', 'A/traj/full_wd0', 'A/traj/partial_wd0', 'A/cls/traj_partial_wd0', 'bert/mlm/traj_full_wd0.01_trainer', 'bert/cls/traj_full_wd0.01_trainer'];
const REST = ['A/lm/loss', 'A/cls/batch', 'A/gen/dists', 'A/remedies/full_ewc', 'A/hf_trainer/full_wd0', 'schedules', 'param_counts_gpt2', 'tokenizer'];

/** Runs `#/verify` to its end and returns the rows. */
async function verified(page, openPage, device, timeout) {
  await openPage({ route: '#/verify', device });
  const summary = page.getByTestId('verify-summary');
  await expect(summary).toHaveAttribute('data-state', 'finished', { timeout });
  return page.getByTestId('verify-table').locator('tbody tr').evaluateAll((rows) =>
    rows.map((row) => ({ text: row.innerText.replace(/\s+/g, ' '), name: row.cells[0].innerText.trim(), ok: row.dataset.ok === 'true' })),
  );
}

function expectAllOk(rows, needed) {
  expect(rows.filter((row) => !row.ok).map((row) => row.text), 'rows that are not ok').toEqual([]);
  for (const folder of needed) {
    const isIn = ({ name }) => name === folder || name.startsWith(`${folder}/`);
    expect(rows.some(isIn), `a row about ${folder}`).toBe(true);
  }
}

test('every reference case holds in WebAssembly on the CPU', async ({ page, openPage }) => {
  test.setTimeout(300_000);
  const rows = await verified(page, openPage, 'cpu', 280_000);
  expect(rows.length).toBeGreaterThan(60);
  expectAllOk(rows, [...FORWARD, ...TRAINING, ...REST]);
});

test('forward, every adapter and head with its gradients, and a LoRA trajectory hold on WebGPU', async ({ page, openPage }) => {
  test.setTimeout(900_000);
  const rows = await verified(page, openPage, 'webgpu', 880_000);
  await expect(page.getByTestId('engine-status')).toHaveAttribute('data-device', 'webgpu');
  expectAllOk(rows, FORWARD);
});

// All of it takes some seconds, so whatever must not have ended by itself is looked at while it is paused.
test('a verification is paused, resumed, made again and cancelled', async ({ page, openPage }) => {
  test.setTimeout(300_000);
  await openPage({ route: '#/verify' });
  const [summary, pause] = [page.getByTestId('verify-summary'), page.getByTestId('verify-pause')];
  const rows = page.getByTestId('verify-table').locator('tbody tr');
  await expect(rows.first()).toBeVisible({ timeout: 60_000 });
  await pause.click();
  await expect(pause).toHaveAttribute('data-state', 'paused');
  const count = await rows.count();
  await page.waitForTimeout(1_000);
  expect(await rows.count()).toBe(count);
  await pause.click();
  await expect(summary).toHaveAttribute('data-state', 'finished', { timeout: 240_000 });
  const all = await rows.count();
  expect(all).toBeGreaterThan(count);

  await page.getByTestId('verify-again').click();
  await pause.click();
  await expect(pause).toHaveAttribute('data-state', 'paused');
  await page.getByTestId('verify-cancel').click();
  await expect(summary).toContainText(/cancelled/i);
  expect(await rows.count()).toBeLessThan(all);
});
