import { hash } from 'node:crypto';
import type { LinkBackend } from '../backend.ts';
import type { Answer, Answers } from '../contract/answers.ts';
import type { Keyring } from './keyring.ts';
import { openTwice, sealTwice } from './seal-twice.ts';

interface SealedAnswersOptions {
  backend: LinkBackend;
  keyring: Keyring;
}

/** What is stored while a form is being worked on. */
const NO_ANSWER_YET = null;

/**
 * The answers of the contract, kept like links: under the hash of their name, and sealed under the name. An answer
 * contains the id of a session, so a copy of the store must not reveal it.
 */
export function createSealedAnswers({ backend, keyring }: SealedAnswersOptions): Answers {
  const seal = (name: string, answer: Answer | null) =>
    sealTwice(keyring, name, JSON.stringify(answer), answerKey(name));

  return {
    claim: (name, lifetime) => backend.claim(answerKey(name), seal(name, NO_ANSWER_YET), lifetime),

    keep: (name, answer, lifetime) => backend.write(answerKey(name), seal(name, answer), lifetime),

    async release(name) {
      await backend.take(answerKey(name));
    },

    async read(name) {
      const sealed = await backend.read(answerKey(name));
      const text = sealed && openTwice(keyring, name, sealed, answerKey(name));
      return text === null ? null : (JSON.parse(text) as Answer | null);
    },
  };
}

/** The name contains a session id or a form's one-time id, so its hash needs no salt. */
function answerKey(name: string): string {
  return `answer:${hash('sha256', name, 'hex')}`;
}
