/** What a hostile client or Function tries against the gateway itself. Functions against themselves: hostile-*.test.ts. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { expectGood, GOOD } from './support/bad-row';
import { isAlive, startGateway } from './support/program';
import { writeProject } from './support/project';
import { request } from './support/raw-http';
import { eventually, type Served, serve } from './support/serve';

const EXPORT = 'exports.handler = async (context, event, callback) =>';

const FILES = {
  '.env': 'AUTH_TOKEN=0123456789abcdef0123456789abcdef\n',
  'functions/good.js': GOOD,
  'functions/guarded.protected.js': `${EXPORT} callback(null, 'in');`,
  'functions/slow.js': `${EXPORT} setTimeout(() => callback(null, 'slow'), 200);`,
  'functions/holder.js': `${EXPORT} {
    const options = { detached: true, stdio: ['ignore', 'ignore', 'ignore', 3] };
    require('node:child_process').spawn('sleep', ['4'], options).unref();
    callback(null, 'ok');
  };`,
  'functions/imported-child.js': `${EXPORT} {
    const { spawn } = await import('node:child_process');
    spawn('sleep', ['4'], { stdio: 'ignore' }).unref();
    callback(null, String(process.pid));
  };`,
  'functions/imported-worker.js': `${EXPORT} {
    const { Worker } = await import('node:worker_threads');
    new Worker('setInterval(() => {}, 1000)', { eval: true }).unref();
    callback(null, String(process.pid));
  };`,
  'functions/pid.js': `${EXPORT} callback(null, String(process.pid));`,
  'functions/stopper.js': `${EXPORT} { process.kill(Number(event.pid), 'SIGSTOP'); callback(null, 'stopped'); };`,
  'functions/late-flood.js': `${EXPORT} {
    callback(null, 'ok');
    for (let i = 0; i < 200_000; i++) process._rawDebug('x'.repeat(100));
  };`,
  'functions/blank.js': `${EXPORT} {
    for (let i = 0; i < 100_000; i++) console.log('');
    callback(null, 'ok');
  };`,
  'functions/long.js': `${EXPORT} { await new Promise((resolve) => setTimeout(resolve, 1_500)); callback(null, 'long'); };`,
  'functions/noting.js': `const { appendFileSync } = require('node:fs');
    ${EXPORT} { appendFileSync('ran.txt', event.id + '\\n'); callback(null, event.id); };`,
  'functions/cold-1.js': `${EXPORT} callback(null, '1');`,
  'functions/cold-2.js': `${EXPORT} callback(null, '2');`,
  'functions/cold-3.js': `${EXPORT} callback(null, '3');`,
};

describe('a hostile client', { concurrency: true }, () => {
  let served: Served;
  before(async () => {
    served = await serve(FILES);
  });
  after(() => served.close());

  for (const host of ['a:b', '[', ':::', 'localhost:99999999', 'xn--a', '[::1', '-', '..']) {
    it(`that names the Host ${host} gets an answer, and nobody else notices`, async () => {
      const headers: [string, string][] = [
        ['Host', host],
        ['X-Twilio-Signature', 'x'.repeat(28)],
      ];
      const response = await request(served.port, { method: 'GET', path: '/guarded', headers });
      assert.equal(response.status, 400);
      await expectGood(served.port);
    });
  }

  it('that resets the connection of a pipelined CONNECT harms nobody', async () => {
    for (let round = 0; round < 5; round++) {
      const socket = connect(served.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\nCONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n');
      await new Promise((resolve) => setTimeout(resolve, 50));
      socket.resetAndDestroy();
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    await expectGood(served.port);
  });
});

describe('a hostile Function', { concurrency: true }, () => {
  let served: Served;
  before(async () => {
    served = await serve(FILES, { timeoutMs: 2_000 });
  });
  after(() => served.close());
  const get = (path: string) => request(served.port, { method: 'GET', path });

  for (const path of ['/imported-child', '/imported-worker']) {
    it(`that leaves something running gets another process, however it was imported (${path})`, async () => {
      const first = (await get(path)).text();
      assert.notEqual((await get(path)).text(), first);
    });
  }

  it('that stops the process of another one costs it a second, and nobody an answer', async () => {
    const pid = (await get('/pid')).text();
    assert.equal((await get(`/stopper?pid=${pid}`)).text(), 'stopped');
    const [answers] = await Promise.all([Promise.all([get('/pid'), get('/pid')]), expectGood(served.port)]);
    for (const answer of answers) {
      assert.equal(answer.status, 200);
      assert.notEqual(answer.text(), pid);
    }
    await eventually(() => (isAlive(Number(pid)) ? undefined : true));
  });

  it('that floods stderr after its answer is heard a while and then ended', async () => {
    assert.equal((await get('/late-flood')).text(), 'ok');
    const isFlood = ({ resource }: { resource: string }) => resource === 'functions/late-flood.js';
    // On a busy machine its second is over before it has written enough to be a flood.
    const isTold = ({ text }: { text: string }) => /floods the log|still busy/.test(text);
    await eventually(() => served.late.find((line) => isFlood(line) && isTold(line)), 10_000);
    const heard = served.late.filter(isFlood).reduce((sum, { text }) => sum + text.length, 0);
    assert.ok(heard < 400_000, `${heard} characters`);
    await expectGood(served.port);
  });

  it('that writes blank lines without end fills no memory', async () => {
    assert.equal((await get('/blank')).text(), 'ok');
    const { console } = await served.record('/blank');
    assert.ok(console.length > 1_000 && console.length < 5_000, `${console.length} lines`);
  });
});

describe('a gateway without descriptors left', () => {
  it('fails the calls that need a process, and goes on once there are some again', async (t) => {
    const project = await writeProject(FILES);
    t.after(() => project.remove());
    const limited = join(project.path, 'limited.sh');
    await project.write('limited.sh', `ulimit -n 90\nexec "${process.execPath}" "$@"\n`);
    const gateway = await startGateway([project.path, '--no-live', '-p', '0'], {
      command: ['sh', limited, join(__dirname, '..', 'src', 'main.js')],
    });
    t.after(() => gateway.stop());
    const held = await holdConnections(gateway.port, 150);
    // Room for the requests themselves, and for nothing else.
    for (const socket of held.splice(0, 6)) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const statuses: number[] = [];
    for (const path of ['/cold-1', '/cold-2', '/cold-3', '/long']) {
      statuses.push((await request(gateway.port, { method: 'GET', path })).status);
    }
    assert.ok(statuses.includes(500), `${statuses}: the limit was not met`);
    for (const socket of held) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await expectGood(gateway.port);
  });
});

describe('the pool', () => {
  it('gives calls of seconds as many processes as there are calls, while there is room', async (t) => {
    const served = await serve(FILES);
    t.after(() => served.close());
    const calls = Array.from({ length: 12 }, () => request(served.port, { method: 'GET', path: '/long' }));
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    assert.deepEqual(statuses, Array(12).fill(200));
  });

  it('answers every call, and runs none twice, while its processes are killed from outside', async (t) => {
    const served = await serve(FILES);
    t.after(() => served.close());
    const answers: string[] = [];
    const client = async (name: number): Promise<void> => {
      for (let round = 0; round < 50; round++) {
        const path = `/noting?id=${name}-${round}`;
        const { status, body } = await request(served.port, { method: 'GET', path });
        answers.push(status === 200 ? body.toString() : String(status));
        // By calls and not by time: on a slow machine none would live long enough to answer.
        if (answers.length % 10 === 0) killOneInstance(served);
      }
    };
    await Promise.all(Array.from({ length: 12 }, (_, name) => client(name)));
    const ran = readFileSync(served.project.file('ran.txt'), 'utf8').trim().split('\n');
    assert.equal(new Set(ran).size, ran.length, 'a call ran twice');
    const right = answers.filter((answer) => answer !== '500');
    assert.ok(
      right.length > 300 && right.every((answer) => ran.includes(answer)),
      `${right.length} right answers of ${answers.length}`,
    );
  });

  it('goes on when a cleaner of temporary files has taken its folder', async (t) => {
    const served = await serve(FILES);
    t.after(() => served.close());
    await expectGood(served.port);
    for (const name of readdirSync(tmpdir())) {
      if (name.startsWith(`hookswitch-${process.pid}-`)) rmSync(join(tmpdir(), name), { recursive: true });
    }
    for (const path of ['/cold-1', '/cold-2', '/cold-3']) {
      assert.equal((await request(served.port, { method: 'GET', path })).status, 200, path);
    }
  });

  it('ends although a child of a Function holds the channel', async () => {
    const served = await serve(FILES);
    assert.equal((await request(served.port, { method: 'GET', path: '/holder' })).text(), 'ok');
    const since = performance.now();
    await served.close();
    assert.ok(performance.now() - since < 3_000, 'it waited for the child');
  });

  it('starts no waiting call any more once it is closed at once', async (t) => {
    const served = await serve(FILES, { maxInstances: 1 });
    t.after(() => served.close());
    const calls = Array.from({ length: 4 }, () =>
      request(served.port, { method: 'GET', path: '/long' }).catch(() => null),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    served.platform.closeNow();
    const answers = await Promise.all(calls);
    assert.ok(answers.every((answer) => answer === null || answer.status !== 200));
  });
});

/** One of the instances of this pool, as they can be told by their working directory; none is fine. */
function killOneInstance({ project }: Served): void {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1').trim().split(' ');
  const own = children.filter((pid) => workingFolder(pid) === project.path);
  const victim = own[Math.floor(Math.random() * own.length)];
  if (victim !== undefined) process.kill(Number(victim), 'SIGKILL');
}

function workingFolder(pid: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null; // gone already
  }
}

async function holdConnections(port: number, count: number): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await new Promise((resolve) => setTimeout(resolve, 500));
  return sockets;
}
