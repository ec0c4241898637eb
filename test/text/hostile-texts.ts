import assert from 'node:assert/strict';
import { escapeLine } from '../../src/text/terminal.ts';

export const esc = '\u001b';
/** Each steers a terminal or misleads its reader in another way; what is escaped of it. */
export const hostile: Record<string, [text: string, shown: string]> = {
  'a clear screen': [`${esc}[2J`, String.raw`\u{1b}[2J`],
  'a title': [`${esc}]0;owned\u0007`, String.raw`\u{1b}]0;owned\u{7}`],
  'a link': [`${esc}]8;;http://x.example${esc}\\here`, String.raw`\u{1b}]8;;http://x.example\u{1b}\here`],
  'CSI in one character': ['\u009b31mred', String.raw`\u{9b}31mred`],
  'a carriage return': ['a\rb', String.raw`a\u{d}b`],
  'a line break': ['a\nb', String.raw`a\u{a}b`],
  'a next line': ['a\u0085b', String.raw`a\u{85}b`],
  'a line separator': ['a\u2028b\u2029c', String.raw`a\u{2028}b\u{2029}c`],
  'a delete': ['a\u007fb', String.raw`a\u{7f}b`],
  'a right-to-left override': ['\u202egpj.exe', String.raw`\u{202e}gpj.exe`],
  'a left-to-right isolate': ['\u2066a\u2069', String.raw`\u{2066}a\u{2069}`],
  'direction marks': ['\u200ea\u200fb\u061cc', String.raw`\u{200e}a\u{200f}b\u{61c}c`],
  'a lone surrogate': ['a\ud83d', String.raw`a\u{d83d}`],
};
const harmful = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

export function assertHarmless(text: string): void {
  const found = harmful.exec(text.replaceAll('\n', ''));
  assert.equal(found && escapeLine(text.slice(Math.max(0, found.index - 40))), null);
}
