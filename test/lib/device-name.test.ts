import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { deviceName } from '../../src/lib/device-name.ts';

suite('a device is named by browser and system', () => {
  const names: [name: string, agent: string][] = [
    ['Firefox on Linux', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'],
    [
      'Safari on iOS',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    ],
    [
      'Chrome on Windows',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
    ],
    [
      'Microsoft Edge on macOS',
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0',
    ],
    [
      'Samsung Internet for Android on Android',
      'Mozilla/5.0 (Linux; Android 13; SM-S901B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36',
    ],
    ['UnheardOfUnheardOfUnheardOfUn… on Linux', `${'UnheardOf'.repeat(30)}/1.0 (X11; Linux)`],
    ['A browser', ''],
  ];
  for (const [name, agent] of names) {
    test(name, () => assert.equal(deviceName({ agent }), name));
  }

  test('however long and odd the header is, at once', () => {
    const start = performance.now();
    for (const odd of ['(', ' /', 'Version/', '<script>']) {
      assert.notEqual(deviceName({ agent: odd.repeat(300 / odd.length) }), '');
    }
    assert.ok(performance.now() - start < 100);
  });
});
