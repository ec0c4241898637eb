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

/** What an expression says, as far as a linter asks. */
export type Expression = {
  /** Where the parser stumbled, as offsets into the text; empty for a valid expression. */
  readonly errors: readonly number[];
  /** Every metric that a selector names. */
  readonly metrics: readonly string[];
  /** Selectors that name their metric by a pattern or not at all: `{__name__=~"a.*"}`. */
  readonly anonymous: readonly string[];
  readonly ranges: readonly RangeCall[];
  readonly matchers: readonly Matcher[];
};

type Node = ReturnType<typeof parser.parse>['topNode'];

/** Parses PromQL with the grammar of Prometheus's own query page. Never throws. O(length). */
export function parsePromql(text: string): Expression {
  const errors: number[] = [];
  const metrics: string[] = [];
  const anonymous: string[] = [];
  const ranges: RangeCall[] = [];
  const matchers: Matcher[] = [];
  const tree = parser.parse(text);
  tree.iterate({
    enter: (node) => {
      if (node.type.isError) errors.push(node.from);
      if (node.name === 'VectorSelector') {
        const name = selectedMetric(node.node, text);
        if (name === undefined) anonymous.push(text.slice(node.from, node.to));
        else metrics.push(name);
      }
      if (node.name === 'FunctionCall') {
        const call = rangeCall(node.node, text);
        if (call) ranges.push(call);
      }
      const matcher = node.name === 'UnquotedLabelMatcher' ? matcherOf(node.node, text) : undefined;
      if (matcher) matchers.push(matcher);
    },
  });
  if (text.trim() === '') errors.push(0);
  return { errors, metrics, anonymous, ranges, matchers };
}

/** The metric that a vector selector names: before the braces, quoted within them, or as `__name__="x"`. */
function selectedMetric(selector: Node, text: string): string | undefined {
  const identifier = selector.getChild('Identifier');
  if (identifier) return text.slice(identifier.from, identifier.to);
  const inBraces = selector.getChild('LabelMatchers');
  const quoted = inBraces?.getChild('QuotedLabelName');
  if (quoted) return text.slice(quoted.from + 1, quoted.to - 1);
  return inBraces
    ?.getChildren('UnquotedLabelMatcher')
    .map((node) => matcherOf(node, text))
    .find((matcher) => matcher?.label === '__name__' && matcher.operator === '=')?.value;
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
    metrics: parsePromql(text.slice(over.from, over.to)).metrics,
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
