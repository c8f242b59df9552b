import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Answer } from '../../src/store/contract/answers.ts';
import { second } from '../support/clock.ts';
import { backends, openBackend, SECOND_SECRET } from './backends.ts';

const LIFETIME = 30 * second;
const answer: Answer = {
  to: '/account?a=b',
  session: 'the id of a session',
  flash: { success: ['It is done.'] },
  cookies: ['known=x; Path=/'],
};

for (const name of backends) {
  test(`kept answers in ${name}`, async (t) => {
    await using backend = await openBackend(name);
    const { clock } = backend;
    const { answers } = backend.store;

    await t.test('of twenty who claim a form at once, in two processes, one succeeds', async () => {
      const another = await backend.openAnother();
      const form = randomUUID();
      const claims = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          (i % 2 ? answers : another.answers).claim(form, LIFETIME),
        ),
      );
      assert.equal(claims.filter(Boolean).length, 1);
    });

    await t.test('a claimed form has no answer; then it has the one that was kept', async () => {
      const form = randomUUID();
      assert.equal(await answers.read(form), null);
      await answers.claim(form, LIFETIME);
      assert.equal(await answers.read(form), null);
      await answers.keep(form, answer, LIFETIME);
      assert.deepEqual(await answers.read(form), answer);
      assert.deepEqual(await answers.read(form), answer, 'it can be read again');
      assert.equal(await answers.claim(form, LIFETIME), false);
      assert.equal(await answers.read(`${form}x`), null);
    });

    await t.test('a form that was released can be claimed again', async () => {
      const form = randomUUID();
      await answers.claim(form, LIFETIME);
      await answers.release(form);
      assert.equal(await answers.claim(form, LIFETIME), true);
    });

    await t.test('a claim and an answer end after their time', async () => {
      const [claimed, answered] = [randomUUID(), randomUUID()];
      await answers.claim(claimed, LIFETIME);
      await answers.keep(answered, answer, LIFETIME);
      clock.advance(LIFETIME - second);
      assert.equal(await answers.claim(claimed, LIFETIME), false);
      assert.deepEqual(await answers.read(answered), answer);
      clock.advance(second);
      assert.equal(await answers.read(answered), null);
      assert.equal(await answers.claim(claimed, LIFETIME), true);
      assert.equal(await answers.claim(answered, LIFETIME), true);
    });

    await t.test('the store has neither the name nor the session of an answer', async () => {
      const form = randomUUID();
      await answers.keep(form, answer, LIFETIME);
      const bytes = await backend.bytesAtRest();
      for (const secret of [form, answer.session!, answer.to]) {
        assert.equal(bytes.includes(secret), false, secret);
      }
    });

    await t.test('an answer does not open under another secret of the app', async () => {
      const form = randomUUID();
      await answers.keep(form, answer, LIFETIME);
      const foreign = await backend.openAnother([SECOND_SECRET]);
      assert.equal(await foreign.answers.read(form), null);
    });
  });
}
