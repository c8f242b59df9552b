import Bowser from 'bowser';
import { Memo } from '../memo.ts';
import type { DeviceTraits } from '../state/contract.ts';

const MOST_NAMES = 1000;
const names = new Memo<string>(MOST_NAMES);

/** How a person would name the browser: `Firefox on Linux`. */
export function deviceName({ agent }: Pick<DeviceTraits, 'agent'>): string {
  return names.get(agent, () => {
    const { browser, os } = Bowser.parse(agent || ' ');
    return [browser.name || 'A browser', os.name && `on ${os.name}`].filter(Boolean).join(' ');
  });
}
