import type { Artifact } from '../model/artifact.ts';
import { classesOf } from '../model/output-classes.ts';

/** What the settings say about models, by name. */
export type ModelRoles = {
  readonly DEFAULT_MODEL?: string | undefined;
  readonly SHADOW_MODELS?: readonly string[] | undefined;
};

/** Names of models that must exist, because a setting names them. */
export function namedModels({ DEFAULT_MODEL, SHADOW_MODELS = [] }: ModelRoles): string[] {
  return DEFAULT_MODEL === undefined ? [...SHADOW_MODELS] : [DEFAULT_MODEL, ...SHADOW_MODELS];
}

/** @throws Error in one line for a name that no model has, and for shadows that cannot follow the default model */
export function checkRoles(artifacts: readonly Artifact[], roles: ModelRoles): void {
  const { DEFAULT_MODEL, SHADOW_MODELS = [] } = roles;
  const names = artifacts.map(({ name }) => name).sort();
  function refuse(setting: keyof ModelRoles, why: string): never {
    throw new Error(`${setting}=${roles[setting]}: ${why}`);
  }
  for (const [setting, wanted] of [
    ['DEFAULT_MODEL', DEFAULT_MODEL === undefined ? [] : [DEFAULT_MODEL]],
    ['SHADOW_MODELS', SHADOW_MODELS],
  ] as const) {
    const missing = wanted.find((name) => !names.includes(name));
    if (missing !== undefined) refuse(setting, `there is no model ${missing}, only ${names.join(', ')}`);
  }
  if (SHADOW_MODELS.length === 0) return;
  const others = names.filter((name) => !SHADOW_MODELS.includes(name));
  const followed = DEFAULT_MODEL ?? (others.length === 1 ? others[0] : undefined);
  if (followed === undefined) {
    refuse(
      'SHADOW_MODELS',
      others.length === 0
        ? 'no model is left that they could follow'
        : `also set DEFAULT_MODEL: they could follow any of ${others.join(', ')}`,
    );
  }
  const [champion] = artifacts.filter(({ name }) => name === followed);
  for (const shadow of artifacts.filter(({ name }) => SHADOW_MODELS.includes(name))) {
    if (shadow === champion) refuse('SHADOW_MODELS', `${followed} cannot be its own shadow`);
    if (shadow.predictor === undefined)
      refuse('SHADOW_MODELS', `${shadow.name} is only watched: its file has no predictor`);
    if (haveSameClasses(classesOf(shadow.output), classesOf(champion.output))) continue;
    refuse('SHADOW_MODELS', `${shadow.name} has different classes from ${followed}: they cannot be compared`);
  }
}

/** Whether the predictions of two models can be compared, by their classes. */
export function haveSameClasses(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, i) => name === other[i]);
}
