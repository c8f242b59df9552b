import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { dictionary } from '@zxcvbn-ts/language-common';
import { passwordFault, passwordLength } from '../../../src/auth/password/password-rules.ts';

const ada = { name: 'Ada Traveller', email: 'lovelace@example.com' };

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
    ['for the whole name', 'I am Ada Traveller', /your name/],
    ['for the name, written together', 'xx-adatraveller-xx', /your name/],
    ['for a part of the name', 'the traveller within', /your name/],
    ['for the name of the address', 'LoveLace in the winter garden', /your name/],
  ];

  for (const [why, password, message] of refused) {
    test(why, () => assert.match(passwordFault(password, ada) ?? 'fine', message));
  }

  test('for the name of the shop, however it is written', () => {
    for (const password of [
      'my Satchel is brown',
      'sat-chel, nobody guesses',
      'ＳＡＴＣＨＥＬ in the rain',
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

test('the longest and most repetitive password is judged in a moment', () => {
  const start = performance.now();
  for (const unit of ['password', 'a1', 'qwerty12', '4@$5s0o1']) {
    passwordFault(unit.repeat(64).slice(0, 128), ada);
  }
  assert.ok(performance.now() - start < 1000);
});
