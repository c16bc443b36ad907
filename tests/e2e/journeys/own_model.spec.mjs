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

/** Stands in for the Hub: `files` by path, and `status` for everything else. */
async function hub(page, files, status = 404) {
  await page.context().route('https://huggingface.co/**', async (route) => {
    const name = new URL(route.request().url()).pathname;
    const headers = { 'access-control-allow-origin': '*' };
    if (!(name in files)) return route.fulfill({ status, headers, body: 'Repository not found' });
    return route.fulfill({ headers, body: files[name], contentType: 'application/octet-stream' });
  });
}

async function lookForId(page, id) {
  await page.getByTestId('model-hub-id').fill(id);
  await page.getByTestId('model-hub-look').click();
}

test('by its id on the Hub', async ({ page, openPage, waitForEngine }) => {
  const folder = '/owner/tiny-gpt2/resolve/main/';
  const files = Object.fromEntries(await Promise.all(FILES.map(async (path) => [folder + path.slice(NANO.length), await readFile(path)])));
  await hub(page, files);
  await openControl(page, openPage, waitForEngine);
  await lookForId(page, 'owner/tiny-gpt2');
  await expect(page.getByTestId('own-model-facts')).toContainText('4 blocks of width 128');
  await expect(page.getByTestId('own-model-need')).toContainText('2.4 MB');
  await page.getByTestId('own-model-load').click();
  await expect(page.getByTestId('engine-status')).toHaveAttribute('data-model', 'tiny-gpt2', { timeout: 30_000 });
  await waitForEngine();
  await continueStory(page);
});

/** The weights in two files with an index, as transformers saves a large model. */
function inTwo(weights) {
  const length = Number(weights.readBigUInt64LE(0));
  const tensors = Object.entries(JSON.parse(weights.subarray(8, 8 + length))).filter(([name]) => name !== '__metadata__');
  const halves = [tensors.slice(0, 9), tensors.slice(9)].map((own, i) => [`model-0000${i + 1}-of-00002.safetensors`, own]);
  const files = halves.map(([name, own]) => {
    const header = {};
    const bodies = [];
    let at = 0;
    for (const [tensor, { dtype, shape, data_offsets: [from, to] }] of own) {
      header[tensor] = { dtype, shape, data_offsets: [at, at + to - from] };
      bodies.push(weights.subarray(8 + length + from, 8 + length + to));
      at += to - from;
    }
    const json = Buffer.from(JSON.stringify(header));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(json.length));
    return [name, Buffer.concat([size, json, ...bodies])];
  });
  const weight_map = Object.fromEntries(halves.flatMap(([name, own]) => own.map(([tensor]) => [tensor, name])));
  const index = { metadata: { total_size: weights.length - 8 - length }, weight_map };
  return Object.fromEntries([...files, ['model.safetensors.index.json', JSON.stringify(index)]]);
}

test('weights in several files, from the Hub and chosen', async ({ page, openPage, waitForEngine, errorLog }) => {
  errorLog.allow(/Failed to load resource: the server responded with a status of 404/);
  const [config, weights, tokenizer] = await Promise.all(FILES.map((path) => readFile(path)));
  const files = { 'config.json': config, 'tokenizer.json': tokenizer, ...inTwo(weights) };
  await hub(page, Object.fromEntries(Object.entries(files).map(([name, body]) => [`/owner/in-two/resolve/main/${name}`, body])));
  await openControl(page, openPage, waitForEngine);
  await lookForId(page, 'owner/in-two');
  await expect(page.getByTestId('own-model-need')).toContainText('2.4 MB');
  await page.getByTestId('own-model-load').click();
  await expect(page.getByTestId('engine-status')).toHaveAttribute('data-model', 'in-two', { timeout: 30_000 });
  await waitForEngine();
  await continueStory(page);

  const chosen = Object.entries(files).map(([name, body]) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(body) }));
  await choose(page, chosen.filter(({ name }) => !name.includes('00002-of')));
  await page.getByTestId('own-model-load').click();
  await expect(page.getByTestId('error-notice').first()).toContainText('model-00002-of-00002.safetensors is not among the chosen files');
  await choose(page, chosen);
  await page.getByTestId('own-model-load').click();
  await expect(page.getByTestId('engine-status')).toHaveAttribute('data-model', 'your model', { timeout: 30_000 });
  await waitForEngine();
  await continueStory(page);
});

const CONFIG = JSON.stringify({ model_type: 'gpt2', vocab_size: 100, n_positions: 32, n_embd: 8, n_layer: 2, n_head: 2 });

for (const { what, id = 'owner/name', files = {}, status, said } of [
  { what: 'an id that is none', id: 'https://huggingface.co/gpt2', said: 'no id of the Hub' },
  { what: 'a private or missing model', status: 401, said: 'no public model owner/name' },
  { what: 'a model that wants consent', status: 403, said: 'want to be asked first' },
  { what: 'a repository without a model', said: 'config.json could not be fetched' },
  { what: 'pickled weights', files: { 'config.json': CONFIG, 'pytorch_model.bin': 'PK' }, said: 'pytorch_model.bin alone' },
  { what: 'no weights', files: { 'config.json': CONFIG }, said: 'no model.safetensors beside' },
  {
    what: "Git's pointer to weights",
    files: { 'config.json': CONFIG, 'model.safetensors': 'version https://git-lfs.github.com/spec/v1\nsize 2410880\n' },
    said: 'the pointer that Git leaves',
  },
]) {
  test(`on the Hub, ${what}`, async ({ page, openPage, waitForEngine, errorLog }) => {
    errorLog.allow(/Failed to load resource: the server responded with a status of 40[134]/);
    await hub(page, Object.fromEntries(Object.entries(files).map(([name, body]) => [`/owner/name/resolve/main/${name}`, body])), status);
    await openControl(page, openPage, waitForEngine);
    await lookForId(page, id);
    await expect(problem(page)).toContainText(said);
  });
}
