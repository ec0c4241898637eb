import type { Stack } from './stack.ts';

/** Runs within the network of a container: which of some addresses, `host:port`, take a connection. */
async function connect(addresses: readonly string[]): Promise<string[]> {
  const { connect } = process.getBuiltinModule('node:net');
  const taken = await Promise.all(
    addresses.map(
      (address) =>
        new Promise<boolean>((resolve) => {
          const at = address.lastIndexOf(':');
          const socket = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)) });
          const end = (is: boolean) => {
            socket.destroy();
            resolve(is);
          };
          socket.once('connect', () => end(true)).once('error', () => end(false));
          // a packet from one network to another is dropped without an answer
          setTimeout(() => end(false), 2000);
        }),
    ),
  );
  return addresses.filter((_, i) => taken[i]);
}

/** A name of a service and its addresses on all of its networks. */
async function hostsOf(stack: Stack, service: string): Promise<string[]> {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}';
  const id = await stack.container(service, 1);
  return [service, ...(await stack.docker('inspect', '--format', format, id)).trim().split(' ')];
}

/**
 * Which services can connect to a port of another one, by its name or by any address that it has.
 *
 * @param from services, of each of which the first container is asked
 */
export async function servicesThatReach(
  stack: Stack,
  service: string,
  port: number,
  from: readonly string[],
): Promise<string[]> {
  const addresses = (await hostsOf(stack, service)).map((host) => `${host}:${port}`);
  const reaching: string[] = [];
  for (const other of from) {
    const network = `container:${await stack.container(other, 1)}`;
    const script = `(${connect})(${JSON.stringify(addresses)}).then((taken) => console.log(taken.length))`;
    const image = 'node:24-bookworm-slim';
    const taken = await stack.docker('run', '--rm', '--network', network, image, 'node', '-e', script);
    if (Number(taken) > 0) reaching.push(other);
  }
  return reaching;
}
