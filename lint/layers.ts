import { relative, resolve, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A rule for the linter: which folder of src/ may import from which. It works by exclusion: a folder that is not in the
 * table is a folder of pages. So a new folder is guarded from its first day.
 */

const SOURCES = fileURLToPath(new URL('../src/', import.meta.url));

interface Layer {
  /** Folders or files of src/ that this folder may import from. Its own files are always allowed. */
  imports: string[];
  /** True when this folder may know HTTP. */
  http?: boolean;
}

const inner = ['lib', 'settings', 'store/contract'];

const pages: Layer = {
  imports: [...inner, 'database', 'http', 'session', 'rendering'],
  http: true,
};

const layers: Record<string, Layer> = {
  lib: { imports: [] },
  settings: { imports: ['lib', 'store/contract'] },
  store: { imports: ['lib'] },
  database: { imports: ['lib'] },
  operations: { imports: [...inner, 'store', 'database'], http: true },
  http: { imports: [...inner, 'operations'], http: true },
  rendering: { imports: [...inner, 'http'], http: true },
  session: {
    imports: [...inner, 'store/sealing', 'database', 'http', 'rendering'],
    http: true,
  },
  auth: pages,
  // shop {
  // The dashboard shows the cart.
  main: { ...pages, imports: [...pages.imports, 'shop/priced-cart.ts'] },
  // } shop
  shop: pages,
  // Shows every page with made-up data, so it knows the forms and the data of all pages.
  gallery: { imports: [...pages.imports, 'auth', 'main', 'shop'], http: true },
  'app.ts': { imports: ['.'], http: true },
  'server.ts': { imports: ['.'], http: true },
};

const HTTP = /^(fastify|fastify-plugin|@fastify\/.+)$/;

/**
 * @param file path of the importing file
 * @param specifier what it imports
 * @returns why the import is not allowed; null when it is
 */
export function forbiddenImport(file: string, specifier: string): string | null {
  const from = relative(SOURCES, file);
  if (from.startsWith('..')) return null;
  const folder = from.split('/')[0]!;
  const layer = layers[folder] ?? pages;
  if (HTTP.test(specifier)) {
    return layer.http ? null : `src/${folder} knows no HTTP, so it must not import ${specifier}.`;
  }
  if (!specifier.startsWith('.')) return null;
  const target = relative(SOURCES, resolve(dirname(file), specifier));
  if (target.startsWith('..')) return null;
  const isAllowed = [folder, ...layer.imports].some(
    (allowed) => allowed === '.' || target === allowed || target.startsWith(`${allowed}/`),
  );
  return isAllowed ? null : `src/${folder} must not import src/${target}: see lint/layers.ts.`;
}

interface ImportNode {
  source: { value: unknown } | null;
}

interface Context {
  filename: string;
  report(problem: { message: string; node: unknown }): void;
}

const rule = {
  create(context: Context) {
    function check(node: ImportNode) {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string') return;
      const message = forbiddenImport(context.filename, specifier);
      if (message) context.report({ message, node });
    }
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

export default { meta: { name: 'satchel' }, rules: { layers: rule } };
