import { parser } from '@prometheus-io/lezer-promql';

/** One function call over a range: `rate(x[5m])` has `fn: 'rate'`, `range: '5m'` and `metrics: ['x']`. */
export type RangeCall = {
  readonly fn: string;
  readonly range: string;
  readonly metrics: readonly string[];
  /** Over a subquery, `fn((…)[6h:1m])`: what it reads is no counter any more. */
  readonly subquery: boolean;
};

/** One label matcher, `feature=~"a|b"`, its value without the quotes. */
export type Matcher = { readonly label: string; readonly operator: string; readonly value: string };

/** One vector selector, `x{feature="a"}`; without a metric if it names that by a pattern, `{__name__=~"x.*"}`. */
export type Selector = {
  readonly text: string;
  readonly metric: string | undefined;
  readonly matchers: readonly Matcher[];
};

/** What an expression says, as far as a linter asks. */
export type Expression = {
  /** Where the parser stumbled, as offsets into the text; empty for a valid expression. */
  readonly errors: readonly number[];
  readonly selectors: readonly Selector[];
  readonly ranges: readonly RangeCall[];
};

type Node = ReturnType<typeof parser.parse>['topNode'];

/** Parses PromQL with the grammar of Prometheus's own query page. Never throws. O(length). */
export function parsePromql(text: string): Expression {
  const errors: number[] = [];
  const selectors: Selector[] = [];
  const ranges: RangeCall[] = [];
  parser.parse(text).iterate({
    enter: (node) => {
      if (node.type.isError) errors.push(node.from);
      if (node.name === 'VectorSelector') selectors.push(selectorOf(node.node, text));
      const call = node.name === 'FunctionCall' ? rangeCall(node.node, text) : undefined;
      if (call) ranges.push(call);
    },
  });
  if (text.trim() === '') errors.push(0);
  return { errors, selectors, ranges };
}

/** The metric stands before the braces, quoted within them, or as `__name__="x"`. */
function selectorOf(selector: Node, text: string): Selector {
  const inBraces = selector.getChild('LabelMatchers');
  const identifier = selector.getChild('Identifier');
  const quoted = inBraces?.getChild('QuotedLabelName');
  const matchers = (inBraces?.getChildren('UnquotedLabelMatcher') ?? []).flatMap(
    (node) => matcherOf(node, text) ?? [],
  );
  const named = matchers.find((matcher) => matcher.label === '__name__' && matcher.operator === '=');
  return {
    text: text.slice(selector.from, selector.to),
    metric: identifier
      ? text.slice(identifier.from, identifier.to)
      : quoted
        ? text.slice(quoted.from + 1, quoted.to - 1)
        : named?.value,
    matchers: matchers.filter((matcher) => matcher.label !== '__name__'),
  };
}

function matcherOf(node: Node, text: string): Matcher | undefined {
  const [label, operator, value] = ['LabelName', 'MatchOp', 'StringLiteral'].map((name) =>
    node.getChild(name),
  );
  if (!label || !operator || !value) return undefined;
  return {
    label: text.slice(label.from, label.to),
    operator: text.slice(operator.from, operator.to),
    value: text.slice(value.from + 1, value.to - 1),
  };
}

/** The call's first range argument; calls without one, such as `sum_of(x)`, are none. */
function rangeCall(call: Node, text: string): RangeCall | undefined {
  const argument = [...childrenOf(call.getChild('FunctionCallBody'))]
    .map(unwrap)
    .find((node) => node.name === 'MatrixSelector' || node.name === 'SubqueryExpr');
  const name = call.getChild('FunctionIdentifier');
  const over = argument?.firstChild;
  if (!argument || !name || !over) return undefined;
  const range =
    argument.getChild('DurationExpr') ?? argument.getChild('NumberDurationLiteralInDurationContext');
  return {
    fn: text.slice(name.from, name.to),
    range: range ? text.slice(range.from, range.to) : '',
    metrics: parsePromql(text.slice(over.from, over.to)).selectors.flatMap(({ metric }) => metric ?? []),
    subquery: argument.name === 'SubqueryExpr',
  };
}

function* childrenOf(node: Node | null): Generator<Node> {
  for (let child = node?.firstChild ?? null; child; child = child.nextSibling) yield child;
}

/** Takes `offset`, `@` and parentheses off. */
function unwrap(node: Node): Node {
  const wrapper = ['OffsetExpr', 'StepInvariantExpr', 'ParenExpr'].includes(node.name);
  return wrapper && node.firstChild ? unwrap(node.firstChild) : node;
}
