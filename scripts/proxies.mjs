// Installs the proxies that test/proxy.test.ts runs the gateway behind: HAProxy and nginx, from Debian's packages.
// Quick where they are there already.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGES = { haproxy: 'haproxy', nginx: 'nginx-light' };
const FOLDERS = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
/** Packages ask this whether they may start what they install: 101 is no. */
const POLICY = '/usr/sbin/policy-rc.d';

const missing = Object.keys(PACKAGES).filter(
  (name) => !FOLDERS.some((folder) => existsSync(join(folder, name))),
);
if (missing.length > 0) installMissing();

function installMissing() {
  const names = missing.map((name) => PACKAGES[name]).join(' ');
  if (!existsSync('/usr/bin/apt-get'))
    return ask(`Install ${missing.join(' and ')} with the packages of your system.`);
  if (process.getuid?.() !== 0) return ask(`Run once: sudo apt-get install --no-install-recommends ${names}`);
  console.error(`Installing ${names} (once) …`);
  const allowed = existsSync(POLICY);
  if (!allowed) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const install = ['install', '-y', '-q', '--no-install-recommends', ...names.split(' ')];
    if (apt(install) !== 0 && (apt(['update', '-q']) !== 0 || apt(install) !== 0)) {
      ask('apt-get failed; see its lines above.');
    }
  } finally {
    if (!allowed) rmSync(POLICY);
  }
}

function apt(argv) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', argv, { stdio: ['ignore', 2, 2], env, timeout: 180_000 }).status;
}

/** The other tests need none of them. */
function ask(what) {
  console.error(`test/proxy.test.ts needs ${missing.join(' and ')}, and fails without. ${what}`);
}
