import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { isStringOneByteRepresentation } from 'node:v8';
import { createFlatTemplates } from '../../src/rendering/speed/flat-templates.ts';
import { createPlainTemplates } from '../../src/rendering/templates.ts';
import { temporaryFolder } from '../support/folder.ts';

/** Renders `page` among the other templates. */
async function render(
  files: Record<string, string>,
  data: object,
  create = createFlatTemplates,
): Promise<string> {
  await using folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    await writeFile(folder.file(`${name}.eta`), text);
  }
  return create(folder.file('.')).render('page', data);
}

suite('a template', () => {
  const cases: [what: string, files: Record<string, string>, html: string][] = [
    ['prints what it is given', { page: '<p><%= it.name %></p>' }, '<p>Ada</p>'],
    ['escapes it', { page: '<%= it.html %>' }, '&lt;b&gt; &amp; &quot;&#39;'],
    ['prints raw HTML where told to', { page: '<%~ it.html %>' }, `<b> & "'`],
    ['prints nothing for what is not there', { page: '[<%= it.nothing %>]' }, '[]'],
    [
      'gives a partial all it has',
      { page: `<%~ include('/part', it) %>`, part: 'Dear <%= it.name %>' },
      'Dear Ada',
    ],
    [
      'gives a partial all it has where it says nothing',
      { page: `<%~ include('/part') %>`, part: 'Dear <%= it.name %>' },
      'Dear Ada',
    ],
    [
      'gives a partial more',
      {
        page: `<%~ include('/part', { ...it, more: 1 }) %>`,
        part: '<%= it.name %> <%= it.more %>',
      },
      'Ada 1',
    ],
    [
      'gives a partial other data on top of its own',
      { page: `<%~ include('/part', { more: 2 }) %>`, part: '<%= it.name %> <%= it.more %>' },
      'Ada 2',
    ],
    [
      'gives a partial what it was given itself',
      { page: `<%~ include('/part', it.inner) %>`, part: '<%= it.name %>' },
      'Grace',
    ],
    [
      'keeps the names of its partials apart',
      {
        page: `<% const x = 1; %><%~ include('/part', it) %><%~ include('/part', { x }) %><%= x %>`,
        part: '<% const x = it.x ?? 2; %><%= x %>',
      },
      '211',
    ],
    [
      'includes in a loop, and in a partial',
      {
        page: `<% for (const n of it.numbers) { %><%~ include('/part', { n }) %><% } %>`,
        part: `<%~ include('/inner', it) %>`,
        inner: '(<%= it.n %>)',
      },
      '(1)(2)',
    ],
    [
      'stands in its layout',
      { page: `<% layout('/frame', it) %>in`, frame: '<<%~ it.body %>|<%= it.name %>>' },
      '<in|Ada>',
    ],
    [
      'finds a partial whose name is known only then',
      { page: `<%~ include(it.part, it) %>`, part: 'Dear <%= it.name %>' },
      'Dear Ada',
    ],
  ];
  for (const [what, files, html] of cases) {
    test(what, async () => {
      const data = {
        name: 'Ada',
        html: `<b> & "'`,
        inner: { name: 'Grace' },
        numbers: [1, 2],
        part: '/part',
      };
      assert.equal(await render(files, data), html);
      assert.equal(await render(files, data, createPlainTemplates), html);
    });
  }

  test('stays within Latin-1, in its text and in its data', async () => {
    const html = await render({ page: 'é € “ 🎒 <%= it.bag %>' }, { bag: '🎒é' });
    assert.equal(html, 'é &#8364; &#8220; &#127890; &#127890;é');
  });

  test('in development names its file and its line in an error', async () => {
    const files = {
      page: `<p>\n<%~ include('/part', it) %>`,
      part: '\n\n<%= it.nothing.at.all %>',
    };
    await assert.rejects(render(files, {}, createPlainTemplates), ({ message }: Error) => {
      assert.match(message, /part\.eta:3/);
      return true;
    });
  });

  test('is a string of one byte a character, whatever it prints', async () => {
    const html = await render(
      { page: '“<%= it.price %>”<%= it.name %>' },
      { price: '€5', name: 'Ж' },
    );

    assert.equal(html, '&#8220;&#8364;5&#8221;&#1046;');
    assert.ok(isStringOneByteRepresentation(html));
  });

  test('that does not compile refuses the start', async () => {
    await assert.rejects(render({ page: 'fine', broken: '<% if ( %>' }, {}), /Bad template syntax/);
  });

  test('that includes what is not there refuses the start', async () => {
    await assert.rejects(render({ page: `<%~ include('/gone', it) %>` }, {}), /ENOENT/);
  });
});
