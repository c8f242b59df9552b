import { readFileSync } from 'node:fs';

export const scriptNames = [
  'session-load',
  'session-write',
  'session-move',
  'session-pointer',
  'session-remove',
  'session-reseal',
  'session-alive',
  'owner-view',
  'device-list',
  'device-listed',
  'device-forget',
  'cart-read', // shop
  'cart-export', // shop
  'cart-change', // shop
  'cart-remove-merged', // shop
  'cart-quarantine', // shop
  'cart-remove', // shop
  'device-keys',
  'limit-use',
  'limit-attempt',
  'limit-clear',
  'limit-forgive',
  'link-claim',
  'link-write',
  'link-read',
  'link-take',
  'readiness',
] as const;

export type ScriptName = (typeof scriptNames)[number];

/** A script cannot import another one, so the shared files are put in front of each script. */
export function scriptSource(name: ScriptName): string {
  return [
    'lib/keys',
    'lib/events',
    'lib/sessions',
    'lib/devices',
    'lib/carts', // shop
    'lib/cart-rules', // shop
    name,
  ]
    .map((file) => readFileSync(new URL(`../scripts/${file}.lua`, import.meta.url), 'utf8'))
    .join('\n');
}
