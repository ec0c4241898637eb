import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../src/cli/run-cli.ts';

const usage = `Prints a bill of materials (CycloneDX, JSON) of the packages that the service runs with.

  npm run sbom --silent > sbom.cdx.json
`;

type Lock = { packages: Record<string, { dev?: boolean; devDependencies?: unknown }> };

/**
 * `npm sbom --omit=dev` also omits packages that both production and development use
 * (https://github.com/npm/cli/issues/7909), a third of what runs. So npm is given a project without development
 * packages.
 */
await runCli(
  () => usage,
  async () => {
    const { devDependencies: _, ...manifest } = JSON.parse(readFileSync('package.json', 'utf8'));
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
    const { '': root, ...packages } = lock.packages;
    delete root.devDependencies;
    const ofProduction = Object.entries(packages).filter(([, { dev }]) => dev !== true);
    const scratch = mkdtempSync(join(tmpdir(), 'vigia-sbom-'));
    // npm calls the project by its folder's name
    const folder = join(scratch, manifest.name);
    try {
      mkdirSync(folder);
      const write = (name: string, content: unknown) =>
        writeFileSync(join(folder, name), JSON.stringify(content));
      write('package.json', manifest);
      write('package-lock.json', { ...lock, packages: { '': root, ...Object.fromEntries(ofProduction) } });
      process.stdout.write(
        execFileSync('npm', ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'], {
          cwd: folder,
          maxBuffer: 64 * 1024 * 1024,
          stdio: ['ignore', 'pipe', 'inherit'],
        }),
      );
    } finally {
      rmSync(scratch, { recursive: true });
    }
    return 0;
  },
);
