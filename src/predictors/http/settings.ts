import { z } from 'zod';
import { jsonSettings } from './json.ts';
import { mlflowSettings } from './mlflow.ts';
import { v2Settings } from './v2.ts';

/** The predictor part of a model file for a model behind a server. */
export const httpSettings = z.discriminatedUnion('protocol', [v2Settings, mlflowSettings, jsonSettings]);

export type HttpSettings = z.infer<typeof httpSettings>;
