import { deviceName } from '../lib/device-name.ts';
import type { Device } from '../store/contract/sessions.ts';

const NOON = Date.UTC(2026, 2, 14, 12);
const HOUR = 3_600_000;

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
const LONGEST_AGENT = `${'UnheardOf'.repeat(30)}/1.0 (X11)`;

const laptop = device(0, FIREFOX, '192.0.2.0/24');
const phone = device(1, SAFARI, '2001:db8:85a3::/48');

export const oneDevice = [laptop];
export const twoDevices = [laptop, phone];
export const manyDevices = [
  ...twoDevices,
  ...Array.from({ length: 12 }, (_, i) => device(i + 2, i % 2 ? FIREFOX : SAFARI, '192.0.2.0/24')),
];
export const strangeDevices = [
  laptop,
  device(1, LONGEST_AGENT, '2001:db8:85a3::/48'),
  device(2, '', '::/48'),
];

/** Returns the data of a page that lists devices. The first of them shows the page. */
export function deviceList(devices: Device[]) {
  return {
    devices,
    count: devices.length,
    page: 1,
    previous: null,
    next: null,
    here: laptop.id,
    deviceName,
  };
}

function device(n: number, agent: string, network: string): Device {
  const id = `made-up-${n}`;
  return { id, agent, network, since: NOON - n * 30 * HOUR, seen: NOON - n * HOUR };
}
