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

const digests = new WeakMap<Artifact, string>();

/**
 * The SHA-256 of the canonical JSON of an artifact's content, in hexadecimal: by this, and not by the version, which is
 * only its beginning, it is known whether two artifacts are the same. Computed once for each object.
 */
export function contentDigest(artifact: Artifact): string {
  const known = digests.get(artifact);
  if (known !== undefined) return known;
  const { version: _version, ...content } = artifact;
  const digest = createHash('sha256').update(canonical(content)).digest('hex');
  digests.set(artifact, digest);
  return digest;
}

/** The version that belongs to an artifact's content: the first 12 hex digits of its digest. */
export function contentHash(artifact: Artifact): string {
  return contentDigest(artifact).slice(0, 12);
}

/** Completes an artifact with the version that its content hashes to. */
export function sealArtifact(content: Omit<Artifact, 'version'>): Artifact {
  const { formatVersion, name, ...rest } = content;
  const artifact: Artifact = { formatVersion, name, version: '', ...rest };
  return { ...artifact, version: contentHash(artifact) };
}
