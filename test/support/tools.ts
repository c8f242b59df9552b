/**
 * Checks that the programs are there which the tests need and npm does not install: redis-server, HAProxy, nginx, curl
 * and Chromium. On Debian it installs them when it runs as root. Otherwise it prints the command that installs them.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { systemPath } from './system-path.ts';

/** The Chromium of Debian, for machines on which the one of Playwright cannot be downloaded. */
const SYSTEM_CHROMIUM = '/usr/bin/chromium';

/** The path of Chromium; undefined for the one that Playwright has installed. */
export const chromiumPath = existsSync(chromium.executablePath()) ? undefined : SYSTEM_CHROMIUM;

if (import.meta.main) {
  need('redis-server', isCommand('redis-server'), 'redis-server');
  need('HAProxy', isCommand('haproxy'), 'haproxy');
  need('nginx', isCommand('nginx'), 'nginx-light');
  need('curl', isCommand('curl'), 'curl');
  need('Chromium', !chromiumPath || existsSync(chromiumPath), 'chromium');
}

function isCommand(name: string): boolean {
  const env = { ...process.env, PATH: systemPath };
  return spawnSync(name, ['--version'], { env }).error === undefined;
}

function need(what: string, found: boolean, debianPackage: string): void {
  if (found) return;
  if (process.getuid?.() !== 0 || !isCommand('apt-get')) {
    const install =
      debianPackage === 'chromium'
        ? 'npx playwright install --with-deps chromium'
        : `sudo apt-get install ${debianPackage}    (or with brew: redis, haproxy, nginx)`;
    console.error(`The tests need ${what}. Install it with: ${install}`);
    process.exit(1);
  }
  console.log(`Installing ${what} ...`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]) =>
    execFileSync('apt-get', ['-qq', ...args], {
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  apt('update');
  apt('install', '--yes', '--no-install-recommends', debianPackage);
}
