import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { asFlaskSession, asText } from '../../src/main/flask-session.ts';
import { encodeMsgpack } from '../../src/main/encode-msgpack.ts';

test('our bytes are those that Flask-Session 0.8.0 put into Redis for the same session', () => {
  const bytes = asFlaskSession([
    ['redis_test', 'This is a session variable.'],
    ['created', 1_760_000_000_000],
    ['remember', true],
    ['device', { agent: 'Firefox', network: '192.0.2.*', since: 1 }],
  ]);

  assert.equal(
    bytes.toString('hex'),
    '85aa5f7065726d616e656e74c3aa72656469735f74657374bb5468697320697320612073657373696f6e20766172' +
      '6961626c652ea763726561746564cf00000199c82cc000a872656d656d626572c3a664657669636583a56167656e' +
      '74a746697265666f78a76e6574776f726ba93139322e302e322e2aa573696e636501',
  );
});

test('as text, everyone can read them', () => {
  const bytes = asFlaskSession([['colour', 'naïve sea green\n\u202e']]);
  assert.match(asText(bytes), /_permanent.+colour·naïve sea green··$/);
});

suite('encodeMsgpack writes what msgspec 0.22.0 writes', () => {
  const letters = Object.fromEntries(Array.from('abcdefghijklmnop', (key) => [key, null]));
  const cases: [value: unknown, hex: string][] = [
    [null, 'c0'],
    [false, 'c2'],
    [0, '00'],
    [127, '7f'],
    [128, 'cc80'],
    [255, 'ccff'],
    [256, 'cd0100'],
    [65_535, 'cdffff'],
    [65_536, 'ce00010000'],
    [4_294_967_295, 'ceffffffff'],
    [4_294_967_296, 'cf0000000100000000'],
    [-1, 'ff'],
    [-32, 'e0'],
    [-33, 'd0df'],
    [-128, 'd080'],
    [-129, 'd1ff7f'],
    [-40_000, 'd2ffff63c0'],
    [-3_000_000_000, 'd3ffffffff4d2fa200'],
    [1.5, 'cb3ff8000000000000'],
    ['', 'a0'],
    ['\u{1F45C}', 'a4f09f919c'],
    ['x'.repeat(31), `bf${'78'.repeat(31)}`],
    ['x'.repeat(32), `d920${'78'.repeat(32)}`],
    ['x'.repeat(256), `da0100${'78'.repeat(256)}`],
    ['x'.repeat(65_536), `db00010000${'78'.repeat(65_536)}`],
    [['a', []], '92a16190'],
    [Array(16).fill(true), `dc0010${'c3'.repeat(16)}`],
    [{ a: {} }, '81a16180'],
    [
      letters,
      `de0010${Object.keys(letters)
        .map((key) => `a1${Buffer.from(key).toString('hex')}c0`)
        .join('')}`,
    ],
  ];
  for (const [value, hex] of cases) {
    const text = JSON.stringify(value);
    test(`for ${text.length > 40 ? `${text.slice(0, 40)}… (${text.length})` : text}`, () => {
      assert.equal(encodeMsgpack(value).toString('hex'), hex);
    });
  }
});
