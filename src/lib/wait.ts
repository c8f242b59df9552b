/** Tells a person how long to wait: to the second, or in whole minutes where seconds would mean little. */
export function pleaseWait(seconds: number): string {
  const [count, unit] = seconds <= 90 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return `Please wait ${count} ${unit}${count === 1 ? '' : 's'}, then try again.`;
}
