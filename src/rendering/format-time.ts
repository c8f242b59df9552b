import { Memo } from '../lib/speed/memo.ts';

const MOST_TIMES = 1000;
const times = new Memo<string>(MOST_TIMES);

/** The server does not know the time zone of its readers, so it names the one it uses. */
const format = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
  timeZoneName: 'short',
});

/** Returns a time for people, such as `14 Mar 2026, 12:00 UTC`. @param milliseconds since the epoch */
export function formatTime(milliseconds: number): string {
  return times.get(String(milliseconds), () => format.format(milliseconds));
}
