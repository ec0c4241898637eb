const timeoutMs = 30_000;
const dockerHub = 'registry-1.docker.io';
/** The media types that list an image for several platforms. */
const indexTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

export type Reference = {
  /** Host and port of the registry. */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
};

/**
 * Reads an image's name as Docker does: without a host it is on Docker Hub, and without a slash it is one of Docker's
 * official images.
 *
 * @throws Error for a name without a tag, or with a digest already
 */
export function parseReference(image: string): Reference {
  const [, host, path, tag] =
    /^(?:([^/]*[.:][^/]*|localhost)\/)?([a-z0-9._/-]+):([\w.-]+)$/.exec(image) ?? [];
  if (path === undefined || tag === undefined)
    throw new Error(`${image}: must be a name and a tag, name:tag`);
  if (host !== undefined && host !== 'docker.io') return { registry: host, repository: path, tag };
  return { registry: dockerHub, repository: path.includes('/') ? path : `library/${path}`, tag };
}

/**
 * Asks an image's registry which digest its tag has now, by HEAD, which Docker Hub does not count as a pull. It is the
 * digest of the list of platforms, so that it is valid on all of them. Registries on this machine are queried over
 * HTTP, as Docker does.
 *
 * @returns `sha256:` and 64 hexadecimal digits
 * @throws Error naming the image, if the registry does not answer, has no such tag, or has it for one platform only
 */
export async function askDigest(image: string): Promise<string> {
  const { registry, repository, tag } = parseReference(image);
  const isLocal = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(registry);
  const url = `${isLocal ? 'http' : 'https'}://${registry}/v2/${repository}/manifests/${tag}`;
  const head = (headers: Record<string, string> = {}) =>
    request(image, url, {
      method: 'HEAD',
      headers: { accept: [...indexTypes, ...manifestTypes].join(', '), ...headers },
    });
  let response = await head();
  const challenge = response.headers.get('www-authenticate');
  if (response.status === 401 && challenge !== null) {
    response = await head({ authorization: `Bearer ${await askToken(image, challenge)}` });
  }
  if (!response.ok) throw new Error(`${image}: ${registry} answers with ${response.status}`);
  const type = response.headers.get('content-type')?.split(';', 1)[0] ?? '';
  if (!indexTypes.includes(type)) {
    throw new Error(
      `${image}: is for one platform only (${type || 'no type'}), so its digest holds on no other`,
    );
  }
  const digest = response.headers.get('docker-content-digest') ?? '';
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Error(`${image}: ${registry} gives no digest`);
  return digest;
}

/** An anonymous token, from the address in the registry's challenge. */
async function askToken(image: string, challenge: string): Promise<string> {
  const parameters = new Map(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value] as const),
  );
  const realm = parameters.get('realm');
  if (!/^bearer /i.test(challenge) || realm === undefined || !URL.canParse(realm)) {
    throw new Error(`${image}: its registry requires authentication, and offers no token`);
  }
  const url = new URL(realm);
  for (const name of ['service', 'scope']) {
    const value = parameters.get(name);
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const response = await request(image, url, {});
  if (!response.ok) throw new Error(`${image}: ${url.host} answers with ${response.status}`);
  const answer = (await response.json()) as { token?: unknown; access_token?: unknown };
  const token = answer.token ?? answer.access_token;
  if (typeof token !== 'string') throw new Error(`${image}: ${url.host} gives no token`);
  return token;
}

async function request(image: string, url: string | URL, options: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...options, signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    const { cause, message } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    throw new Error(`${image}: ${new URL(url).host} does not answer: ${why}`);
  }
}
