import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import { dictionary } from '@zxcvbn-ts/language-common';
import {
  ownWords,
  passwordFault,
  passwordLength,
} from '../../../src/auth/password/password-rules.ts';
import { createRandom } from '../../support/random.ts';

const ada = { name: 'Ada Traveller', email: 'lovelace.countess@example.com' };

suite('a password is refused', () => {
  const refused: [why: string, password: string, message: RegExp][] = [
    ['for 14 characters', 'three warm wor', /15 to 128/],
    ['for 129 characters', `${'three warm words '.repeat(8).slice(0, 128)}!`, /15 to 128/],
    ['for 14 characters that take two code units each', '👜👛🎒💼🧳👝🛍👜👛🎒💼🧳👝🎒', /15 to 128/],
    ['for 8 letters with accents, written as 16', 'é'.normalize('NFD').repeat(8), /15 to 128/],
    ['for one character repeated', 'p'.repeat(15), /over and over/],
    ['for one character outside the BMP repeated', '👜'.repeat(20), /over and over/],
    ['for a row of letters', 'abcdefghijklmnop', /over and over/],
    ['for a row of letters backwards', 'ponmlkjihgfedcba', /over and over/],
    ['for being on the list', '1qaz2wsx3edc4rfv', /Many people/],
    ['for being on the list in capitals', '1QAZ2WSX3EDC4RFV', /Many people/],
    ['for being on the list, in wide letters', '１ｑａｚ２ｗｓｘ３ｅｄｃ４ｒｆｖ', /Many people/],
    ['for a listed password and numbers', 'password1234567', /Many people/],
    ['for a listed password twice', 'footballfootball', /Many people/],
    ['for a listed password three times', 'monkeymonkeymonkey', /Many people/],
    ['for two listed passwords', 'sunshine superman', /Many people/],
    ['for a listed password and a year', 'baseballbaseball2024!', /Many people/],
    ['for a walk over the keyboard', 'qwertyuiopasdfghjkl', /Many people/],
    ['for numbers in order', '123456789012345', /Many people/],
    ['for numbers with another one at the end', '000000000000001', /over and over/],
    ['for two letters in turn', 'abababababababab', /over and over/],
    ['for random letters that are repeated', 'x7Kpx7Kpx7Kpx7Kp', /over and over/],
    ['for pairs of letters', 'aabbccddeeffgghh', /over and over/],
    ['for a walk back over the keyboard', 'poiuytrewqlkjhg', /over and over/],
    ['for a walk over a German keyboard', 'qwertzuiopasdfg', /Many people|over and over/],
    ['for a walk in columns', 'zaq12wsxcde34rfv', /Many people/],
    ['for a disguised password twice', 'P@ssw0rd!P@ssw0rd!', /Many people/],
    ['for a disguised password and numbers', '4dm1n1str4t0r2024', /Many people/],
    ['for a famous passphrase', 'correcthorsebatterystaple', /Many people/],
    ['for a famous passphrase with blanks', 'Correct Horse Battery Staple', /Many people/],
    ['for a famous passphrase and a number', 'correct-horse-battery-staple-1', /Many people/],
    ['for the passphrase of the demo', 'carry on luggage', /Many people/],
    ['for a sentence that many know', 'The quick brown fox!', /Many people/],
    ['for months in a row', 'JanuaryFebruaryMarch', /Many people/],
    ['for three common words', 'dragon monkey football', /Many people/],
    ['for a word and a year, twice', 'Summer2024Summer2024', /Many people/],
    ['for the half of a password twice', 'qwerty12qwerty12', /Many people/],
    ['for the whole name', 'I am Ada Traveller', /your name/],
    ['for a disguised name', 'the 7r4v3ll3r within', /your name/],
    ['for the name, written together', 'xx-adatraveller-xx', /your name/],
    ['for a part of the name', 'the traveller within', /your name/],
    ['for the name of the address', 'LoveLace in the winter garden', /your name/],
    ['for a part of the address', 'a countess in the winter garden', /your name/],
  ];

  for (const [why, password, message] of refused) {
    test(why, () => assert.match(passwordFault(password, ada) ?? 'fine', message));
  }

  test('for the name of the shop, however it is written', () => {
    for (const password of [
      'my Satchel is brown',
      'sat-chel, nobody guesses',
      'ＳＡＴＣＨＥＬ in the rain',
      'a 54tch3l in the rain',
    ]) {
      assert.match(passwordFault(password, ada) ?? 'fine', /our name/);
    }
  });
});

test('the three thousand most common passwords are refused, stretched to the length that is asked for', () => {
  const common = dictionary['passwords-common'].slice(0, 3000);
  assert.equal(common.length, 3000);
  for (const password of common) {
    const stretched = password.repeat(Math.ceil(passwordLength.least / password.length));
    assert.match(
      passwordFault(stretched, ada) ?? 'fine',
      /Many people|over and over|your name/,
      password,
    );
  }
});

suite('a password is taken', () => {
  const taken: [what: string, password: string][] = [
    ['of 15 characters', 'three warm word'],
    ['of 128 characters', 'three warm words '.repeat(8).slice(0, 128)],
    ['of 128 characters of two code units', '👜👛🎒💼'.repeat(32)],
    ['without capitals, digits or signs', 'three warm words here'],
    ['of signs alone', '<#;#:#/#.#-#,#+#*#)#('],
    ['in any script', 'пароль из нескольких слов'],
    ['with two common words among others', 'football under the dragon moon'],
    ['with a short name in a word', 'a Canadian adagio in winter'],
  ];

  for (const [what, password] of taken) {
    test(what, () => assert.equal(passwordFault(password, ada), null));
  }

  test('with the demo name of nobody in it', () => {
    assert.equal(passwordFault('three warm words here', { name: '', email: '@' }), null);
  });
});

for (const count of [4, 5, 6]) {
  for (const between of [' ', '-', '']) {
    test(`${count} random words joined by ${JSON.stringify(between)} are taken, whichever they are`, () => {
      const random = createRandom(count);
      const words = dictionary['diceware-common'].filter((word) => !ownWords.includes(word));
      for (let n = 0; n < 200; n += 1) {
        const some = Array.from({ length: count }, () => random.choose(words));
        const passphrase = some.join(between);
        if (passphrase.length < passwordLength.least) continue;
        assert.equal(passwordFault(passphrase, { name: '', email: '' }), null, passphrase);
      }
    });
  }
}

test('random characters are taken, whatever they are', () => {
  for (const encoding of ['hex', 'base64url'] as const) {
    for (let n = 0; n < 200; n += 1) {
      const password = randomBytes(16).toString(encoding);
      assert.equal(passwordFault(password, { name: '', email: '' }), null, password);
    }
  }
});

test('the longest and most repetitive password is judged in a moment', () => {
  const start = performance.now();
  for (const unit of ['password', 'a1', 'qwerty12', '4@$5s0o1']) {
    passwordFault(unit.repeat(64).slice(0, 128), ada);
  }
  assert.ok(performance.now() - start < 1000);
});
