import Bowser from 'bowser';
import { Memo } from './speed/memo.ts';

const MOST_NAMES = 1000;
/** In letters. The longest that people know is "Samsung Internet for Android". */
const LONGEST_BROWSER = 30;
const names = new Memo<string>(MOST_NAMES);

/** How a person would name the browser: `Firefox on Linux`. */
export function deviceName({ agent }: { agent: string }): string {
  return names.get(agent, () => {
    const { browser, os } = Bowser.parse(agent || ' ');
    const called = shorten(browser.name || 'A browser');
    return [called, os.name && `on ${os.name}`].filter(Boolean).join(' ');
  });
}

/** A browser calls itself what it likes, and a list of devices must stay a list. */
function shorten(name: string): string {
  return name.length > LONGEST_BROWSER ? `${name.slice(0, LONGEST_BROWSER - 1)}…` : name;
}
