import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contradiction, type Model, type Operation } from './linearizability.ts';

/** A counter: adds answer the sum, and null only reads it. */
const counter: Model<number, number | null, number> = (state, input) => {
  const sum = state + (input ?? 0);
  return { state: sum, output: sum };
};

type Step = [
  input: number | null,
  output: number,
  version: number | null,
  sent: number,
  answered: number,
];

function check(...steps: Step[]): string | null {
  const history = steps.map(
    ([input, output, version, sent, answered]): Operation<number | null, number> => ({
      input,
      output,
      version,
      writes: input !== null,
      sent,
      answered,
    }),
  );
  return contradiction(history, { state: 0, version: 0 }, counter);
}

test('one after the other is linearizable', () => {
  assert.equal(check([5, 5, 1, 0, 1], [2, 7, 2, 2, 3], [null, 7, 2, 4, 5]), null);
});

test('two at once may take effect in either order', () => {
  assert.equal(check([5, 5, 1, 0, 9], [2, 7, 2, 1, 8]), null);
  assert.equal(check([5, 7, 2, 0, 9], [2, 2, 1, 1, 8]), null);
});

test('a read at the time of a write may see it or not', () => {
  assert.equal(check([5, 5, 1, 0, 9], [null, 0, 0, 1, 2], [null, 5, 1, 3, 4]), null);
});

test('an answer that no order explains is found out', () => {
  assert.match(check([5, 5, 1, 0, 9], [2, 2, 2, 0, 9])!, /should have answered 7/);
});

test('a lost update is found out: two writes claim one version', () => {
  assert.match(check([5, 5, 1, 0, 9], [2, 2, 1, 0, 9])!, /comes/);
});

test('a version that nobody made is found out', () => {
  assert.match(check([5, 5, 1, 0, 1], [2, 7, 3, 2, 3])!, /comes/);
});

test('a write that takes effect before one that was answered earlier is found out', () => {
  assert.match(check([5, 7, 2, 0, 1], [2, 2, 1, 2, 3])!, /was answered before/);
});

test('a stale read, right by itself, is found out', () => {
  assert.match(check([5, 5, 1, 0, 1], [null, 0, 0, 2, 3])!, /was answered before/);
});

test('a read of the future is found out', () => {
  assert.match(check([null, 5, 1, 0, 1], [5, 5, 1, 2, 3])!, /was answered before/);
});

test('two reads in a row that see time run backwards are found out', () => {
  const write: Step = [5, 5, 1, 0, 9];
  assert.match(check(write, [null, 5, 1, 1, 2], [null, 0, 0, 3, 4])!, /was answered before/);
});

test('a write whose version nobody knows fills the gap where it fits', () => {
  assert.equal(check([5, 0, null, 0, 9], [3, 0, null, 0, 9], [2, 10, 3, 1, 8]), null);
  assert.equal(
    check([2, 2, 1, 0, 1], [5, 0, null, 0, 9], [3, 5, 2, 2, 3], [null, 10, 3, 8, 9]),
    null,
  );
});

test('a write whose version nobody knows, and that was applied twice or not at all, is found out', () => {
  assert.match(check([5, 0, null, 0, 9], [2, 12, 3, 1, 8])!, /comes/);
  assert.match(check([5, 0, null, 0, 9], [2, 2, 1, 1, 8])!, /no version is left/);
  assert.match(check([5, 0, null, 0, 9], [2, 12, 2, 1, 8])!, /should have answered 7/);
});
