// Adapters from elsewhere, beside the model: those that can be used answer, and the others are told apart.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '../fixtures.mjs';

const input = (name) => fileURLToPath(new URL(`../../inputs/${name}`, import.meta.url));
const folder = (name, weights = 'adapter_model.safetensors') => [input(`${name}/adapter_config.json`), input(`${name}/${weights}`)];
const file = (name, text) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(text) });

test('each is answered for: the one that fits by its method, the others by what is wrong with them', async ({ page, openPage, waitForEngine, checkAccessibility }) => {
  test.setTimeout(180_000);
  await openPage({ route: '#/lab?data=reviews&seed=7' });
  await waitForEngine();
  const told = page.getByTestId('brought');
  for (const [what, files, said] of [
    ['PiSSA', folder('pissa-adapter'), 'init_lora_weights is pissa'],
    ['no tensors', folder('empty-adapter'), 'holds no tensors'],
    ['a pickle', folder('pickle-only-adapter', 'adapter_model.bin'), 'safe_serialization'],
    ['its weights alone', [folder('empty-adapter')[1]], 'adapter_config.json is missing'],
    ['its configuration alone', [folder('empty-adapter')[0]], 'adapter_model.safetensors is missing'],
    ['a model', [file('config.json', '{}'), file('model.safetensors', '')], 'a whole model'],
    ['no archive', [file('photos.zip', 'PK and nothing more')], 'no zip archive'],
    ["Git's pointer", [file('adapter_config.json', await readFile(folder('adapter-name-in-keys')[0])), file('adapter_model.safetensors', 'version https://git-lfs.github.com/spec/v1\nsize 4096\n')], 'Git'],
    ['no configuration', [file('adapter_config.json', 'rank: 8'), file('adapter_model.safetensors', '')], 'adapter_config.json'],
  ]) {
    await page.getByTestId('bring-adapter').setInputFiles(files);
    await expect(told, what).toContainText(said, { timeout: 30_000 });
    await expect(told.locator('.refusal'), what).toBeVisible();
  }

  // Keys as a state dict has them; for continuing texts, which reviews are not.
  await page.getByTestId('bring-adapter').setInputFiles(folder('adapter-name-in-keys'));
  await expect(told).toContainText('my adapter answers now: LoRA', { timeout: 30_000 });
  await checkAccessibility('.bring_adapter');
});
