import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factsOf } from '../../../src/shop/catalog/facts.ts';
import pictures from '../../../src/shop/catalog/pictures.json' with { type: 'json' };
import catalogue from '../../../src/shop/catalog/products.json' with { type: 'json' };

test('the facts of every product have a size, a weight, and no label that does not fit', () => {
  for (const { name, details } of catalogue) {
    const facts = Object.fromEntries(factsOf(details));
    assert.deepEqual(Object.values(facts).flat(), details, name);
    assert.match(facts.Size![0]!, /cm/, name);
    assert.match(facts.Weight!.join(), /^[\d.]+ k?g( the set)?$/, name);
    assert.ok((facts.Material ?? []).length <= 1, name);
    assert.match(facts.Volume?.join() ?? '0 litres', /litres$/, name);
  }
});

test('the three sizes of a set stand together', () => {
  const cubes = catalogue.find(({ slug }) => slug === 'tidy-packing-cubes')!;
  assert.deepEqual(
    factsOf(cubes.details).map(([label, details]) => [label, details.length]),
    [
      ['Size', 3],
      ['Weight', 1],
    ],
  );
});

test('every picture has a sentence of its own', () => {
  assert.deepEqual(
    Object.keys(pictures),
    catalogue.map(({ slug }) => slug),
  );
  const sentences = Object.values(pictures);
  assert.equal(new Set(sentences).size, sentences.length);
  for (const sentence of sentences) assert.match(sentence, /^An? .{30,}\.$|^Three .{30,}\.$/);
});
