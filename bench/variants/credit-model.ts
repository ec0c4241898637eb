/** The model that the repository brings along. */
export const creditModel = 'models/credit.json';
