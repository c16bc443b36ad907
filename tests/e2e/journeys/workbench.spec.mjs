// The workbench: several runs at once, told apart by validation, with the test split sealed until it is asked for.
import { readFile } from 'node:fs/promises';

import { expect, numberOf, test } from '../fixtures.mjs';

const FAST = 'data=topics&strategy=head&lr=1e-2&steps=12&warmup=2&batch=8&seed=7';

const cell = (row, place) => row.locator('td').nth(place);
// Of a row of the table, after the tick: data, validation, words, general text, test.
const VALIDATION = 2;
const TEST = 5;

async function ready(page, waitForEngine) {
  await waitForEngine();
  await expect(page.getByTestId('run-start')).toBeEnabled({ timeout: 30_000 });
}

async function runOnce(page, waitForEngine) {
  await page.getByTestId('run-start').click();
  await waitForEngine('training', { timeout: 30_000 });
  await waitForEngine('ready', { timeout: 120_000 });
}

/** Saves a chart both ways; each file must show it without the page's styles. */
async function checkPictures(page, chart) {
  const save = async (name) => {
    const downloading = page.waitForEvent('download');
    await chart.getByRole('button', { name, exact: true }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(`loss-at-each-step-of-the-run.${name.toLowerCase()}`);
    return readFile(await download.path());
  };
  await chart.locator('summary').click();
  const svg = (await save('SVG')).toString();
  // It is well-formed, its lines have colours of their own, and the words around the drawing are in it.
  const found = await page.evaluate((text) => {
    const picture = new DOMParser().parseFromString(text, 'image/svg+xml');
    const line = picture.querySelector('svg svg path[d^="M"]');
    return { broken: picture.querySelector('parsererror') !== null, stroke: line?.style.stroke, paper: picture.querySelector('rect').getAttribute('fill'), words: picture.documentElement.textContent };
  }, svg);
  expect(found.broken).toBe(false);
  expect(found.stroke).toMatch(/^rgb/);
  expect(found.paper).toMatch(/^rgb\(/);
  for (const words of ['Loss at each step of the run', 'loss (nats)', 'step', 'validation']) expect(found.words).toContain(words);

  const png = (await save('PNG')).toString('base64');
  const { width, colours } = await page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
    return { width: image.width, colours: new Set(pixels).size };
  }, png);
  expect(width).toBeGreaterThan(600);
  expect(colours).toBeGreaterThan(10);
}

test('a sweep with seeds goes through the queue and stands as groups with their reach', async ({ page, openPage, waitForEngine, checkAccessibility }) => {
  test.setTimeout(300_000);
  await openPage({ route: `#/lab?${FAST}` });
  await ready(page, waitForEngine);

  const told = page.getByTestId('series-told');
  await page.getByTestId('repeat').check();
  await page.getByTestId('seeds').fill('2');
  await page.getByTestId('sweep-key-0').selectOption('lr');
  await page.getByTestId('sweep-values-0').fill('1e-2, nothing');
  await expect(told).toContainText('lr nothing');
  await expect(page.getByTestId('series-start')).toBeDisabled();
  await page.getByTestId('seeds').fill('40');
  await page.getByTestId('sweep-values-0').fill('1e-2, 1e-5');
  await expect(told).toContainText('80 runs; at most 48');
  await page.getByTestId('seeds').fill('2');
  await expect(told).toContainText('2 settings × 2 seeds = 4 runs');

  await page.getByTestId('series-start').click();
  const waiting = page.getByTestId('waiting');
  await expect(waiting).toHaveAttribute('data-count', '3', { timeout: 30_000 });
  await waiting.getByRole('button', { name: 'Drop waiting run 3' }).click();
  await expect(waiting).toHaveAttribute('data-count', '2');
  await expect(waiting).toContainText('until all are done', { timeout: 60_000 });

  const table = page.getByTestId('run-table');
  const group = table.locator('tr.group');
  await expect(table.locator('tbody tr')).toHaveCount(2, { timeout: 180_000 });
  await expect(group).toHaveCount(1);
  await waitForEngine('ready', { timeout: 120_000 });
  const score = cell(group, VALIDATION);
  const [lowest, mean, highest] = await Promise.all(['data-lowest', 'data-value', 'data-highest'].map(async (name) => Number(await score.getAttribute(name))));
  expect(lowest).toBeLessThanOrEqual(mean);
  expect(mean).toBeLessThanOrEqual(highest);
  await expect(cell(group, TEST)).toHaveText('sealed');

  // Closed it is a band with its mean; open it is its runs.
  const columns = page.getByTestId('overlay-validation').locator('thead th');
  await expect(columns.filter({ hasText: 'lowest' })).toHaveCount(1);
  await expect(page.getByTestId('overlay-training').locator('.band')).toHaveCount(1);
  await group.getByRole('button', { name: 'Show its 2 runs' }).click();
  const members = table.locator('tr.member');
  await expect(members).toHaveCount(2);
  const scores = await Promise.all([0, 1].map(async (place) => numberOf(cell(members.nth(place), VALIDATION))));
  expect((scores[0] + scores[1]) / 2).toBeCloseTo(mean, 10);
  await expect(page.getByTestId('overlay-training').locator('.band')).toHaveCount(0);
  await expect(page.getByTestId('overlay-training').locator('path.line')).toHaveCount(3);
  await expect(page.getByTestId('gain-damage').locator('circle.dot')).toHaveCount(3);

  // Sorted by validation the better row is first.
  await table.getByRole('button', { name: 'Validation' }).click();
  const means = await table.locator('tr.group, tr:not(.member)[data-run]').evaluateAll((rows) => rows.map((row) => Number(row.querySelectorAll('td')[2].dataset.value)));
  expect(means[0]).toBeGreaterThanOrEqual(means[1]);
  await checkAccessibility('.lab');
});

