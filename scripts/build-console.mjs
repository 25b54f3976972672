// Bundles the web console into dist/console/: one page, one script, one style sheet, nothing from elsewhere.
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const source = join(root, 'console');

/** What a browser of the last two years understands; the oldest that has `light-dark()`. */
const TARGET = ['chrome123', 'firefox120', 'safari17.5'];

export async function buildConsole(target = join(root, 'dist', 'console')) {
  mkdirSync(target, { recursive: true });
  await build({
    entryPoints: { console: join(source, 'src', 'main.tsx') },
    outdir: target,
    tsconfig: join(source, 'tsconfig.json'),
    bundle: true,
    minify: true,
    format: 'iife',
    target: TARGET,
    legalComments: 'none',
    logLevel: 'warning',
  });
  copyFileSync(join(source, 'index.html'), join(target, 'index.html'));
}
