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

/** For artifacts that were read from a file of an older format: the content of that file. */
const olderContents = new WeakMap<Artifact, object>();

/** Records that an artifact was converted from the content of an older file, whose version and digest it keeps. */
export function keepOlderContent(artifact: Artifact, content: object): void {
  olderContents.set(artifact, content);
}

/** The content of an artifact's file: the artifact itself, or what it was converted from. */
export function fileContent(artifact: Artifact): object {
  return olderContents.get(artifact) ?? artifact;
}

/**
 * The SHA-256 of the canonical JSON of an artifact's file, in hexadecimal. This decides whether two artifacts are the
 * same, not the version, which is only its first digits. Computed once per object.
 */
export function contentDigest(artifact: Artifact): string {
  const known = digests.get(artifact);
  if (known !== undefined) return known;
  const digest = digestOf(fileContent(artifact));
  digests.set(artifact, digest);
  return digest;
}

/** The SHA-256 of the canonical JSON of a content without its version, in hexadecimal. */
export function digestOf(content: object): string {
  const { version: _version, ...others } = content as { version?: unknown };
  return createHash('sha256').update(canonical(others)).digest('hex');
}

/** The version that belongs to an artifact's content: the first 12 hex digits of its digest. */
export function contentHash(artifact: Artifact): string {
  return contentDigest(artifact).slice(0, 12);
}

/** Adds to an artifact the version that its content hashes to. */
export function sealArtifact(content: Omit<Artifact, 'version'>): Artifact {
  const { formatVersion, name, ...rest } = content;
  const artifact: Artifact = { formatVersion, name, version: '', ...rest };
  return { ...artifact, version: contentHash(artifact) };
}
