/** Tells a person how long to wait: in seconds up to 90, in whole minutes above. */
export function pleaseWait(seconds: number): string {
  const [count, unit] = seconds <= 90 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return `Please wait ${count} ${unit}${count === 1 ? '' : 's'}, then try again.`;
}
