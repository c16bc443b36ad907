// Where a training step's time goes in the browser: the functions of the CPU engine by their own time, a line each.
//
//   WARMUP_NAMES=1 WARMUP_ENGINES=cpu_relaxed ./dev build && node tests/e2e/profile.mjs [--workload W1] [--steps N] [--limit N]
//
// Without the names, which `WARMUP_NAMES=1` keeps in the engines, functions are numbers.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { BROWSER_FLAGS, findBrowser } from './browser.mjs';
import { startServer } from './server.mjs';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const MINUTES = 60_000;

const { values: options } = parseArgs({
  options: {
    workload: { type: 'string', default: 'W1' },
    steps: { type: 'string', default: '60' },
    limit: { type: 'string', default: '25' },
  },
});

const site = await startServer({ root: DIST });
const browser = await chromium.launch({ executablePath: findBrowser(), args: BROWSER_FLAGS });
try {
  const { workload, steps, limit } = options;
  const times = ownTimes(await traceOf(`?device=cpu&workers=1#/bench?workload=${workload}&steps=${steps}`));
  const all = [...times.values()].reduce((a, b) => a + b, 0);
  const largest = [...times].sort(([, a], [, b]) => b - a).slice(0, Number(limit));
  for (const [name, time] of largest) console.log(`${((100 * time) / all).toFixed(1).padStart(5)}%  ${name}`);
} finally {
  await browser.close();
  await site.close();
}

async function traceOf(place) {
  const page = await browser.newPage();
  await browser.startTracing(page, { categories: ['disabled-by-default-v8.cpu_profiler'] });
  await page.goto(site.url + place);
  await page.getByTestId('bench-result').filter({ hasText: '}' }).waitFor({ timeout: 15 * MINUTES });
  return JSON.parse(await browser.stopTracing()).traceEvents;
}

/** Microseconds by function, of the thread that was at work longest: the engine's. A profile comes in chunks, each with new nodes and samples of old ones. */
function ownTimes(events) {
  const threads = new Map();
  for (const { name, id, pid, args } of events) {
    if (name !== 'ProfileChunk') continue;
    const key = `${pid} ${id}`;
    if (!threads.has(key)) threads.set(key, { names: new Map(), times: new Map() });
    const { names, times } = threads.get(key);
    for (const node of args.data.cpuProfile?.nodes ?? []) names.set(node.id, node.callFrame.functionName || '(no name)');
    const samples = args.data.cpuProfile?.samples ?? [];
    samples.forEach((node, i) => {
      const function_ = names.get(node);
      if (['(idle)', '(program)', '(root)'].includes(function_)) return;
      times.set(function_, (times.get(function_) ?? 0) + args.data.timeDeltas[i]);
    });
  }
  const sum = ({ times }) => [...times.values()].reduce((a, b) => a + b, 0);
  return [...threads.values()].sort((a, b) => sum(b) - sum(a))[0].times;
}
