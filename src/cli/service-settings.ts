import { processConfig } from '../config.ts';
import { exitOnFailure } from '../exit-on-failure.ts';

/** The service's own settings: a command that runs where the service does finds its model and its files by itself. */
export const serviceSettings = exitOnFailure(processConfig);
