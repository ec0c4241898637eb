/** The path of a model's own route: `/models/churn/predict`. */
export function modelPath(name: string, route: string): string {
  // those that a shell would take for its own are left by `encodeURIComponent`
  const text = encodeURIComponent(name).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `/models/${text}/${route}`;
}
