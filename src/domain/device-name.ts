import Bowser from 'bowser';
import type { DeviceTraits } from '../state/contract.ts';

/** How a person would name the browser: `Firefox on Linux`. */
export function deviceName({ agent }: Pick<DeviceTraits, 'agent'>): string {
  const { browser, os } = Bowser.parse(agent || ' ');
  return [browser.name || 'A browser', os.name && `on ${os.name}`].filter(Boolean).join(' ');
}
