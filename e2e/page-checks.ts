import type { Page } from '@playwright/test';
import axe, { type AxeResults, type RunOptions } from 'axe-core';

declare global {
  interface Window {
    axe: { run(options: RunOptions): Promise<AxeResults> };
  }
}

/**
 * Returns what axe finds wrong on the page as it looks now: by all its rules, or by the given ones. It does not use the
 * package for Playwright, which spends time on frames; our pages have none.
 */
export async function axeFindings(page: Page, rules?: string[]) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(async (rules) => {
    const options: RunOptions = { resultTypes: ['violations'], preload: false };
    if (rules) options.runOnly = rules;
    const { violations } = await window.axe.run(options);
    return violations.map(({ id, help, nodes }) => ({
      id,
      help,
      where: nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary}`),
    }));
  }, rules);
}

/** Returns the elements that extend beyond the right edge of the window. */
export function sidewaysOverflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > width)
      .map((element) => element.outerHTML.slice(0, 100));
  });
}

/** Text twice as large; or lines, letters and words as far apart as WCAG 2.2, 1.4.12 asks for. */
const readings = {
  'twice as large': 'html { font-size: 200% }',
  spaced: `* {
    line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
    p { margin-block-end: 2em !important }`,
};

/** Returns what overlaps or extends beyond the right edge of the window while the text is set in this way. */
export async function crampedText(page: Page, reading: keyof typeof readings): Promise<string[]> {
  await setStyle(page, readings[reading]);
  const found = [...(await overlappingText(page)), ...(await sidewaysOverflow(page))];
  await setStyle(page, '');
  return found;
}

function setStyle(page: Page, css: string): Promise<void> {
  return page.evaluate((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
  }, css);
}

/**
 * Returns words that lie on other words. Parts that scroll by themselves are left out, and so is Undo, which stays in
 * sight above the page.
 */
function overlappingText(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const apart = '[tabindex="0"], .visually-hidden, .undo';
    const pieces: { of: Element; words: string; box: DOMRect }[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode as Text;
      const of = text.parentElement!;
      const words = text.data.trim();
      if (!words || !of.checkVisibility() || of.closest(apart)) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      for (const box of range.getClientRects()) pieces.push({ of, words, box });
    }

    /** The box of a text is a little higher than its line. */
    const collide = (a: DOMRect, b: DOMRect) =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.3 * Math.min(a.height, b.height);

    return pieces.flatMap((one, index) =>
      pieces
        .slice(index + 1)
        .filter(({ of }) => !of.contains(one.of) && !one.of.contains(of))
        .filter(({ box }) => collide(one.box, box))
        .map(({ words }) => `${one.words} / ${words}`),
    );
  });
}

/** Returns what can be pressed and is smaller than 24 px, except links in a sentence (WCAG 2.2, 2.5.8). */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate((least) => {
    const isInSentence = (element: Element) =>
      element.tagName === 'A' &&
      getComputedStyle(element).display === 'inline' &&
      element.parentElement!.textContent.trim() !== element.textContent.trim();

    /** A press on a label counts for its input. The link of a card covers the card. */
    const takesPress = (element: Element) => {
      element.scrollIntoView({ block: 'center' });
      const { left, right, top, bottom } = element.getBoundingClientRect();
      const middle = [(left + right) / 2, (top + bottom) / 2] as const;
      const reach = least / 2 - 0.5;
      const corners = [-reach, reach].flatMap((x) => [-reach, reach].map((y) => [x, y] as const));
      return corners.every(([x, y]) => {
        const hit = document.elementFromPoint(middle[0] + x, middle[1] + y);
        return hit?.closest('a, button, input, select, label')?.contains(element);
      });
    };

    return [...document.querySelectorAll('a[href], button, input:not([type="hidden"]), select')]
      .filter((element) => element.checkVisibility() && !element.matches('.skip-link'))
      .filter((element) => !isInSentence(element) && !takesPress(element))
      .map((element) => element.outerHTML.slice(0, 100));
  }, 24);
}

/** Returns what can have the focus and does not show it. */
export function hiddenFocus(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        'a[href], button, input:not([type="hidden"]), select',
      ),
    ]
      .filter((element) => element.checkVisibility())
      .filter((element) => {
        element.focus();
        return !['', '::after'].some((part) => {
          const { outlineStyle, outlineWidth } = getComputedStyle(element, part || null);
          return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
        });
      })
      .map((element) => element.outerHTML.slice(0, 100)),
  );
}
