import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type Artifact,
  formatArtifact,
  loadArtifact,
  parseArtifact,
  sealArtifact,
} from '../../src/model/artifact.ts';
import { filePredictor, modelFileJsonSchema } from '../../src/predictors/index.ts';

type Draft = { -readonly [K in keyof Artifact]: Artifact[K] } & Record<string, unknown>;

/** What the predictor of a logistic regression says of each feature. */
function weightsIn(draft: Draft): any[] {
  return draft.predictor?.features as any[];
}

describe('the artifact', () => {
  let text: string;
  let artifact: Artifact;
  before(async () => {
    text = await readFile('models/credit.json', 'utf8');
    artifact = parseArtifact(text, 'models/credit.json');
  });

  /**
   * The message with which the artifact is refused after `change`, with a new version so that only the change is wrong.
   */
  function refusal(change: (draft: Draft) => void): string {
    const draft = structuredClone(artifact) as Draft;
    change(draft);
    try {
      filePredictor(parseArtifact(JSON.stringify(sealArtifact(draft)), 'm.json'), 'm.json');
    } catch (error) {
      return (error as Error).message;
    }
    return 'accepted';
  }

  it('is read from its file, and written as it was read', async () => {
    assert.deepEqual(await loadArtifact('models/credit.json'), artifact);
    assert.equal(formatArtifact(artifact), text);
  });

  it('is refused where the arithmetic of its numbers could overflow', () => {
    const age = (change: (feature: any) => void) => refusal((draft) => change((draft.features as any[])[0]));
    const ageWeights = (change: (weights: any) => void) => refusal((draft) => change(weightsIn(draft)[0]));
    assert.match(
      ageWeights(({ standardisation }) => {
        standardisation.deviation = 5e-324;
      }),
      /^m\.json: predictor\.features\[0\]\.standardisation\.deviation: is 5e-324, too small for a coefficient of /,
    );
    assert.match(
      ageWeights(({ standardisation }) => {
        standardisation.mean = -1e101;
      }),
      /^m\.json: predictor\.features\[0\]\.standardisation\.mean: Too small/,
    );
    const beyond: [string, (feature: any) => void][] = [
      ['summary\\.max', (feature) => (feature.summary.max = 1e101)],
      ['reference\\.edges\\[0\\]', (feature) => (feature.reference.edges[0] = -Number.MAX_VALUE)],
    ];
    for (const [path, change] of beyond) {
      assert.match(age(change), new RegExp(`^m\\.json: features\\[0\\]\\.${path}: Too (big|small)`));
    }
  });

  it('does not depend on the order of fields or on spaces', () => {
    const shuffled = Object.fromEntries(Object.entries(artifact).reverse());
    assert.deepEqual(parseArtifact(JSON.stringify(shuffled, null, 7), 'm.json'), artifact);
  });

  it('may begin with a byte order mark', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'vigia-')), 'model.json');
    await writeFile(path, `\ufeff${text}`);
    assert.deepEqual(await loadArtifact(path), artifact);
    await rm(dirname(path), { recursive: true });
  });

  it('keeps names that look like markup of JSON', () => {
    const feature = artifact.features.find(({ kind }) => kind === 'categorical');
    assert.ok(feature?.kind === 'categorical');
    const categories = ['a "b" [', '\n ]', '{\\n', ...feature.categories.slice(3)];
    const odd = sealArtifact({
      ...artifact,
      features: artifact.features.map((other) => (other === feature ? { ...feature, categories } : other)),
    });
    assert.deepEqual(parseArtifact(formatArtifact(odd), 'm.json'), odd);
  });

  it('is refused when it is not JSON or does not exist', async () => {
    assert.throws(() => parseArtifact(text.slice(0, 1000), 'm.json'), {
      message: /^m\.json: not valid JSON: .*position 1000/,
    });
    assert.throws(() => parseArtifact('null', 'm.json'), /^Error: m\.json: /);
    await assert.rejects(loadArtifact('/no/such.json'), {
      message: '/no/such.json: cannot read the model: no such file (vigia train and vigia profile write one)',
    });
  });

  it('is refused when a single digit was changed', () => {
    const tampered = text.replace(/("intercept": -0\.\d)\d/, '$17');
    assert.notEqual(tampered, text);
    assert.throws(() => parseArtifact(tampered, 'm.json'), {
      message: /^m\.json: version: is [0-9a-f]{12}, but the content hashes to [0-9a-f]{12}/,
    });
  });

  it('is refused when it holds a number that is not finite', () => {
    const tampered = text.replace(/"prevalence": [-.\d]+/, '"prevalence": 1e999');
    assert.throws(() => parseArtifact(tampered, 'm.json'), { message: /^m\.json: training\.prevalence: / });
  });

  it('is refused when it is of a later format', () => {
    const later = text.replace('"formatVersion": 2', '"formatVersion": 3, "news": []');
    assert.throws(() => parseArtifact(later, 'm.json'), {
      message: 'm.json: formatVersion: is 3, this program reads 1 and 2: update it, or train the model again',
    });
  });

  const faults: [what: string, change: (draft: Draft) => void, message: RegExp][] = [
    [
      'a field is missing',
      (draft) => Reflect.deleteProperty(draft.output, 'calibration'),
      /^m\.json: output\.calibration: is absent, but output\.score\.bins is present: /,
    ],
    ['a field is unknown', (draft) => Object.assign(draft, { extra: 1 }), /^m\.json: .*extra/],
    [
      'its name is a step of a path',
      (draft) => Object.assign(draft, { name: '..' }),
      /: name: cannot be part of a URL path/,
    ],
    [
      'its name is half a character',
      (draft) => Object.assign(draft, { name: '\ud83d' }),
      /: name: cannot be part of a URL path/,
    ],
    [
      'a number is null',
      (draft) => Object.assign(weightsIn(draft)[0], { coefficient: null }),
      /: predictor\.features\[0\]\.coefficient: /,
    ],
    [
      'edges are unsorted',
      (draft) => (draft.output.score.reference.edges[3] = 0),
      /: output\.score\.reference\.edges\[3\]: must be above/,
    ],
    [
      'edges repeat',
      ({ features: [first] }) => {
        if (first.kind === 'numeric') first.reference.edges[1] = first.reference.edges[0];
      },
      /: features\[0\]\.reference\.edges\[1\]: must be above/,
    ],
    [
      'counts are too few',
      (draft) => draft.features[0].reference.counts.pop(),
      /: features\[0\]\.reference\.counts: has 10 entries but needs 11/,
    ],
    [
      'counts are fractions',
      (draft) => (draft.features[0].reference.counts[2] = 0.5),
      /: features\[0\]\.reference\.counts\[2\]: /,
    ],
    [
      'nothing was counted',
      (draft) => draft.output.score.reference.counts.fill(0),
      /: output\.score\.reference\.counts: needs at least one row/,
    ],
    [
      'coefficients are too many',
      (draft) => {
        weightsIn(draft)[2].coefficients.push(1);
      },
      /: predictor\.features\[2\]\.coefficients: has 6 entries but needs 5/,
    ],
    [
      'a category occurs twice',
      ({ features: [, , third] }) => {
        if (third.kind === 'categorical') third.categories[0] = third.categories[1];
      },
      /: features\[2\]\.categories: names a category twice/,
    ],
    [
      'a nullable feature has no effect of missing values',
      (draft) => (draft.features[0].nullable = true),
      /: predictor\.features\[0\]\.missingLogOdds: /,
    ],
    [
      'grouped categories have no effect',
      (draft) => {
        const third = draft.features[2];
        Reflect.deleteProperty(draft, 'segments');
        if (third.kind === 'categorical')
          Object.assign(third, { grouped: ['x'], reference: { counts: [...third.reference.counts, 0] } });
      },
      /: predictor\.features\[2\]\.otherLogOdds: /,
    ],
    [
      'a deviation is 0',
      (draft) => {
        weightsIn(draft)[0].standardisation.deviation = 0;
      },
      /: predictor\.features\[0\]\.standardisation\.deviation: /,
    ],
    [
      'a feature occurs twice',
      (draft) => (draft.features[1].name = draft.features[0].name),
      /: features\[1\]\.name: age occurs twice/,
    ],
    [
      'a feature takes the name of the score',
      (draft) => {
        draft.features[0].name = '(score)';
        draft.protected = [];
      },
      /: features\[0\]\.name: \(score\) is reserved/,
    ],
    [
      'the reserved name of keys is protected',
      (draft) => draft.protected.push('(key)'),
      /: protected\[1\]: \(key\) is not a feature/,
    ],
    [
      'a protected feature does not exist',
      (draft) => draft.protected.push('x'),
      /: protected\[1\]: x is not a feature/,
    ],
    [
      'segments are of no feature',
      ({ segments }) => (segments![0].feature = 'x'),
      /: segments\[0\]\.feature: x is not a feature of the model/,
    ],
    [
      'segments are of numbers',
      ({ segments }) => (segments![0].feature = 'age'),
      /: segments\[0\]\.feature: age is numeric: only categories are segments/,
    ],
    [
      'a feature has segments twice',
      ({ segments }) => segments!.push(segments![0]),
      /: segments\[1\]\.feature: history occurs twice/,
    ],
    ['segments is an empty list', (draft) => (draft.segments = []), /: segments: /],
    [
      'segments leave out a variable',
      ({ segments }) => segments![0].variables.pop(),
      /: segments\[0\]\.variables: are age, limit but must be age, limit, \(score\)/,
    ],
    [
      'a segment is missing',
      ({ segments }) => segments![0].variables[1].counts.pop(),
      /: segments\[0\]\.variables\[1\]\.counts: has 4 entries but needs 5: one per segment/,
    ],
    [
      'a segment has a count too many',
      ({ segments }) => segments![0].variables[2].counts[3].push(0),
      /: segments\[0\]\.variables\[2\]\.counts\[3\]: has 12 entries but needs 11: one per bin/,
    ],
    [
      'segments are of more than 20 categories',
      ({ features: [, , third] }) => {
        if (third.kind !== 'categorical') return;
        const more = Array.from({ length: 16 }, (_, i) => `more ${i}`);
        third.categories.push(...more);
        third.reference = { counts: [...third.reference.counts, ...more.map(() => 0)] };
      },
      /: segments\[0\]\.feature: history has 21 categories, more than 20/,
    ],
    [
      'segments have more than 10,000 counts',
      ({ features: [first], segments }) => {
        if (first.kind !== 'numeric') return;
        const edges = Array.from({ length: 2000 }, (_, i) => i);
        first.reference = { edges, counts: Array(2002).fill(1) };
        segments![0].variables[0].counts = Array(5).fill(Array(2002).fill(1));
      },
      /: segments: need 10,120 counts, one for each segment and each bin .* 10,000 are allowed: name fewer/,
    ],
    [
      'a score bin has more positives than rows',
      (draft) => (draft.output.score.bins!.positives[0] = 1),
      /: output\.score\.bins\.positives\[0\]: exceeds/,
    ],
    [
      'the calibration falls',
      (draft) => (draft.output.calibration!.probabilities[0] = 1),
      /: output\.calibration\.probabilities\[1\]: must not be below/,
    ],
    [
      'the calibration’s scores repeat',
      (draft) => (draft.output.calibration!.scores[1] = draft.output.calibration!.scores[0]),
      /: output\.calibration\.scores\[1\]: must be above/,
    ],
    ['the threshold is 1', (draft) => (draft.output.threshold.value = 1), /: output\.threshold\.value: /],
    [
      'both classes are one',
      (draft) => (draft.output.negative = draft.output.positive),
      /: output\.negative: must differ/,
    ],
    [
      'the predictor is of no known kind',
      (draft) => (draft.predictor!.kind = 'oracle'),
      /: predictor\.kind: is "oracle", but this program knows .*logistic/,
    ],
    [
      'the predictor is of other features',
      (draft) => (weightsIn(draft)[1].name = 'x'),
      /: predictor\.features\[1\]: must be for the feature limit, which is numeric/,
    ],
    [
      'the predictor has a field too many',
      (draft) => Object.assign(draft.predictor!, { extra: 1 }),
      /: predictor: .*extra/,
    ],
    [
      'an evaluation stands without the share of positives',
      (draft) => Reflect.deleteProperty(draft.training, 'prevalence'),
      /: training\.prevalence: is absent, but output\.score\.bins is present: /,
    ],
    [
      'all rows are positive',
      (draft) => (draft.training.positives = draft.training.rows),
      /: training\.positives: must be fewer/,
    ],
  ];
  for (const [what, change, message] of faults) {
    it(`is refused when ${what}`, () => assert.match(refusal(change), message));
  }

  it('is refused with the name of its file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'artifact-'));
    const path = join(folder, 'm.json');
    try {
      for (const text of ['{}', '[]', 'null', '{"name":"vigia"}']) {
        await writeFile(path, text);
        await assert.rejects(loadArtifact(path), {
          message: `${path}: is not a model file, as it has no "formatVersion": vigia train or vigia profile writes one`,
        });
      }
      await writeFile(path, '{"formatVersion":"2"}');
      await assert.rejects(loadArtifact(path), {
        message: `${path}: formatVersion: is "2", this program reads 1 and 2`,
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('has a published schema that is current (npm run generate)', async () => {
    assert.deepEqual(JSON.parse(await readFile('docs/artifact.schema.json', 'utf8')), modelFileJsonSchema());
  });
});
