import { cpSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

export default defineConfig({
  publicDir: false,
  build: {
    outDir: 'dist',
    manifest: true,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['client/main.ts', 'client/main.css'] },
  },
  plugins: [precompress()],
});

/**
 * Compresses all text files after the build, so that nothing is compressed for a request. It also copies public/ to
 * dist/.
 */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    closeBundle() {
      cpSync('public', 'dist/public', { recursive: true, preserveTimestamps: true });
      for (const file of globSync('dist/{assets,public}/**/*.{js,css,svg,txt,webmanifest}')) {
        const bytes = readFileSync(file);
        writeFileSync(`${file}.br`, brotliCompressSync(bytes));
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}
