/**
 * Ports that are free and stay so until a program of the test takes them: they lie below those that the system gives to
 * connections and to servers that ask for any (from 32,768 on).
 */
import { createServer, type Server } from 'node:net';

const LOWEST = 20_000;
const HIGHEST = 32_000;

/** Test files are processes of their own, each of which begins elsewhere. */
let next = LOWEST + ((process.pid * 37) % (HIGHEST - LOWEST));

export function freePort(): Promise<number> {
  return freePorts(1);
}

/** The first one of some in a row; each is given once. */
export async function freePorts(count: number): Promise<number> {
  for (let looks = 0; looks < HIGHEST - LOWEST; looks += count) {
    if (next + count > HIGHEST) next = LOWEST;
    const first = next;
    next += count;
    const servers = await Promise.all(Array.from({ length: count }, (_, at) => listenAt(first + at)));
    await Promise.all(servers.map((server) => server !== null && closed(server)));
    if (!servers.includes(null)) return first;
  }
  throw new Error(`no ${count} ports in a row are free`);
}

/** `null`: somebody else does. */
export function listenAt(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
