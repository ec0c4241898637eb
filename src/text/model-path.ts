/** The path of a model's own route: `/models/churn/predict`. */
export function modelPath(name: string, route: string): string {
  // `encodeURIComponent` leaves characters that are special in a shell
  const text = encodeURIComponent(name).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `/models/${text}/${route}`;
}
