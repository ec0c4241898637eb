import type { Artifact } from '../../model/artifact.ts';
import { createDisclosure } from '../../model/disclosure.ts';
import { summableBounds } from '../../stats/summable.ts';
import type { Row, WantedColumn } from '../read/rows.ts';
import { createCategoryCounter } from './category-counter.ts';
import { type CollectedNumbers, type CollectorOptions, createNumberCollector } from './collect-numbers.ts';
import type { Dropped } from './describe-dropped.ts';
import { artifactReference, onlyCounted, type ReferenceVariable } from './drift-reference.ts';
import { createLiveVariable } from './live-variable.ts';
import type { SortSpace } from './number-column.ts';

/** Collects one variable of a reference from its rows. */
export type Collector = {
  add(row: Row, place: number): void;
  dropped(): Dropped;
  /** The variable, or why it is left out. */
  finish(space: SortSpace): ReferenceVariable | string;
};

export function numericVariable(name: string, { edges, ...rest }: CollectedNumbers): ReferenceVariable {
  return { name, bins: { kind: 'numeric', edges }, ...rest };
}

/**
 * Makes the collector of a column. What the model knows is counted in the model's bins if the rows hold bins, or if it is
 * categorical or sensitive. Other numbers are cut at their own frequent values and deciles.
 */
export function createCollector(
  { name, kind }: WantedColumn,
  artifact: Artifact | null,
  holdsBins: boolean,
  options: CollectorOptions,
): Collector {
  const known = artifact && artifactReference(artifact).features.find((variable) => variable.name === name);
  // edges of its own would be values of single rows
  const isWithheld = createDisclosure(artifact).isWithheld(name);
  if (known && (holdsBins || kind === 'categorical' || isWithheld)) return countInto(known);
  let withheld = 0;
  let notNumbers = 0;
  /** Adds the value in its place, unless it was withheld. */
  const addTo =
    (counter: { add(value: unknown): void }): Collector['add'] =>
    ({ values }, place) => {
      if (values === null) return;
      const value = values[place];
      if (value === undefined) {
        withheld++;
        return;
      }
      if (kind === 'numeric' && value !== null && !Number.isFinite(value)) notNumbers++;
      counter.add(value);
    };
  const dropped = (leftOut = 0) => ({ name, notNumbers, withheld, leftOut });
  if (kind === 'numeric') {
    const collector = createNumberCollector({ ...options, sumBounds: known?.sumBounds ?? summableBounds() });
    return {
      add: addTo(collector),
      dropped: () => dropped(collector.leftOut),
      finish: (space) => numericVariable(name, collector.finish(space)),
    };
  }
  const counter = createCategoryCounter();
  return {
    add: addTo(counter),
    dropped: () => dropped(),
    finish() {
      const counted = counter.finish();
      if (counted === null) return `${name} is left out: so many different texts name rows, not categories.`;
      return {
        name,
        ...counted,
        ...onlyCounted,
      };
    },
  };
}

/** Counts rows into bins that are given. */
function countInto(known: ReferenceVariable): Collector {
  const counted = createLiveVariable({ ...known, range: null }, true);
  return {
    add({ values, bins }, place) {
      if (values !== null) counted.observe(values[place]);
      else if (bins !== null) counted.observeBin(bins[known.name], undefined);
    },
    dropped: () => ({
      name: known.name,
      notNumbers: counted.notNumbers,
      withheld: counted.withheld,
      leftOut: 0,
    }),
    finish: () => ({
      ...known,
      counts: [...counted.counts],
      mean: counted.mean,
      far: counted.far,
      summary: null,
    }),
  };
}
