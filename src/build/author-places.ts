import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { OnLoadResult, Plugin, PluginBuild } from 'esbuild';
import { FAILED, isBuildFailure } from './compile-failure';

const SOURCES = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const MENTIONS_PLACE = /__dirname|__filename|import\s*\.\s*meta/;

/**
 * `__dirname`, `import.meta.url` and the like of a compiled file are those of the author's file. Files that mention
 * them, which are few, are translated one by one first: esbuild replaces names in all files of a build alike.
 */
export function authorPlaces(): Plugin {
  return {
    name: 'author-places',
    setup: (build) => {
      build.onLoad({ filter: SOURCES, namespace: 'file' }, async ({ path }) => {
        const source = await readFile(path, 'utf8').catch(() => '');
        return MENTIONS_PLACE.test(source) ? await translate(build, path) : undefined;
      });
    },
  };
}

async function translate(build: PluginBuild, file: string): Promise<OnLoadResult> {
  const { absWorkingDir = '/', target } = build.initialOptions;
  try {
    const { outputFiles } = await build.esbuild.build({
      absWorkingDir,
      ...(target === undefined ? {} : { target }),
      entryPoints: [file],
      outdir: dirname(file),
      write: false,
      sourcemap: 'inline',
      define: placesOf(file),
      ...FAILED,
    });
    return { contents: outputFiles[0]?.contents ?? '', loader: 'js', resolveDir: dirname(file) };
  } catch (error) {
    if (isBuildFailure(error)) return { errors: error.errors };
    throw error;
  }
}

function placesOf(file: string): Record<string, string> {
  const filename = JSON.stringify(file);
  const folder = JSON.stringify(dirname(file));
  return {
    __filename: filename,
    __dirname: folder,
    'import.meta.filename': filename,
    'import.meta.dirname': folder,
    'import.meta.url': JSON.stringify(pathToFileURL(file).href),
  };
}
