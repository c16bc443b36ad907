// What a learner does in any lesson: guess, run, answer. The right answers are read from the lesson's own text.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from './fixtures.mjs';

const LESSONS = fileURLToPath(new URL('../../src/lessons/en', import.meta.url));

/** What the page is asked for where a run need not be whole. */
export const CUT_SHORT = { most_steps: 40 };

/** The questions of a lesson, in order: `{ kind: 'check' | 'guess', id, right }`; `right` is null where a run answers. */
export async function questionsOf(slug) {
  const text = await readFile(`${LESSONS}/${slug}.md`, 'utf8');
  const fences = text.matchAll(/^```(check|guess) (\S+)\n([\s\S]*?)^```$/gm);
  return [...fences].map(([, kind, id, body]) => {
    const answers = [...body.matchAll(/^- \[(x| )\]/gm)].map(([, mark]) => mark === 'x');
    return { kind, id, right: answers.length ? answers.indexOf(true) : null };
  });
}

const question = (page, { kind, id }) =>
  page.locator('section.check').filter({ has: page.locator(`[data-testid=${kind}-status][data-check="${id}"]`) });

const status = (page, { kind, id }) => page.locator(`[data-testid=${kind}-status][data-check="${id}"]`);

/** Chooses one answer by its place in the lesson's text; on the page the order is each learner's own. */
export async function choose(page, asked, index) {
  await question(page, asked).locator(`input[data-answer="${index}"]`).check();
}

/** Locks a guess, which shows the recorded runs. */
export async function lock(page, asked) {
  await question(page, asked).getByTestId('lock-guess').click();
}

/** Makes and locks every guess, before the runs. */
export async function guessAll(page, slug) {
  for (const asked of await questionsOf(slug)) {
    if (asked.kind !== 'guess') continue;
    await choose(page, asked, asked.right);
    await expect(status(page, asked)).toHaveAttribute('data-state', 'chosen');
    await lock(page, asked);
    await expect(status(page, asked)).toHaveAttribute('data-state', /noted|right|wrong/);
  }
}

/** Answers every question that has answers: once wrong, to read why, then right. */
export async function answerAll(page, slug) {
  for (const asked of await questionsOf(slug)) {
    if (asked.kind !== 'check' || asked.right === null) continue;
    await choose(page, asked, asked.right === 0 ? 1 : 0);
    await expect(status(page, asked)).toHaveAttribute('data-state', 'wrong');
    await choose(page, asked, asked.right);
    await expect(status(page, asked)).toHaveAttribute('data-state', 'right');
  }
}

/** Makes all runs of the lesson's sets, one after the other. Those of a larger model stay with what was recorded. */
export async function runSets(page, minutes) {
  for (const set of await page.locator('[data-testid=run-set]:not([data-model])').all()) {
    await set.getByTestId('run-all').click();
    await expect(set.getByTestId('run-stop')).toBeVisible();
    await expect(set.getByTestId('run-stop')).toBeHidden({ timeout: minutes * 60_000 });
    await expect(set.locator('[data-testid=run-card]:not([data-origin=measured])')).toHaveCount(0);
  }
}

/** Every guess has been answered by the runs, and every check passed. */
export async function expectComplete(page, slug) {
  const questions = await questionsOf(slug);
  for (const asked of questions) {
    if (asked.kind === 'guess') await expect(status(page, asked)).toHaveAttribute('data-state', /right|wrong/);
    else await expect(status(page, asked), asked.id).toHaveAttribute('data-state', 'right');
  }
  // Widgets that are a check of their own count as well.
  const checks = await page.getByTestId('check-status').count();
  await expect(page.getByTestId('lesson-progress')).toHaveAttribute('data-passed', String(checks));
}
