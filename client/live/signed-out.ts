import { speak } from '../announce.ts';

let signedOut = false;

/** Returns true when the page has said that its user is signed out. */
export function isSignedOut(): boolean {
  return signedOut;
}

/** Says that the user is signed out. The live parts stay visible but take no press, which would belong to a new guest. */
export function showSignedOut(message: string): void {
  signedOut = true;
  document.documentElement.removeAttribute('data-reconnecting');
  const parts = [...document.querySelectorAll<HTMLElement>('[data-live], .signed-out')];
  const hadFocus = parts.some((part) => part.contains(document.activeElement));
  for (const part of parts) part.inert = true;
  const notice = document.createElement('p');
  notice.className = 'notice notice-error signed-out';
  const link = document.createElement('a');
  link.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = 'Sign in';
  notice.append(message, ' ', link);
  document.querySelector('.signed-out')?.remove();
  document.querySelector('main')?.prepend(notice);
  // An inert element loses the focus, and the next Tab would begin at the top of the page.
  if (hadFocus) link.focus();
  speak(message);
}
