// Two layers: `web` (the engine's numbers in a browser) and `e2e` (what learners do).
// Run through `./dev test web` or `./dev test e2e`, which builds the site first.
import { defineConfig } from '@playwright/test';
import { BROWSER_FLAGS, findBrowser } from './browser.mjs';

const SECONDS = 1000;

export default defineConfig({
  // WebGPU on the software adapter takes 13 s for its first step; a test that needs longer says so itself.
  timeout: 90 * SECONDS,
  expect: { timeout: 15 * SECONDS },
  workers: 1, // an engine fills the machine: two at once time out together
  fullyParallel: false,
  retries: 0, // a test that passes at the second try is a bug report
  forbidOnly: Boolean(process.env.CI),
  outputDir: 'results/artifacts',
  reporter: [['list'], ['json', { outputFile: 'results/report.json' }]],
  use: {
    launchOptions: { executablePath: findBrowser(), args: BROWSER_FLAGS },
    serviceWorkers: 'block', // each test gets the files of this build; a test of the offline mode allows them
    screenshot: 'only-on-failure',
    trace: 'off', // recording one takes 38% of a journey's time; `--trace on` where a failure is not clear from its picture
  },
  projects: [
    { name: 'web', testDir: 'web', testMatch: '*.spec.mjs' },
    { name: 'e2e', testDir: 'journeys', testMatch: '*.spec.mjs' },
  ],
});
