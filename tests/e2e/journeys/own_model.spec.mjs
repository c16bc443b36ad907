// A GPT-2 of the learner's own: told what it is and needs, loaded from files or an address, refused where it does not fit.
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '../fixtures.mjs';

const NANO = fileURLToPath(new URL('../../../www/models/nano/', import.meta.url));
const FILES = ['config.json', 'model.safetensors', 'tokenizer.json'].map((file) => NANO + file);

async function openControl(page, openPage, waitForEngine) {
  await openPage({ route: '#/lab' });
  await waitForEngine();
  await page.locator('[data-testid=own-model] > summary').click();
}

const choose = (page, files) => page.getByTestId('own-model-files').setInputFiles(files);
const problem = (page) => page.getByTestId('own-model-problem');

async function continueStory(page) {
  await page.getByTestId('prompt-input').fill('The old sailor looked at the');
  await page.getByTestId('generate').click();
  const text = page.getByTestId('generated-text');
  await expect(text).toHaveAttribute('data-state', 'done', { timeout: 30_000 });
  expect((await text.innerText()).length).toBeGreaterThan(60);
}

test('from files: size and need are told first, then it loads and works', async ({
  page,
  openPage,
  waitForEngine,
  checkAccessibility,
}) => {
  await openControl(page, openPage, waitForEngine);
  await choose(page, FILES);
  await expect(page.getByTestId('own-model-facts')).toContainText('4 blocks of width 128');
  const config = JSON.parse(await readFile(FILES[0], 'utf8'));
  const parameters = Number(await page.getByTestId('own-model-facts').getAttribute('data-value'));
  expect(parameters).toBeGreaterThan(config.vocab_size * config.n_embd);
  const need = Number(await page.getByTestId('own-model-need').getAttribute('data-value'));
  expect(need).toBeGreaterThan(4 * parameters);
  await checkAccessibility('.own_model');

  await page.getByTestId('own-model-load').click();
  await expect(page.getByTestId('engine-status')).toHaveAttribute('data-model', 'your model', { timeout: 30_000 });
  await waitForEngine();
  await continueStory(page);
});

test('from an address', async ({ page, openPage, waitForEngine, baseURL }) => {
  await openControl(page, openPage, waitForEngine);
  await page.getByTestId('own-model-url').fill(`${baseURL}models/nano`);
  await page.getByTestId('own-model-look').click();
  await page.getByTestId('own-model-load').click();
  await expect(page.getByTestId('engine-status')).toHaveAttribute('data-model', 'nano', { timeout: 30_000 });
  await waitForEngine();
  await continueStory(page);
});

test('files that do not make a GPT-2 are refused, each for its reason', async ({ page, openPage, waitForEngine }) => {
  await openControl(page, openPage, waitForEngine);
  await choose(page, FILES.slice(0, 2));
  await expect(problem(page)).toContainText('no tokenizer among the chosen files');
  await choose(page, [FILES[0], FILES[2]]);
  await expect(problem(page)).toContainText('model.safetensors is not among the chosen files');

  const folder = await mkdtemp(join(tmpdir(), 'warmup-'));
  const llama = join(folder, 'config.json');
  await writeFile(llama, JSON.stringify({ model_type: 'llama', hidden_size: 64, vocab_size: 32000 }));
  await choose(page, [llama, ...FILES.slice(1)]);
  await expect(problem(page)).toContainText('of the kind llama; only gpt2');

  const cut = join(folder, 'model.safetensors');
  const weights = await readFile(FILES[1]);
  await writeFile(cut, weights.subarray(0, weights.length / 2));
  await choose(page, [FILES[0], cut, FILES[2]]);
  await page.getByTestId('own-model-load').click();
  const notice = page.getByTestId('error-notice').first();
  await expect(notice).toContainText(/your model.*cut short/, { timeout: 30_000 });
  await notice.getByRole('button', { name: /shipped model/i }).click();
  await waitForEngine();
  await expect(page.getByTestId('engine-status')).toHaveAttribute('data-model', 'nano');
});

test('an address that is none', async ({ page, openPage, waitForEngine }) => {
  await openControl(page, openPage, waitForEngine);
  await page.getByTestId('own-model-url').fill('gpt2');
  await page.getByTestId('own-model-look').click();
  await expect(problem(page)).toContainText('begins with https://');
});
