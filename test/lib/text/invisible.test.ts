import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { cleanName } from '../../../src/lib/text/invisible.ts';

/** Control and format characters, fillers and selectors, each with a name. */
const unseen: Record<string, string> = {
  'zero width space': '\u200B',
  'zero width joiner': '\u200D',
  'zero width non-joiner': '\u200C',
  'soft hyphen': '\u00AD',
  'word joiner': '\u2060',
  'byte order mark': '\uFEFF',
  'Hangul filler': '\u3164',
  'Hangul choseong filler': '\u115F',
  'Hangul jungseong filler': '\u1160',
  'halfwidth Hangul filler': '\uFFA0',
  'Braille blank': '\u2800',
  'variation selector': '\uFE0F',
  'supplementary variation selector': '\u{E0100}',
  tag: '\u{E0041}',
  'combining grapheme joiner': '\u034F',
  'Mongolian vowel separator': '\u180E',
  'Khmer inherent vowel': '\u17B4',
  'right-to-left override': '\u202E',
  'left-to-right isolate': '\u2066',
  'pop directional isolate': '\u2069',
  'Arabic letter mark': '\u061C',
  'right-to-left mark': '\u200F',
  'invisible times': '\u2062',
  'interlinear annotation anchor': '\uFFF9',
  'musical beam': '\u{1D173}',
  null: '\0',
  backspace: '\b',
  escape: '\u001B',
  delete: '\u007F',
  'next line': '\u0085',
  'half a surrogate pair': '\uD800',
};

suite('from a name is dropped', () => {
  for (const [name, character] of Object.entries(unseen)) {
    test(`a ${name}, wherever it stands`, () => {
      assert.equal(cleanName(`${character}A${character}da${character}`), 'Ada');
    });

    test(`a ${name}, of which nothing else would be left`, () => {
      assert.equal(cleanName(` ${character}${character} `), '');
    });
  }

  test('an accent with nothing below it', () => assert.equal(cleanName('\u0301'), ''));
});

suite('in a name is kept', () => {
  const kept: [what: string, name: string][] = [
    ['a family', 'The 👨‍👩‍👧‍👦 Smiths'],
    ['an astronaut of some colour', '👩🏽‍🚀'],
    ['a shrug without its selector', '🤷🏽‍♂'],
    ['a heart in colour', 'Ada ❤️'],
    ['a keycap', '1️⃣'],
    ['a flag made of tags', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ['the joiner of a Persian name', 'علی‌رضا'],
    ['the joiner of a Hindi name', 'क्‍षमा'],
    ['the joiner of a Bengali name', 'র‍্যা'],
    ['the joiner at the end of a Malayalam name', 'രാജന്‍'],
    ['the joiner of a Sinhala name', 'ශ්‍රී'],
    ['the variant of a Japanese name', '葛\u{E0100}城'],
    ['an accent', 'Zoë'],
    ['an apostrophe', 'O’Hara'],
  ];
  for (const [what, name] of kept) {
    test(what, () => assert.equal(cleanName(name), name.normalize('NFC')));
  }
});

test('a name is one line with single blanks', () => {
  assert.equal(cleanName('  Ada\n\t Lovelace\u00A0'), 'Ada Lovelace');
});
