/** How long a message is shown, in milliseconds. It is long enough to be read twice. */
const SHOWN = 6000;
/** It is not seen, and a text that ends with it is another text. */
const NO_BREAK_SPACE = '\u00a0';

type Region = 'status' | 'spoken';

const timers = new Map<Region, number>();
let lasting = '';

/** Shows a message for a while, and tells it politely to people with a screen reader. */
export function announce(message: string): void {
  say('status', message);
}

/** Tells a message only to people with a screen reader. Everybody else already sees what has happened. */
export function speak(message: string): void {
  say('spoken', message);
}

/** Shows a message until `stopSaying` is called. An announcement takes its place for a while. */
export function keepSaying(message: string): void {
  window.clearTimeout(timers.get('status'));
  lasting = message;
  setText('status', message);
}

export function stopSaying(): void {
  const element = document.getElementById('status');
  if (element?.textContent === lasting) setText('status', '');
  lasting = '';
}

/** The same message twice is news twice. A screen reader reads only a text that is not equal to the one before. */
function say(region: Region, message: string): void {
  const isRepeat = document.getElementById(region)?.textContent === message;
  setText(region, isRepeat ? message + NO_BREAK_SPACE : message);
  window.clearTimeout(timers.get(region));
  const afterwards = () => setText(region, region === 'status' ? lasting : '');
  timers.set(region, window.setTimeout(afterwards, SHOWN));
}

/** A text that is set again would be read out again. */
function setText(region: Region, text: string): void {
  const element = document.getElementById(region);
  if (!element || element.textContent === text) return;
  element.textContent = text;
  element.classList.toggle('lasting', text !== '' && text === lasting);
}
