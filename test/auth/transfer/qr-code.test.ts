import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import decodeQR from 'qr/decode.js';
import { drawQrCode, type QrCode } from '../../../src/auth/transfer/qr-code.ts';

/** Paints the path as a browser would, `scale` pixels a module, dark on white. */
function paint({ size, path }: QrCode, scale = 4) {
  const width = size * scale;
  const data = new Uint8Array(width * width * 4).fill(255);
  const runs = path.matchAll(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g);
  let painted = '';
  for (const [run, ...numbers] of runs) {
    painted += run;
    const [x, y, length, back] = numbers.map(Number) as [number, number, number, number];
    assert.equal(back, length);
    for (let row = y * scale; row < (y + 1) * scale; row += 1) {
      for (let column = x * scale; column < (x + length) * scale; column += 1) {
        data.fill(0, (row * width + column) * 4, (row * width + column) * 4 + 3);
      }
    }
  }
  assert.equal(painted, path, 'the path holds nothing else');
  return { width, height: width, data };
}

test('a camera reads the link off the drawing', () => {
  for (let round = 0; round < 20; round += 1) {
    const link = `https://shop.example/transfer/${randomBytes(32).toString('base64url')}`;
    assert.equal(decodeQR(paint(drawQrCode(link))), link);
  }
});

test('four light modules lie around the code', () => {
  const { size, path } = drawQrCode('https://shop.example/transfer/x');
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    assert.ok(Number(x) >= 4 && Number(x) + Number(length) <= size - 4);
    assert.ok(Number(y) >= 4 && Number(y) < size - 4);
  }
});
