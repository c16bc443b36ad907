// A table of the learner's own: dropped, looked through, mended, trained on beside what counting words reaches, and taken home.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, numberOf, test } from '../fixtures.mjs';

const run = promisify(execFile);

const THINGS = ['kettle', 'lamp', 'chair', 'radio', 'clock', 'scarf', 'spade', 'jug', 'stool', 'brush'];
const PRAISE = ['I love it', 'it works well', 'worth every penny', 'a joy to use'];
const BLAME = ['it broke at once', 'a waste of money', 'it never worked', 'I want my money back'];

/** As a spreadsheet saves it: semicolons, other names, and the slips that tables have. */
function table() {
  const rows = [];
  for (let i = 0; i < 240; i++) {
    const [words, mood] = i % 2 ? [PRAISE, 'happy'] : [BLAME, 'cross'];
    rows.push(`My ${THINGS[i % 10]} number ${i * 7} came on day ${i}; ${words[(i >> 1) % 4]}.`.replace(';', ','));
    rows[i] = `${rows[i]};${mood}`;
  }
  // Line 242 is empty, 243 and 244 are the same, 245 and 246 contradict each other.
  return `Remark;Mood\n${[...rows, ';happy', 'Twice;happy', 'Twice;happy', 'So so;happy', 'So so;cross'].join('\n')}\n`;
}

async function drop(page, name, text) {
  const folder = await mkdtemp(join(tmpdir(), 'warmup-'));
  const file = join(folder, name);
  await writeFile(file, text);
  await page.getByTestId('data-drop').setInputFiles(file);
  return folder;
}

const finding = (page, kind) => page.locator(`.findings [data-kind=${kind}]`);

