import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runCli } from '../../src/cli/run-cli.ts';
import { writeFileAtomically } from '../../src/files/write-file-atomically.ts';
import { composeFile, digestsFile, imagesOf, readDigests, renderDigests } from './digests.ts';
import { askDigest } from './registry.ts';

const usage = `Asks the registries which digests the images of ${composeFile} and of the Dockerfile have, and writes them
to ${digestsFile}.

  npm run images [-- --check]

  --check    writes nothing; ends with 1 where the file has another digest than the registry
`;

await runCli(
  () => usage,
  async (args) => {
    const { check } = parseArgs({ args, options: { check: { type: 'boolean', default: false } } }).values;
    const compose = await readFile(composeFile, 'utf8');
    const images = imagesOf(compose, await readFile('Dockerfile', 'utf8'));
    const names = [...new Set(images.values())];
    const digests = new Map(
      await Promise.all(names.map(async (image) => [image, await askDigest(image)] as const)),
    );
    const before = readDigests(await readFile(digestsFile, 'utf8').catch(() => 'services: {}'));
    const text = renderDigests(compose, images, digests);
    const changed = [...readDigests(text)].filter(([service, image]) => before.get(service) !== image);
    const gone = [...before.keys()].filter((service) => !images.has(service));
    for (const [service, image] of changed) {
      console.log(`${service}: ${image}${check ? `, not ${before.get(service) ?? 'listed'}` : ''}`);
    }
    for (const service of gone) console.log(`${service}: is no service of ${composeFile}`);
    const isStale = changed.length + gone.length > 0;
    if (check) {
      console.log(isStale ? `${digestsFile} is stale: npm run images` : `${digestsFile} is up to date`);
      return isStale ? 1 : 0;
    }
    await writeFileAtomically(digestsFile, text);
    if (!isStale) console.log(`${digestsFile} was up to date`);
    return 0;
  },
);
