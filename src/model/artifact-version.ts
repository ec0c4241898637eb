import { createHash } from 'node:crypto';
import type { Artifact } from './artifact-schema.ts';

/** JSON with sorted keys and no spaces, so that equal contents are equal bytes. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** The version that belongs to an artifact's content: the first 12 hex digits of the SHA-256 of its canonical JSON. */
export function contentHash({ version: _version, ...content }: Artifact): string {
  return createHash('sha256').update(canonical(content)).digest('hex').slice(0, 12);
}

/** Completes an artifact with the version that its content hashes to. */
export function sealArtifact(content: Omit<Artifact, 'version'>): Artifact {
  const { formatVersion, name, ...rest } = content;
  const artifact: Artifact = { formatVersion, name, version: '', ...rest };
  return { ...artifact, version: contentHash(artifact) };
}
