import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder that is deleted at the end of the block in which it was created. */
export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'vigia-test-'));
  return {
    path,
    /** Writes a file into it and returns its path. */
    async write(name: string, content: string | Buffer): Promise<string> {
      const file = join(path, name);
      await writeFile(file, content);
      return file;
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
