import { isAlertingRule, type RuleFile } from '../../../src/rules/rule-file.ts';
import type { RuleTest } from './promtool.ts';

/**
 * The rule files reduced to the rules that a test needs, and those that these read in turn. The others cannot change
 * the result, and evaluating all of them takes several times as long.
 */
export function neededRules(files: readonly RuleFile[], { queries = [], alerts = [] }: RuleTest): RuleFile[] {
  const rules = files.flatMap(({ groups }) => groups.flatMap((group) => group.rules));
  const byName = Map.groupBy(rules, (rule) => (isAlertingRule(rule) ? rule.alert : rule.record));
  const needed = new Set<string>();
  const need = (name: string) => {
    if (needed.has(name)) return;
    needed.add(name);
    for (const rule of byName.get(name) ?? []) {
      needThoseIn(rule.expr);
      // an annotation may ask for more
      if (isAlertingRule(rule)) Object.values(rule.annotations).forEach(needThoseIn);
    }
  };
  const needThoseIn = (text: string) => {
    for (const [name] of text.matchAll(/[a-zA-Z_:][\w:]*/g)) {
      if (byName.has(name)) need(name);
      if (name === 'ALERTS') for (const rule of rules) if (isAlertingRule(rule)) need(rule.alert);
    }
  };
  for (const { expr } of queries) needThoseIn(expr);
  for (const { alert } of alerts) need(alert);
  return files.map((file) => ({
    ...file,
    groups: file.groups
      .map((group) => ({
        ...group,
        rules: group.rules.filter((rule) => needed.has(isAlertingRule(rule) ? rule.alert : rule.record)),
      }))
      .filter((group) => group.rules.length > 0),
  }));
}
