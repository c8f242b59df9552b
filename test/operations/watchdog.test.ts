import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/settings/config.ts';
import { temporaryFolder } from '../support/folder.ts';
import { holdUp } from '../support/hold-up.ts';
import { SECRET } from '../support/shop.ts';

test('a process that did nothing for seconds says so, and for how long', async () => {
  await using folder = await temporaryFolder();
  const lines: string[] = [];
  const app = await createApp(readConfig({ SECRET_KEY: SECRET, DATA_DIR: folder.file('data') }), {
    logger: { level: 'warn', stream: { write: (line: string) => void lines.push(line) } },
  });
  holdUp(2000);
  while (!lines.some((line) => /event_loop_blocked/.test(line))) await delay(20);
  await app.close();
  const { blocked } = JSON.parse(lines[0]!) as { blocked: number };
  assert.ok(blocked >= 1500, `${blocked} ms`);
});