test('a spreadsheet goes in, is mended, trained on and taken home', async ({ page, openPage, waitForEngine, checkAccessibility }) => {
  test.setTimeout(300_000);
  await openPage({ route: '#/lab?strategy=lora&rank=4&lr=3e-3&steps=30&warmup=3&batch=16&seed=7' });
  await waitForEngine();
  const folder = await drop(page, 'shop.csv', table());

  // Separator, columns and task are guessed.
  const report = page.getByTestId('data-report');
  await expect(report).toContainText('read as columns with semicolons');
  await expect(page.getByTestId('data-preview').locator('tbody tr')).toHaveCount(5);
  await expect(page.getByTestId('data-column-text').locator('option:checked')).toHaveText('Remark');
  await expect(page.getByTestId('data-column-label').locator('option:checked')).toHaveText('Mood');

  // What is wrong is named by line, and each mend is a click.
  await expect(finding(page, 'Empty')).toContainText('242');
  await expect(finding(page, 'Contradictions')).toContainText('245 and 246');
  await expect(finding(page, 'Duplicates')).toContainText('243 and 244');
  await expect(page.getByTestId('data-use')).toBeDisabled();
  for (const kind of ['Empty', 'Contradictions', 'Duplicates']) {
    await finding(page, kind).getByRole('button').click();
    await expect(finding(page, kind)).toHaveCount(0);
  }
  await expect(report).toHaveAttribute('data-rows', '241');
  await checkAccessibility('.own_data');

  await page.getByTestId('data-use').click();
  const words = page.getByTestId('baseline-accuracy');
  await expect(words).toHaveAttribute('data-value', /\S/, { timeout: 30_000 });
  expect(await numberOf(words)).toBeGreaterThan(0.9);
  // The data is in no address.
  expect(page.url()).not.toContain('data=');

  await expect(page.getByTestId('run-start')).toBeEnabled({ timeout: 30_000 });
  await page.getByTestId('run-start').click();
  await waitForEngine('training', { timeout: 30_000 });
  await waitForEngine('ready', { timeout: 180_000 });
  expect(await numberOf(page.getByTestId('metric-accuracy-after'))).toBeGreaterThan(0.5);
  const row = page.getByTestId('run-table').locator('tbody tr');
  await expect(row).toHaveCount(1);
  await expect(row).toContainText('shop.csv');

  // The program reads this file, these columns, and makes this split.
  const script = await page.getByTestId('script-text').innerText();
  expect(script).toContain('"shop.csv"');
  expect(script).toContain('row["Remark"].strip()');
  expect(script).toContain('delimiter=";"');

  const downloading = page.waitForEvent('download');
  await page.getByTestId('export-adapter').click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('lora-nano-shop.zip');
  const archive = join(folder, 'adapter.zip');
  await download.saveAs(archive);
  expect((await readFile(archive)).subarray(0, 2).toString()).toBe('PK');
  const { stdout } = await run('python3', ['-c', 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(z.namelist())', archive]);
  for (const name of ['adapter_config.json', 'adapter_model.safetensors', 'README.md', 'metrics.csv', 'metrics.json']) {
    expect(stdout).toContain(name);
  }
  const validation = await numberOf(row.first().locator('td').nth(2));

  // The whole model with the adapter in it, for transformers alone.
  const merging = page.waitForEvent('download');
  await page.getByTestId('export-merged').click();
  const merged = await merging;
  expect(merged.suggestedFilename()).toBe('lora-nano-shop-merged.zip');
  const whole = join(folder, 'merged.zip');
  await merged.saveAs(whole);
  const { stdout: inside } = await run('python3', ['-c', 'import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).namelist())', whole]);
  expect(inside).toContain('model.safetensors');
  expect(inside).not.toContain('adapter');

  // In again, packed by another program: the same score, and it answers.
  const repacked = join(folder, 'shop-again.zip');
  await run('python3', ['-c', 'import sys, zipfile\nold, new = zipfile.ZipFile(sys.argv[1]), zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED)\nfor name in old.namelist(): new.writestr(name, old.read(name))\nnew.close()', archive, repacked]);
  await page.getByTestId('bring-adapter').setInputFiles(repacked);
  const brought = page.getByTestId('brought');
  await expect(brought).toContainText('shop-again answers now: LoRA', { timeout: 60_000 });
  expect(Number(await brought.locator('[data-value]').getAttribute('data-value'))).toBe(validation);
  await expect(page.getByTestId('adapter-shelf').locator('li')).toHaveCount(2);
  await expect(page.getByTestId('adapter-shelf').locator('li.first')).toContainText('shop-again');
  await expect(page.getByTestId('export-adapter')).toHaveCount(0);

  // What is none is told apart.
  await page.getByTestId('bring-adapter').setInputFiles(whole);
  await expect(brought).toContainText('a whole model', { timeout: 30_000 });
});

test('three strategies with five seeds each, judged by validation, the test split opened once, and the last one out and in again', async ({ page, openPage, waitForEngine }) => {
  test.setTimeout(420_000);
  await openPage({ route: '#/lab?strategy=lora&rank=4&lr=3e-3&steps=10&warmup=1&batch=16&seed=7' });
  await waitForEngine();
  const clean = table().split('\n').slice(0, 121).join('\n');
  const folder = await drop(page, 'shop.csv', `${clean}\n`);
  await page.getByTestId('data-use').click();
  await expect(page.getByTestId('run-start')).toBeEnabled({ timeout: 30_000 });

  await page.getByTestId('repeat').check();
  await page.getByTestId('seeds').fill('5');
  await page.getByTestId('sweep-key-0').selectOption('strategy');
  await page.getByTestId('sweep-values-0').fill('head, bitfit, lora');
  await expect(page.getByTestId('series-told')).toContainText('3 settings × 5 seeds = 15 runs');
  await page.getByTestId('series-start').click();
  await expect(page.getByTestId('waiting')).toHaveAttribute('data-count', '14', { timeout: 30_000 });
  const groups = page.getByTestId('run-table').locator('tr.group');
  await expect(groups).toHaveCount(3, { timeout: 300_000 });
  await expect(page.getByTestId('waiting')).toHaveAttribute('data-count', '0', { timeout: 300_000 });
  await waitForEngine('ready', { timeout: 60_000 });
  const validation = await numberOf(page.getByTestId('metric-accuracy-after'));

  await page.getByTestId('test-seal').click();
  await expect(page.getByTestId('test-openings')).toHaveAttribute('data-value', '1');
  for (const group of await groups.all()) {
    const scores = await Promise.all(['data-lowest', 'data-value', 'data-highest'].map(async (name) => Number(await group.locator('td').nth(5).getAttribute(name))));
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
  }

  const downloading = page.waitForEvent('download');
  await page.getByTestId('export-adapter').click();
  const archive = join(folder, 'last.zip');
  await (await downloading).saveAs(archive);
  await page.getByTestId('bring-adapter').setInputFiles(archive);
  const brought = page.getByTestId('brought');
  await expect(brought).toContainText('last answers now: LoRA', { timeout: 60_000 });
  expect(Number(await brought.locator('[data-value]').getAttribute('data-value'))).toBe(validation);
});

test('columns that nobody could guess are chosen by hand', async ({ page, openPage, waitForEngine }) => {
  await openPage({ route: '#/lab' });
  await waitForEngine();
  await page.getByText('Or paste rows').click();
  const rows = Array.from({ length: 40 }, (_, i) => `${i}\tgroup ${i % 2}\tA remark on subject ${i}, of some length\t${['a', 'b', 'c'][i % 3]}`);
  await page.getByTestId('data-paste').fill(`no\tgroup\tremark\tletter\n${rows.join('\n')}\n`);
  await page.getByTestId('data-look').click();
  await expect(page.getByTestId('data-format').locator('option:checked')).toHaveText('columns with tabs');
  await expect(page.getByTestId('data-preview').locator('thead th')).toHaveText(['no', 'group', 'remark', 'letter']);
  await page.getByTestId('data-column-label').selectOption({ label: 'letter' });
  await expect(page.getByTestId('data-report').locator('.balance tbody tr')).toHaveCount(3);
  await page.getByTestId('data-column-label').selectOption({ label: 'none' });
  await expect(page.getByTestId('data-problem')).toContainText('Which column is the label?');
  await expect(page.getByTestId('data-use')).toBeDisabled();
});

test('files that are none are refused, each for its reason', async ({ page, openPage, waitForEngine }) => {
  await openPage({ route: '#/lab' });
  await waitForEngine();
  const problem = page.getByTestId('data-problem');
  for (const [name, text, reason] of [
    ['empty.csv', '', 'is empty'],
    ['page.csv', '<!doctype html><html></html>', 'is a web page'],
    ['book.xlsx', 'PK\u0003\u0004\u0000\u0000', 'zero bytes'],
    ['list.json', '[{"text": "a"}]', 'one object a line'],
    ['open.csv', 'text,label\n"a,b\nc,d\n', 'line 2'],
    ['header.csv', 'text,label\n', 'no rows'],
    ['ragged.csv', 'text,label\ngood,happy\nbad,cross,extra\n', '3 fields instead of 2'],
    ['broken.jsonl', '{"text": "a", "label": "x"}\n{"text": \n', 'line 2'],
    ['one.csv', 'text,label\na,x\nb,x\nc,x\n', 'at least two different labels'],
  ]) {
    await drop(page, name, text);
    await expect(problem, name).toContainText(reason);
  }
});
