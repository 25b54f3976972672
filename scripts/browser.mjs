// Installs the browser that test/console.test.ts and the screenshots drive: Chromium, from Debian's packages.
// Quick where there is one already. HOOKSWITCH_TEST_BROWSER names another one.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const FOLDERS = [...(process.env.PATH ?? '').split(':'), '/usr/bin', '/usr/local/bin', '/snap/bin'];
const PACKAGES = ['chromium', 'fonts-liberation'];

const given = process.env.HOOKSWITCH_TEST_BROWSER;
if (given !== undefined && given !== '') {
  if (!existsSync(given)) ask(`HOOKSWITCH_TEST_BROWSER names ${given}, which is not there.`);
} else if (!NAMES.some((name) => FOLDERS.some((folder) => existsSync(join(folder, name))))) {
  install();
}

function install() {
  if (!existsSync('/usr/bin/apt-get')) return ask('Install Chromium with the packages of your system.');
  const names = PACKAGES.join(' ');
  if (process.getuid?.() !== 0) return ask(`Run once: sudo apt-get install --no-install-recommends ${names}`);
  console.error(`Installing ${names} (once) …`);
  const argv = ['install', '-y', '-q', '--no-install-recommends', ...PACKAGES];
  if (apt(argv) !== 0 && (apt(['update', '-q']) !== 0 || apt(argv) !== 0)) {
    ask('apt-get failed; see its lines above.');
  }
}

function apt(argv) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', argv, { stdio: ['ignore', 2, 2], env, timeout: 600_000 }).status;
}

/** The other tests need none. */
function ask(what) {
  console.error(`test/console.test.ts needs Chromium, and fails without. ${what}`);
}
