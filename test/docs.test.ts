import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DOCS_FOLDER, PAGES } from '../scripts/docs';
import { environmentName, flagName } from '../src/config/names';
import { OPTIONS } from '../src/config/options';
import { ERRORS } from '../src/errors';

describe('the pages that are made from tables', () => {
  for (const [name, page] of Object.entries(PAGES)) {
    it(`include docs/${name}, which is what \`npm run docs\` makes`, async () => {
      assert.equal(readFileSync(join(DOCS_FOLDER, name), 'utf8'), await page());
    });
  }

  it('name every error', async () => {
    const page = (await PAGES['errors.md']?.()) ?? '';
    for (const code of Object.keys(ERRORS)) assert.ok(page.includes(`| \`${code}\` |`), code);
  });

  it('name every option in its three spellings', async () => {
    const page = (await PAGES['configuration.md']?.()) ?? '';
    for (const [key, { configurable }] of Object.entries(OPTIONS)) {
      const names = configurable ? [flagName(key), environmentName(key), `\`${key}\``] : [flagName(key)];
      for (const name of names) assert.ok(page.includes(name), name);
    }
  });
});
