import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { canonicalEmail, isEmailAddress, readableEmail } from '../../src/lib/email-address.ts';

suite('an address', () => {
  const pairs: [one: string, other: string][] = [
    ['Ada@Example.com', 'ada@example.com'],
    [' ada@example.com\t', 'ada@example.com'],
    ['zoe\u0308@example.com', 'zoë@example.com'],
    ['jo@bücher.example', 'jo@xn--bcher-kva.example'],
    ['jo@BÜCHER.Example', 'jo@xn--bcher-kva.example'],
    ['jo@bu\u0308cher.example', 'jo@xn--bcher-kva.example'],
    ['jo@XN--BCHER-KVA.example', 'jo@xn--bcher-kva.example'],
    ['jo@bücher.example.', 'jo@xn--bcher-kva.example'],
    ['jo@shop.example.', 'jo@shop.example'],
    ['jo@ｓｈｏｐ．example', 'jo@shop.example'],
    ['jo@shop。example', 'jo@shop.example'],
    ['ｊｏ＠shop.example', 'jo@shop.example'],
    ['jo@shop.example\u200B', 'jo@shop.example'],
    ['j\u00ADo@sh\u2060op.example', 'jo@shop.example'],
    ['\uFEFFjo\u3164@shop.example', 'jo@shop.example'],
    ['jo\u202E@shop.example', 'jo@shop.example'],
    ['jo\0@shop\u007F.example', 'jo@shop.example'],
    ['jo\uFE0F@shop\u{E0041}.example', 'jo@shop.example'],
  ];
  for (const [one, other] of pairs) {
    test(`${JSON.stringify(one)} is ${other}`, () => {
      assert.equal(canonicalEmail(one), other);
      assert.equal(canonicalEmail(other), other);
      assert.ok(isEmailAddress(one));
    });
  }

  test('with a dot or a plus more is another', () => {
    assert.notEqual(canonicalEmail('a.da@example.com'), canonicalEmail('ada@example.com'));
    assert.notEqual(canonicalEmail('ada+shop@example.com'), canonicalEmail('ada@example.com'));
  });

  const wrong: [what: string, text: string][] = [
    ['without an @', 'ada.example.com'],
    ['without a domain', 'ada@'],
    ['with nothing but what nobody sees before the @', '\u200B@example.com'],
    ['with a blank in it', 'ada l@example.com'],
    ['with two @', 'ada@home@example.com'],
    ['of an IP address', 'ada@192.0.2.1'],
    ['of an IP address in hex', 'ada@0xc0.0x2.1'],
    ['of a URL', 'ada@example.com/path'],
    ['of a port', 'ada@example.com:25'],
    ['of an escaped letter', 'ada@ex%61mple.com'],
    ['of an empty label', 'ada@example..com'],
    ['of a hyphen at the end', 'ada@example-.com'],
    ['of a label of 64 letters', `ada@${'a'.repeat(64)}.com`],
    ['of a label that is longer than 63 letters in ASCII', `ada@${'ü'.repeat(60)}.com`],
    ['of 65 letters before the @', `${'a'.repeat(65)}@example.com`],
    ['of 33 letters of two bytes before the @', `${'é'.repeat(33)}@example.com`],
    ['that is longer than 254 in ASCII', `ada@${'bücher.'.repeat(20)}example`],
  ];
  for (const [what, text] of wrong) {
    test(`${what} is refused`, () => assert.equal(isEmailAddress(text), false));
  }

  test('of 64 letters before the @, and of 254 in all, is taken', () => {
    assert.ok(isEmailAddress(`${'a'.repeat(64)}@example.com`));
    assert.ok(
      isEmailAddress(`${'a'.repeat(64)}@${'b'.repeat(61)}.${'c'.repeat(61)}.${'d'.repeat(61)}.ef`),
    );
  });
});

suite('a person reads', () => {
  test('a domain in its own script', () => {
    assert.equal(readableEmail('jo@xn--bcher-kva.example'), 'jo@bücher.example');
    assert.equal(readableEmail('jo@xn--mnchen-3ya.xn--wgbh1c'), 'jo@münchen.مصر');
  });

  test('a domain in ASCII, when it mixes letters that look alike', () => {
    const fake = canonicalEmail('jo@раypal.com');
    assert.equal(readableEmail(fake), fake);
    assert.match(fake, /@xn--/);
  });

  test('a domain in ASCII, when it would not lead back to itself', () => {
    for (const address of ['jo@xn--a.example', 'jo@xn--0.example', 'jo@xn--bcher-KVA.example']) {
      assert.equal(readableEmail(address), address);
    }
  });

  test('any other text as it is', () => {
    for (const text of ['jo@example.com', 'jo', '']) assert.equal(readableEmail(text), text);
  });
});
