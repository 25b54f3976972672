/** Every rule of `hookswitch check`, once; docs/check.md is made from this table. */
import { CALLBACK_NEVER_CALLED } from './callback-never-called';
import { CALLBACK_TWICE } from './callback-twice';
import { MISSING_MODULE } from './missing-module';
import { NO_HANDLER } from './no-handler';
import { PROCESS_ENV } from './process-env';
import { PROTECTED_LINK, PROTECTED_WITHOUT_TOKEN } from './protected-paths';
import { RELATIVE_REQUIRE, REQUIRE_OUTSIDE } from './relative-require';
import type { Rule } from './rule';
import { SECRET_IN_ASSET } from './secret-in-asset';
import { TWIML_ATTRIBUTE } from './twiml-attribute';
import { TWIML_SIZE } from './twiml-size';
import { TWIML_VERB } from './twiml-verb';
import { TWIML_XML } from './twiml-xml';

/** What is found without looking for it: the file cannot be parsed. */
export const SYNTAX: Rule = {
  id: 'syntax',
  severity: 'error',
  finds: 'A Function that cannot be read or parsed.',
  otherwise: 'It cannot be loaded: every request gets 500.',
  fix: 'Correct the text at this place.',
};

/** What the build itself says: names that cannot be served, Assets that are too large, a file that is not UTF-8. */
export const BUILD: Rule = {
  id: 'build',
  severity: 'error',
  finds:
    'What `start` warns of: names that cannot be served or reached, Assets that the hosted platform refuses, files that are not UTF-8, a tsconfig.json that cannot be read, nothing to serve.',
  otherwise: 'The file is not served, or not as it was meant.',
  fix: 'The reason says what to do.',
};

export const RULES: readonly Rule[] = [
  SYNTAX,
  BUILD,
  NO_HANDLER,
  CALLBACK_NEVER_CALLED,
  CALLBACK_TWICE,
  MISSING_MODULE,
  REQUIRE_OUTSIDE,
  RELATIVE_REQUIRE,
  PROCESS_ENV,
  TWIML_VERB,
  TWIML_ATTRIBUTE,
  TWIML_XML,
  TWIML_SIZE,
  SECRET_IN_ASSET,
  PROTECTED_WITHOUT_TOKEN,
  PROTECTED_LINK,
];
