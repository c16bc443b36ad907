// Finds an installed Chromium-family browser, so that nothing has to be downloaded.
// As a program (`node browser.mjs`) it prints the path, or says what to do and exits 1.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { env, platform } from 'node:process';
import { pathToFileURL } from 'node:url';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome', 'microsoft-edge-stable', 'microsoft-edge'];
const MAC_APPS = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const WINDOWS_PROGRAMS = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe', 'Chromium\\Application\\chrome.exe'];

const HOW_TO_GET_ONE = `No Chromium, Chrome or Edge was found.
Install one (Debian: apt-get install chromium; macOS: brew install --cask chromium),
or name its program: WARMUP_BROWSER=/path/to/chrome ./dev test`;

/**
 * What every browser is started with.
 * WebGPU runs on SwiftShader, Chromium's own software adapter: the same result on any machine, with or without a GPU.
 */
export const BROWSER_FLAGS = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--no-sandbox', // containers and CI run as root
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

/** The path of the browser to test with; throws with what to do when there is none. */
export function findBrowser() {
  if (env.WARMUP_BROWSER) {
    if (isProgram(env.WARMUP_BROWSER)) return env.WARMUP_BROWSER;
    throw new Error(`WARMUP_BROWSER=${env.WARMUP_BROWSER} is not a program that can be run.`);
  }
  const found = candidates().find(isProgram);
  if (!found) throw new Error(HOW_TO_GET_ONE);
  return found;
}

function candidates() {
  const onPath = (env.PATH ?? '').split(delimiter).filter(Boolean).flatMap((dir) => NAMES.map((name) => join(dir, name)));
  return [...onPath, ...installedApps()];
}

function installedApps() {
  if (platform === 'darwin') {
    const folders = ['/Applications', join(env.HOME ?? '', 'Applications')];
    return folders.flatMap((dir) => MAC_APPS.map((app) => join(dir, `${app}.app`, 'Contents', 'MacOS', app)));
  }
  if (platform === 'win32') {
    const folders = [env.ProgramFiles, env['ProgramFiles(x86)'], env.LOCALAPPDATA].filter(Boolean);
    return folders.flatMap((dir) => WINDOWS_PROGRAMS.map((program) => join(dir, program)));
  }
  return [];
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    console.log(findBrowser());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
