import { type Config, settings } from '../../settings/config.ts';
import { quoteWord } from '../../text/command-line.ts';

/** The options by which commands find the files of the service, wherever their own settings are the default ones. */
export type FileOptions = { readonly drift: string; readonly evaluate: string };

export function fileOptions(
  { SAMPLES_PATH, OUTCOMES_PATH }: Pick<Config, 'SAMPLES_PATH' | 'OUTCOMES_PATH'>,
  modelFile: string,
): FileOptions {
  const model = `--model ${quoteWord(modelFile)}`;
  const live = `--live ${quoteWord(SAMPLES_PATH)}`;
  const hasOwnSamples = SAMPLES_PATH !== settings.SAMPLES_PATH.default;
  const hasOwnOutcomes = OUTCOMES_PATH !== settings.OUTCOMES_PATH.default;
  const list = (...options: (string | false)[]) => options.filter(Boolean).join(' ');
  return {
    drift: list(model, hasOwnSamples && live),
    // with outcomes that are named, samples are read only if they are named as well
    evaluate: list(
      model,
      hasOwnOutcomes && `--outcomes ${quoteWord(OUTCOMES_PATH)}`,
      (hasOwnOutcomes || hasOwnSamples) && live,
    ),
  };
}
