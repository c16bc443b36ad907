// Times training steps in the browser, through the page's own route `#/bench`; one JSON line a run.
//
//   node tests/e2e/bench.mjs [--device cpu,webgpu] [--workload W1,W2] [--steps N] [--workers N] [--simd plain]
//
// On WebGPU the line also says what one step asks of the GPU, and how long the program itself is at work in it: on the
// software adapter only those two figures tell anything about a real GPU.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { BROWSER_FLAGS, findBrowser } from './browser.mjs';
import { callsOfLastStep, countGpuCalls } from './gpu_calls.mjs';
import { startServer } from './server.mjs';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const MINUTES = 60_000;
/** Timed steps: on the software adapter one takes 20 s, and three more come before those that count. */
const STEPS = { cpu: 10, webgpu: 1 };

const { values: options } = parseArgs({
  options: {
    device: { type: 'string', default: 'cpu,webgpu' },
    workload: { type: 'string', default: 'W1,W2' },
    steps: { type: 'string' },
    workers: { type: 'string' },
    simd: { type: 'string' },
  },
});

const site = await startServer({ root: DIST });
const browser = await chromium.launch({ executablePath: findBrowser(), args: BROWSER_FLAGS });
try {
  for (const device of options.device.split(',')) {
    for (const workload of options.workload.split(',')) console.log(JSON.stringify(await measure(device, workload)));
  }
} finally {
  await browser.close();
  await site.close();
}

async function measure(device, workload) {
  const page = await browser.newPage(); // a fresh one, so that "first step" means first
  page.on('console', (message) => message.type() === 'error' && console.error(message.text()));
  page.on('pageerror', (error) => console.error(error));
  await countGpuCalls(page);
  const steps = options.steps ?? STEPS[device];
  const wishes = ['workers', 'simd'].flatMap((name) => (options[name] ? [`&${name}=${options[name]}`] : [])).join('');
  await page.goto(`${site.url}?device=${device}${wishes}#/bench?workload=${workload}&steps=${steps}`);
  const result = page.getByTestId('bench-result').filter({ hasText: '}' });
  const failure = page.getByTestId('error-notice').filter({ hasText: /\S/ });
  await result.or(failure).first().waitFor({ timeout: 15 * MINUTES });
  if (!(await result.count())) throw new Error(`${device} ${workload}: ${await failure.first().textContent()}`);
  const figures = JSON.parse(await result.textContent());
  const gpu = device === 'webgpu' ? { gpu_step: await callsOfLastStep(page) } : {};
  await page.close();
  return { bench: 'web', browser: browser.version(), ...figures, ...gpu };
}
