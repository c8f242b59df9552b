/**
 * Checks that the programs are there which the tests need and npm does not install: servers, browsers and a terminal.
 * On Debian it installs them when it runs as root. Otherwise it prints the command that installs them.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { systemPath } from './system-path.ts';

/** The Chromium of Debian, for machines on which the one of Playwright cannot be downloaded. */
const SYSTEM_CHROMIUM = '/usr/bin/chromium';

/** The path of Chromium; undefined for the one that Playwright has installed. */
export const chromiumPath = existsSync(chromium.executablePath()) ? undefined : SYSTEM_CHROMIUM;

/** A program, and the package of Debian that has it. */
const programs = {
  'redis-server': 'redis-server',
  haproxy: 'haproxy',
  nginx: 'nginx-light',
  curl: 'curl',
  'firefox-esr': 'firefox-esr',
  WebKitWebDriver: 'webkit2gtk-driver',
  Xvfb: 'xvfb',
  lynx: 'lynx',
  w3m: 'w3m',
  tmux: 'tmux',
};

if (import.meta.main) {
  const missing = Object.entries(programs).filter(([program]) => !isCommand(program));
  const packages = missing.map(([, debianPackage]) => debianPackage);
  if (chromiumPath && !existsSync(chromiumPath)) packages.push('chromium');
  if (packages.length > 0) install(packages);
}

function isCommand(name: string): boolean {
  const env = { ...process.env, PATH: systemPath };
  return spawnSync(name, ['--version'], { env }).error === undefined;
}

function install(packages: string[]): void {
  const command = ['install', '--yes', '--no-install-recommends', ...packages];
  if (process.getuid?.() !== 0 || !isCommand('apt-get')) {
    console.error(
      `The tests need programs that are not here. This command installs them on Debian:\n` +
        `  sudo apt-get ${command.join(' ')}`,
    );
    process.exit(1);
  }
  console.log(`Installing ${packages.join(', ')} ...`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]) =>
    execFileSync('apt-get', ['-qq', ...args], {
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  apt('update');
  apt(...command);
}
