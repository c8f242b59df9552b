import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newSessionId } from '../../../src/session/speed/session-ids.ts';

test('session ids are 256 bits each, and no two share a start or an end', () => {
  const ids = Array.from({ length: 1000 }, newSessionId);
  assert.deepEqual(
    ids.filter((id) => Buffer.from(id, 'base64url').length !== 32),
    [],
  );
  for (const part of [ids.map((id) => id.slice(0, 21)), ids.map((id) => id.slice(-21))]) {
    assert.equal(new Set(part).size, ids.length);
  }
});
