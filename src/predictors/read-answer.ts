import { type BinaryClasses, classesOf } from '../model/output-classes.ts';
import { readProbability } from '../model/probability.ts';
import {
  type CategoryIndex,
  canonicalCategory,
  indexCategories,
  isTruthValue,
} from '../stats/category-text.ts';
import { type Prediction, PredictorFailure } from './predictor.ts';

/**
 * Makes a prediction from an external model's answer. @throws PredictorFailure for an invalid score or an unknown class
 */
export type AnswerReader = (score: unknown, prediction?: unknown) => Prediction;

/** The error for a model that answers with classes where a probability is needed. */
const labelsOnly =
  'the model answers with classes, not with the probability of the positive class: have it return that, too';

/**
 * Makes the check that every answer of an external model passes, so that no score outside 0..1 is ever counted.
 *
 * @param saysClass whether the model file locates the predicted class; otherwise it follows from the score
 */
export function createAnswerReader(output: BinaryClasses, saysClass: boolean): AnswerReader {
  const classOf = indexClasses(classesOf(output));
  return (said, prediction) => {
    const score = readProbability(said);
    if (score === undefined) throw new PredictorFailure('bad_answer', describeScore(said));
    if (!saysClass) return { score };
    if (prediction === undefined) {
      throw new PredictorFailure(
        'bad_answer',
        'the predicted class is not where the model file says: it is missing in the answer',
      );
    }
    const known = classOf(prediction);
    if (known === undefined || known === null) {
      throw new PredictorFailure('bad_answer', 'the predicted class is neither of those in the model file');
    }
    return { score, prediction: known };
  };
}

/** Booleans are also recognised as numbers: the classes True and False of scikit-learn are 1 and 0 in ONNX. */
function indexClasses(names: readonly string[]): CategoryIndex<string> {
  const texts = names.map(canonicalCategory);
  const numbers = texts.every(isTruthValue) ? texts.map((text) => (text === 'true' ? '1' : '0')) : [];
  return indexCategories([...names, ...numbers].map((name, i) => [name, names[i % 2]] as const));
}

function describeScore(score: unknown): string {
  if (typeof score === 'number') return 'the score is not a probability: it is not between 0 and 1';
  if (typeof score === 'string' || typeof score === 'boolean') return labelsOnly;
  return score === undefined
    ? 'the score is not where the model file says: it is missing in the answer'
    : 'the score is not a number';
}
