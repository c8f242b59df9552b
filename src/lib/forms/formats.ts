import { isEmailAddress } from '../email-address.ts';
import { cleanName } from '../text/invisible.ts';
import { readWholeNumber } from '../text/whole-number.ts';

/** The longest text that is looked at, in characters. The rules of the fields allow less. */
const LONGEST = 1000;

/** What a rule of a field may ask for with `format`, beyond what a pattern can say. */
export const formats = {
  'email-address': isEmailAddress,
  'visible-name': (text: string) => text.length <= LONGEST && cleanName(text) !== '',
  'whole-number': (text: string) => readWholeNumber(text) !== null,
  'positive-number': (text: string) => (readWholeNumber(text) ?? 0) > 0,
};
