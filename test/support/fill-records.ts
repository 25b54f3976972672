/** Many requests for one path, `?n=0` first, over one connection. */
import { Agent, get } from 'node:http';

export async function fillRecords(port: number, count: number, path = '/hello.txt'): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    for (let n = 0; n < count; n++) await ask({ port, path: `${path}?n=${n}`, agent });
  } finally {
    agent.destroy();
  }
}

function ask(options: {
  readonly port: number;
  readonly path: string;
  readonly agent: Agent;
}): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', ...options }, (response) => {
      response.resume().on('end', resolve);
    }).on('error', reject);
  });
}
