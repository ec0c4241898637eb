import { parse, stringify } from 'yaml';

export const composeFile = 'docker-compose.yml';
export const digestsFile = 'docker-compose.digests.yml';

type Service = { image?: string; build?: string | { args?: { BASE?: string } } };
type Compose = { services: Record<string, Service> };

const header = `# Written by \`npm run images\`: the digests that the tags of docker-compose.yml and of the Dockerfile had then. Used
# together with the other file, it makes Docker use exactly these images, even if the tags have moved:
#   docker compose -f docker-compose.yml -f docker-compose.digests.yml up -d --build --wait
`;

/**
 * The images of a stack: for each service the one that is pulled, or on which it is built, by the service's name.
 *
 * @param dockerfile the text of the Dockerfile of the services that are built
 * @throws Error if that names no base image as `ARG BASE=`
 */
export function imagesOf(compose: string, dockerfile: string): Map<string, string> {
  const [, base] = /^ARG BASE=(\S+)$/m.exec(dockerfile) ?? [];
  if (base === undefined) throw new Error('Dockerfile: has no line ARG BASE=name:tag');
  const { services } = parse(compose, { merge: true }) as Compose;
  return new Map(
    Object.entries(services).map(([name, { image = '', build }]) => [
      name,
      build === undefined ? image : base,
    ]),
  );
}

/** The compose file that pins a stack's images. */
export function renderDigests(
  compose: string,
  images: ReadonlyMap<string, string>,
  digests: ReadonlyMap<string, string>,
): string {
  const { services } = parse(compose, { merge: true }) as Compose;
  const pinned = [...images].map(([name, image]) => {
    const exact = `${image}@${digests.get(image)}`;
    return [
      name,
      services[name].build === undefined ? { image: exact } : { build: { args: { BASE: exact } } },
    ];
  });
  return `${header}${stringify({ services: Object.fromEntries(pinned) }, { lineWidth: 0 })}`;
}

/** The images of a compose file that pins them, `name:tag@sha256:…`, by the service's name. */
export function readDigests(text: string): Map<string, string> {
  const { services } = parse(text) as Compose;
  return new Map(
    Object.entries(services).map(([name, { image, build }]) => [
      name,
      image ?? (typeof build === 'object' ? build.args?.BASE : undefined) ?? '',
    ]),
  );
}
