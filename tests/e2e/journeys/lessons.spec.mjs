// Each lesson completed as a learner would: guess, run, answer, pass, with the settings that learners get. Where only the way
// through a lesson is looked at and not what its runs come to, they are cut short.
import { expect, numberOf, test } from '../fixtures.mjs';
import { CUT_SHORT, answerAll, choose, expectComplete, guessAll, lock, questionsOf, runSets } from '../lesson.mjs';

const MINUTE = 60_000;

/** Waits for a run that has been started by hand. */
async function runOnce(page, waitForEngine, minutes = 4) {
  await page.getByTestId('run-start').click();
  await waitForEngine('training', { timeout: MINUTE });
  await waitForEngine('ready', { timeout: minutes * MINUTE });
}

const open = (slug, { openPage, waitForEngine }, wishes = {}) => openPage({ route: `#/lesson/${slug}`, ...wishes }).then(() => waitForEngine());

test('pretrained: the trained network is sure where the untrained is not', async ({ page, openPage, waitForEngine, checkAccessibility }) => {
  await open('pretrained', { openPage, waitForEngine });
  await page.getByTestId('probe-input').fill('Mr. Sherlock');
  await page.getByTestId('probe').click();
  const likeliest = (id) => page.getByTestId(id).locator('.candidates .number').first();
  await expect(page.getByTestId('next-trained').locator('.candidates code').first()).toHaveText('·Holmes');
  expect(await numberOf(likeliest('next-trained'))).toBeGreaterThan(0.9);
  expect(await numberOf(likeliest('next-untrained'))).toBeLessThan(0.01);
  await answerAll(page, 'pretrained');
  await expectComplete(page, 'pretrained');
  await checkAccessibility();
});

test('encoder-or-decoder: both models tuned on one task, and every question', async ({ page, openPage, waitForEngine, checkAccessibility }) => {
  test.setTimeout(6 * MINUTE);
  await open('encoder-or-decoder', { openPage, waitForEngine });
  // A blank whose word only what comes after it can tell.
  await page.getByTestId('fill-input').fill('I want [MASK] ticket to London.');
  await page.getByTestId('fill').click();
  await expect(page.locator('[data-check=both-sides-count]')).toHaveAttribute('data-state', 'right', { timeout: 30_000 });
  await guessAll(page, 'encoder-or-decoder');
  await runSets(page, 4);
  const made = (key) => page.locator(`[data-run=${key}] .origin`);
  await expect(made('encoder')).toContainText('mini-bert');
  await expect(made('decoder')).toContainText('modern');
  // The page's own model comes back.
  await waitForEngine('ready', { timeout: MINUTE });
  await answerAll(page, 'encoder-or-decoder');
  await expectComplete(page, 'encoder-or-decoder');
  await checkAccessibility();
});

test('loss: one example step by step, then how far a run moves', async ({ page, openPage, waitForEngine }) => {
  test.setTimeout(6 * MINUTE);
  await open('loss', { openPage, waitForEngine });
  await page.getByTestId('example-run').click();
  const losses = page.getByTestId('example-table').locator('tbody tr td:nth-child(3) .number');
  await expect(losses).toHaveCount(9);
  expect(await numberOf(losses.last())).toBeLessThan(await numberOf(losses.first()));
  await guessAll(page, 'loss');
  await runSets(page, 4);
  await page.getByTestId('inspect-updates').click();
  const relative = await numberOf(page.getByTestId('relative-update'));
  expect(relative).toBeGreaterThan(0.001);
  expect(relative).toBeLessThan(0.1);
  await answerAll(page, 'loss');
  await expectComplete(page, 'loss');
});

test('recorded runs stay hidden until the guess is locked, answers keep their order, and the first attempt is kept', async ({ page, openPage, waitForEngine, checkAccessibility }) => {
  await openPage({ route: '#/lesson/learning-rate' });
  const questions = await questionsOf('learning-rate');
  const guess = questions.find(({ kind }) => kind === 'guess');
  const recorded = page.locator('[data-testid=run-card][data-origin=replayed]');
  await expect(page.getByTestId('run-card')).toHaveCount(3);
  await expect(recorded).toHaveCount(0);
  await choose(page, guess, 0);
  await expect(recorded).toHaveCount(0);
  await lock(page, guess);
  await expect(recorded).toHaveCount(3);
  await expect(page.locator('[data-testid=guess-status]')).toHaveAttribute('data-state', /right|wrong/);
  await expect(page.locator('.guess-first input[type=radio]').first()).toBeDisabled();

  const check = questions.find(({ kind, right }) => kind === 'check' && right !== null);
  const order = () => page.locator(`input[name=check-${check.id}]`).evaluateAll((inputs) => inputs.map((input) => input.dataset.answer));
  const before = await order();
  const wrong = check.right === 0 ? 1 : 0;
  await choose(page, check, wrong);
  await choose(page, check, check.right);
  await expect(page.getByTestId('first-attempt')).toContainText('Your first answer was');
  await waitForEngine();
  await checkAccessibility();
  await page.reload();
  await expect(page.getByTestId('first-attempt')).toContainText('Your first answer was');
  await expect(recorded).toHaveCount(3);
  expect(await order()).toEqual(before);
});

