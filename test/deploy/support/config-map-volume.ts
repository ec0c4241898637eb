import {
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * A folder into which a ConfigMap is mounted, as the kubelet keeps it: each content in a folder of its own, `..data` a
 * link to the current one, and each file a link through that. An update renames one link, so a reader never sees half of
 * it (pkg/volume/util/atomic_writer.go in Kubernetes).
 */
export function createConfigMapVolume(folder: string) {
  let contents = 0;
  mkdirSync(folder, { recursive: true });
  return {
    folder,
    /** Makes these the files of the ConfigMap, and no others. */
    update(files: Readonly<Record<string, string>>): void {
      const current = `..2026_11_30_12_00_00.${++contents}`;
      mkdirSync(join(folder, current));
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, current, name), text);
      const data = join(folder, '..data');
      const previous = contents > 1 ? readlinkSync(data) : undefined;
      symlinkSync(current, `${data}_tmp`);
      renameSync(`${data}_tmp`, data);
      const shown = readdirSync(folder).filter((name) => !name.startsWith('..'));
      for (const name of Object.keys(files)) {
        if (!shown.includes(name)) symlinkSync(join('..data', name), join(folder, name));
      }
      for (const name of shown) if (!(name in files)) rmSync(join(folder, name));
      if (previous !== undefined) rmSync(join(folder, previous), { recursive: true });
    },
  };
}