test('validation chooses, the test split is sealed, and each opening is counted', async ({ page, openPage, waitForEngine }) => {
  test.setTimeout(300_000);
  await openPage({ route: `#/lab?${FAST}` });
  await ready(page, waitForEngine);
  await runOnce(page, waitForEngine);
  const split = page.getByTestId('shown-split');
  await expect(split).toHaveAttribute('data-split', 'validation');
  const after = page.getByTestId('metric-accuracy-after');
  const validation = await numberOf(after);
  const rows = page.getByTestId('run-table').locator('tbody tr');
  expect(await numberOf(cell(rows.first(), VALIDATION))).toBe(validation);
  await expect(cell(rows.first(), TEST)).toHaveText('sealed');
  await page.getByText('What happened when').click();
  await expect(page.locator('.log')).not.toContainText('held-out test');

  await page.locator('#field-lr').fill('0.0001');
  await page.locator('#field-lr').blur();
  await runOnce(page, waitForEngine);
  await expect(rows).toHaveCount(2);

  // Of the same rows, so that the difference in right answers is that of the rows on which they disagree.
  const verdict = page.getByTestId('luck-verdict');
  const [onlyFirst, onlySecond] = await Promise.all(['data-first', 'data-second'].map(async (name) => Number(await verdict.getAttribute(name))));
  const [first, second] = await Promise.all([0, 1].map((place) => numberOf(cell(rows.nth(place), VALIDATION))));
  const examples = Number((await split.innerText()).match(/split, (\d+) rows/)[1]);
  expect(Math.round((first - second) * examples)).toBe(onlyFirst - onlySecond);
  expect(await numberOf(verdict)).toBeLessThanOrEqual(1);
  await page.getByTestId('luck-show').click();
  await expect(page.getByTestId('luck-rows').locator('li')).toHaveCount(Math.min(10, onlyFirst) + Math.min(10, onlySecond));

  const seal = page.getByTestId('test-seal');
  const openings = page.getByTestId('test-openings');
  await expect(openings).toHaveAttribute('data-value', '0');
  await expect(seal).toHaveText('Open the test split for 2 runs');
  await seal.click();
  await expect(openings).toHaveAttribute('data-value', '1');
  await expect(openings).toContainText('opened once');
  await expect(seal).toBeDisabled();
  await expect(split).toHaveAttribute('data-split', 'test');
  expect(await numberOf(after)).toBe(await numberOf(cell(rows.nth(1), TEST)));

  // The next run is sealed again.
  await runOnce(page, waitForEngine);
  await expect(split).toHaveAttribute('data-split', 'validation');
  await expect(cell(rows.nth(2), TEST)).toHaveText('sealed');

  // Pinned runs come first, and what is deleted is gone.
  await rows.nth(2).getByRole('button', { name: /Pin/ }).click();
  await expect(rows.first()).toHaveAttribute('data-run', '3');
  await rows.nth(1).getByRole('button', { name: /Delete/ }).click();
  await expect(rows).toHaveCount(2);
});

test('a task is judged by its own measure, and the settings stand beside what happens', async ({ page, openPage, waitForEngine }) => {
  test.setTimeout(240_000);
  await page.setViewportSize({ width: 1440, height: 900 });
  await openPage({ route: '#/lab?data=ner&strategy=head&steps=6&warmup=1&batch=8&seed=7' });
  await ready(page, waitForEngine);
  const places = async () => Promise.all(['.set-up', '.happening'].map((part) => page.locator(part).boundingBox()));
  const [settings, happening] = await places();
  expect(happening.x).toBeGreaterThan(settings.x + settings.width - 1);
  await runOnce(page, waitForEngine);
  const row = page.getByTestId('run-table').locator('tbody tr').first();
  await expect(cell(row, VALIDATION)).toContainText('f1 of entities');
  await checkPictures(page, page.getByTestId('loss-chart'));
  await page.setViewportSize({ width: 390, height: 844 });
  const [above, below] = await places();
  expect(below.y).toBeGreaterThanOrEqual(above.y + above.height - 1);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow).toBe(0);
});
