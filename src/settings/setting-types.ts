import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { readHost } from './host-name.ts';

/** One environment variable: how it is read, its default, and what the documentation says about it. */
export type Setting = {
  readonly schema: z.ZodType;
  /** The default as a user would write it; an optional setting has none. */
  readonly default?: string;
  readonly description: string;
  /** Its value is never printed. */
  readonly secret?: true;
};

export const port = z.coerce.number().int().min(0).max(65535);
export const count = z.coerce.number().int().min(0);
/** A size, or a number that must be at least one. */
export const size = z.coerce.number().int().min(1);
export const ratio = z.coerce.number().min(0).max(1);
/** A time that a timer can wait: Node's timers are limited to 31 bits. */
export const milliseconds = z.coerce
  .number()
  .int()
  .positive()
  .max(2 ** 31 - 1);
export const flag = oneOf(['true', 'false']).transform((text) => text === 'true');

/**
 * An address with one of these protocols and a host. Messages do not repeat it, as it may contain a password.
 *
 * @param path the allowed paths
 */
export function address(protocol: RegExp, example: string, path = /^/) {
  const refuse = (text: string) => {
    const url = URL.parse(text);
    if (
      !url ||
      !protocol.test(url.protocol.slice(0, -1)) ||
      url.hostname === '' ||
      !path.test(url.pathname)
    ) {
      return `must be an address such as ${example}`;
    }
    try {
      decodeURIComponent(`${url.username}:${url.password}`);
      return undefined;
    } catch {
      return 'has a % in its user or password that begins no encoded character: write %25 for a percent sign';
    }
  };
  return z
    .string()
    .superRefine((text, context) => {
      const message = refuse(text);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .optional();
}

/** Comma-separated items. */
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

/** Names of hosts, comma-separated, in the form of `readHost`. */
export const hostNames = list.transform((items, context): readonly string[] =>
  items.map((item) => {
    // a Host header contains names in other scripts in their ASCII form
    const name = /^[^/:?#@*]+$/.test(item) && readHost(domainToASCII(item));
    if (name) return name;
    const message = `${item} is not a host name: write it without scheme, port, path or *`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }),
);

/**
 * One of a set of words, in any case.
 *
 * @param because is added to the error message
 */
export function oneOf<const Word extends string>(words: readonly Word[], because = '') {
  return z.string().transform((text, context): Word => {
    const word = words.find((one) => one === text.toLowerCase());
    if (word !== undefined) return word;
    context.addIssue({ code: 'custom', message: `must be ${words.join(' or ')}${because}` });
    return z.NEVER;
  });
}

/** At least one of these words, comma-separated, in any case, duplicates removed. */
export function someOf<const Word extends string>(words: readonly Word[]) {
  return list.transform((items, context): readonly Word[] => {
    const found = items.map((item) => words.find((word) => word === item.toLowerCase()) ?? item);
    const unknown = found.find((item) => !words.includes(item as Word));
    if (unknown === undefined && found.length > 0) return [...new Set(found)] as Word[];
    const last = words.length - 1;
    const known = `must be ${words.slice(0, last).join(', ')} or ${words[last]}`;
    const message = unknown === undefined ? known : `${unknown} is not supported: ${known}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

/**
 * Items `name=value`, comma-separated; names and values may be percent-encoded, and a comma in them must be. Messages
 * say which item is at fault and do not repeat it.
 *
 * @param check returns what is wrong with a pair, if anything
 */
export function pairs(check: (name: string, value: string) => string | undefined = () => undefined) {
  return z.string().transform((text, context): Readonly<Record<string, string>> => {
    const found: [string, string][] = [];
    for (const [index, item] of text.split(',').entries()) {
      if (item.trim() === '') continue;
      const refuse = (why: string) => {
        context.addIssue({ code: 'custom', message: `item ${index + 1} ${why}` });
        return z.NEVER;
      };
      const at = item.indexOf('=');
      const raw = [item.slice(0, at), item.slice(at + 1)].map((part) => part.trim());
      if (at < 0 || raw[0] === '') return refuse('must be name=value, with %2C for a comma in a value');
      try {
        const [name, value] = raw.map(decodeURIComponent);
        const fault = check(name, value);
        if (fault !== undefined) return refuse(fault);
        found.push([name, value]);
      } catch {
        return refuse('has a % that begins no encoded character: write %25 for a percent sign');
      }
    }
    return Object.fromEntries(found);
  });
}
