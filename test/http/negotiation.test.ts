import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

suite('the Accept header', () => {
  const shop = shopOfSuite('sqlite');

  const table: [kind: 'text/html' | 'application/json', accepts: (string | undefined)[]][] = [
    [
      'text/html',
      [
        undefined,
        '',
        '*/*',
        'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
        'application/json, text/html',
        'application/json;q=0.5, text/html;q=0.9',
        'application/json;q=0',
        'application/json;q=0, */*',
        'application/json;q=much',
        'application/json-seq',
        'text/plain;note=application/json',
        ',;q=1,,',
      ],
    ],
    [
      'application/json',
      [
        'application/json',
        'APPLICATION/JSON',
        'application/problem+json',
        'application/json, */*',
        'application/json ; charset=utf-8 ; Q=0.3',
        'text/html;q=0.2, application/json',
        'text/html;q=0, application/json;q=0.1',
      ],
    ],
  ];
  for (const [kind, accepts] of table) {
    for (const accept of accepts) {
      test(`${accept ?? '(none)'} asks for ${kind}`, async () => {
        const { headers } = await new Browser(shop).get('/cart', { accept });

        assert.ok(
          String(headers['content-type']).startsWith(kind),
          String(headers['content-type']),
        );
      });
    }
  }
});
