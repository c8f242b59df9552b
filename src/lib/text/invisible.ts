/** Control characters, format characters, and what fonts draw as nothing: fillers, the Braille blank, line separators. */
const UNSEEN = String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{DI}\u2028\u2029\u2800]`;

/** Scripts whose letters change their shape beside a joiner. Some names cannot be written without one. */
const JOINED = ['Arab', 'Syrc', 'Nkoo', 'Mong', 'Deva', 'Beng', 'Guru', 'Gujr', 'Orya', 'Taml']
  .concat(['Telu', 'Knda', 'Mlym', 'Sinh', 'Khmr', 'Mymr', 'Tibt'])
  .map((script) => String.raw`\p{scx=${script}}`)
  .join('');

/** What is not seen by itself but changes the character before it. */
const MEANT = [
  // A whole emoji, such as a family, a flag or a keycap.
  String.raw`\p{RGI_Emoji}`,
  String.raw`(?<=[\p{ExtPict}\p{EMod}\uFE0F])\u200D(?=\p{ExtPict})`,
  String.raw`(?<=\p{ExtPict})[\uFE0E\uFE0F]`,
  // A joiner in a word. Two in a row change nothing more.
  String.raw`(?<=[[${JOINED}]&&[\p{L}\p{M}]])[\u200C\u200D]`,
  // A variant of a Chinese or Japanese character, of which there are many in names, and of a Mongolian letter.
  String.raw`(?<=\p{sc=Han})[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]`,
  String.raw`(?<=\p{sc=Mong})[\u180B-\u180D\u180F]`,
].join('|');

const unseen = new RegExp(UNSEEN, 'gv');
const meantOrUnseen = new RegExp(`(${MEANT})|${UNSEEN}`, 'gv');

/** Returns a text without the characters that nobody sees. */
export function withoutInvisible(text: string): string {
  return text.replace(unseen, '');
}

/**
 * Returns a name as it is stored: composed (NFC), in one line, without blanks around it, and without the characters that
 * nobody sees and that change nothing. It is empty when nothing of the name can be seen.
 */
export function cleanName(name: string): string {
  const line = name.normalize('NFC').replace(/[\s--\uFEFF]+/gv, ' ');
  const clean = line.replace(meantOrUnseen, (_, meant: string | undefined) => meant ?? '').trim();
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(withoutInvisible(clean)) ? clean : '';
}
