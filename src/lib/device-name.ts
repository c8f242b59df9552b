import Bowser from 'bowser';
import { Memo } from './speed/memo.ts';

const MOST_NAMES = 1000;
/** The longest name of a browser, in characters. The longest that people know is "Samsung Internet for Android". */
const LONGEST_BROWSER = 30;
const names = new Memo<string>(MOST_NAMES);

/**
 * Returns a name for a device that a person recognises, such as `Firefox on Linux`.
 * @param agent its User-Agent header
 */
export function deviceName({ agent }: { agent: string }): string {
  return names.get(agent, () => {
    const { browser, os } = Bowser.parse(agent || ' ');
    const name = shorten(browser.name || 'A browser');
    return [name, os.name && `on ${os.name}`].filter(Boolean).join(' ');
  });
}

/** The name comes from the client, which may send a very long one. */
function shorten(name: string): string {
  return name.length > LONGEST_BROWSER ? `${name.slice(0, LONGEST_BROWSER - 1)}…` : name;
}
