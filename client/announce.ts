/** Long enough to be read twice, in milliseconds. */
const SHOWN = 6000;

type Place = 'status' | 'spoken';

const timers = new Map<Place, number>();
let lasting = '';

/** Says something politely to people who listen to the page, and shows it, for a while, to those who look. */
export function announce(words: string): void {
  say('status', words);
}

/** For those who listen: who looks sees it already. */
export function speak(words: string): void {
  say('spoken', words);
}

/** Says what is so until it is said otherwise; what is announced meanwhile takes its place for a while. */
export function keepSaying(words: string): void {
  lasting = words;
  say('status', words);
}

export function sayNoMore(): void {
  const element = document.getElementById('status');
  if (element?.textContent === lasting) put('status', '');
  lasting = '';
}

function say(place: Place, words: string): void {
  put(place, words);
  window.clearTimeout(timers.get(place));
  const afterwards = () => put(place, place === 'status' ? lasting : '');
  timers.set(place, window.setTimeout(afterwards, SHOWN));
}

/** What is there already would be said again. */
function put(place: Place, words: string): void {
  const element = document.getElementById(place);
  if (!element || element.textContent === words) return;
  element.textContent = words;
  element.classList.toggle('lasting', words !== '' && words === lasting);
}