test('learning-rate: three rates, three fates, and progress that outlives the page', async ({ page, openPage, waitForEngine, checkAccessibility }) => {
  test.setTimeout(8 * MINUTE);
  await open('learning-rate', { openPage, waitForEngine }, CUT_SHORT);
  await expect(page.locator('[data-kind=shortened]')).toContainText(`most_steps=${CUT_SHORT.most_steps}`);
  await page.getByTestId('sketch').locator('[data-point="5"]').press('ArrowDown');
  await guessAll(page, 'learning-rate');
  await runSets(page, 6);
  await answerAll(page, 'learning-rate');
  await expectComplete(page, 'learning-rate');
  await checkAccessibility();

  await page.reload();
  await waitForEngine();
  await expectComplete(page, 'learning-rate');
  await page.goto(page.url().replace(/#.*/, '#/results'));
  await expect(page.locator('[data-lesson=learning-rate]')).toContainText('complete');
  await expect(page.locator('.runs-made tbody tr')).toHaveCount(3);
  await page.getByTestId('reset-all').click();
  await page.getByTestId('reset-yes').click();
  await expect(page.locator('.runs-made tbody tr')).toHaveCount(0);
});

test('forgetting: a careless run, then a remedy that reaches the corner', async ({ page, openPage, waitForEngine }) => {
  test.setTimeout(8 * MINUTE);
  await open('forgetting', { openPage, waitForEngine });
  await guessAll(page, 'forgetting');
  await runSets(page, 4);
  // Faster than careless, and held harder.
  const panel = page.locator('.remedy_panel');
  await panel.locator('[data-field=lr]').fill('2e-3');
  await panel.locator('[data-field=ewc]').fill('100');
  await panel.locator('[data-field=ewc]').press('Tab');
  await runOnce(page, waitForEngine);
  await expect(page.getByTestId('attempt')).toHaveCount(1);
  await answerAll(page, 'forgetting');
  await expectComplete(page, 'forgetting');
});

test('sentiment: the worked example from end to end', async ({ page, openPage, waitForEngine }) => {
  test.setTimeout(6 * MINUTE);
  await open('sentiment', { openPage, waitForEngine });
  await guessAll(page, 'sentiment');
  await runOnce(page, waitForEngine, 5);
  await page.getByTestId('classify-input').fill('A dull, lifeless film. We left before the end.');
  await page.getByTestId('classify').click();
  await expect(page.getByTestId('classified')).toContainText(/positive|negative/);
  await answerAll(page, 'sentiment');
  await expectComplete(page, 'sentiment');
});

test('lora: a run, a look inside its matrices, a judgement, and a voice', async ({ page, openPage, waitForEngine }) => {
  test.setTimeout(6 * MINUTE);
  await open('lora', { openPage, waitForEngine });
  // The lesson brings its model; one that names none goes with the usual.
  await expect(page.getByTestId('engine-status')).toHaveAttribute('data-model', 'modern');
  for (const guess of ['guess-share', 'guess-accuracy']) await page.locator(`#${guess}`).fill('60');
  await runOnce(page, waitForEngine, 5);
  await page.getByTestId('inspect-matrix').click();
  // Of rank 8: the first eight singular values are all there is.
  expect(await numberOf(page.getByTestId('concentration'))).toBeGreaterThan(0.999);
  await answerAll(page, 'lora');
  await expectComplete(page, 'lora');
  // A text is what it learns here: its own perplexity, and both continuations to be read.
  const voice = page.locator('[data-run=answers]');
  await page.locator('[data-set=voice]').getByTestId('run-all').click();
  await expect(voice).toHaveAttribute('data-origin', 'measured', { timeout: 3 * MINUTE });
  const [before, after] = await voice.locator('[data-what="Perplexity, held-out texts"] .number').evaluateAll((all) => all.map((one) => Number(one.dataset.value)));
  expect(after).toBeLessThan(0.7 * before);
  await expect(voice.getByTestId('both-samples').locator('blockquote')).toHaveText([/muddy coat/, /muddy coat/]);
  await page.goto(page.url().replace(/#.*/, '#/lesson/pretrained'));
  await expect(page.getByTestId('engine-status')).toHaveAttribute('data-model', 'nano', { timeout: MINUTE });
});

test('when: asked, then trained on more and more examples', async ({ page, openPage, waitForEngine }) => {
  test.setTimeout(10 * MINUTE);
  await open('when', { openPage, waitForEngine }, CUT_SHORT);
  for (const shots of [0, 2]) {
    await page.getByTestId(`ask-${shots}`).click();
    await expect(page.locator(`[data-testid=prompt-row][data-shots="${shots}"]`)).toBeVisible({ timeout: 2 * MINUTE });
  }
  await guessAll(page, 'when');
  await runSets(page, 8);
  const guide = page.locator('.decision_guide fieldset');
  for (const fieldset of await guide.all()) await fieldset.getByRole('radio').first().check();
  await expect(page.getByTestId('advice')).toHaveAttribute('data-advice', 'Tune');
  await answerAll(page, 'when');
  await expectComplete(page, 'when');
});
