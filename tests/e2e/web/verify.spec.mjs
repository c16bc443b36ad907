// The reference cases in the module that ships, through the page's own worker, protocol and downloads.
import { expect, test } from '../fixtures.mjs';

const ADAPTERS = ['lora_r8', 'dora_r4', 'ia3', 'prompt_3', 'prefix_3', 'adapter_houlsby_4', 'adapter_pfeiffer_4'];
const HEADS = ['token_cls', 'qa', 'multi_label'];
const BERT = ['bert/mlm/batch', 'bert/cls/batch', 'bert/cls/lora_qv_r4'];

/** Runs `#/verify` to its end and returns the rows. */
async function verified(page, openPage, device, timeout) {
  await openPage({ route: '#/verify', device });
  const summary = page.getByTestId('verify-summary');
  await expect(summary).toHaveAttribute('data-state', 'finished', { timeout });
  return page.getByTestId('verify-table').locator('tbody tr').evaluateAll((rows) =>
    rows.map((row) => ({ text: row.innerText.replace(/\s+/g, ' '), ok: row.dataset.ok === 'true' })),
  );
}

function expectAllOk(rows, needed) {
  expect(rows.filter((row) => !row.ok).map((row) => row.text), 'rows that are not ok').toEqual([]);
  for (const word of needed) {
    expect(rows.some((row) => row.text.includes(word)), `a row about ${word}`).toBe(true);
  }
}

test('every reference case holds in WebAssembly on the CPU', async ({ page, openPage }) => {
  test.setTimeout(300_000);
  const rows = await verified(page, openPage, 'cpu', 280_000);
  expect(rows.length).toBeGreaterThan(60);
  expectAllOk(rows, [...ADAPTERS, ...HEADS, ...BERT, 'bert/mlm/traj', 'bert/cls/traj', 'lm', 'traj', 'cls', 'gen', 'schedules', 'tokenizer']);
});

test('forward, every adapter and head with its gradients, and a LoRA trajectory hold on WebGPU', async ({ page, openPage }) => {
  test.setTimeout(900_000);
  const rows = await verified(page, openPage, 'webgpu', 880_000);
  await expect(page.getByTestId('engine-status')).toHaveAttribute('data-device', 'webgpu');
  expectAllOk(rows, [...ADAPTERS, ...HEADS, ...BERT, 'lm']);
});
