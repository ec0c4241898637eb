import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { root } from './support/service.ts';

const folder = join(root, '.github/ISSUE_TEMPLATE');
const read = (name: string): unknown => parse(readFileSync(join(folder, name), 'utf8'));

const text = z.string().min(1);
const shared = {
  id: z.string().regex(/^[\w-]+$/),
  validations: z.strictObject({ required: z.boolean() }).optional(),
};
const words = { label: text, description: text.optional() };
const written = { ...words, placeholder: text.optional(), value: text.optional() };

/** GitHub's syntax of a form, of which a form with a mistake is not shown at all. */
const form = z.strictObject({
  name: z.string().min(3),
  description: z.string().min(3),
  title: text.optional(),
  labels: z.array(text).optional(),
  body: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('markdown'), attributes: z.strictObject({ value: text }) }),
        z.strictObject({ type: z.literal('input'), ...shared, attributes: z.strictObject(written) }),
        z.strictObject({
          type: z.literal('textarea'),
          ...shared,
          attributes: z.strictObject({ ...written, render: text.optional() }),
        }),
        z.strictObject({
          type: z.literal('dropdown'),
          ...shared,
          attributes: z.strictObject({
            ...words,
            options: z.array(text).min(1),
            multiple: z.boolean().optional(),
          }),
        }),
        z.strictObject({
          type: z.literal('checkboxes'),
          id: shared.id,
          attributes: z.strictObject({
            ...words,
            options: z.array(z.strictObject({ label: text, required: z.boolean().optional() })).min(1),
          }),
        }),
      ]),
    )
    .min(1),
});

const config = z.strictObject({
  blank_issues_enabled: z.boolean(),
  contact_links: z.array(z.strictObject({ name: text, url: z.url(), about: text })),
});

describe('the forms for issues', () => {
  const names = readdirSync(folder);

  for (const name of names.filter((name) => name !== 'config.yml')) {
    it(`${name} is a form as GitHub reads it`, () => {
      const { body } = form.parse(read(name));
      const fields = body.filter((field) => field.type !== 'markdown');
      assert.ok(fields.length > 0, 'a form asks something');
      for (const key of [({ id }: { id: string }) => id, fieldLabel]) {
        assert.equal(new Set(fields.map(key)).size, fields.length, 'ids and labels are unique');
      }
      for (const { attributes } of fields.filter((field) => field.type === 'dropdown')) {
        assert.equal(new Set(attributes.options).size, attributes.options.length);
      }
    });
  }

  it('are the only way to an issue, beside those for vulnerabilities and questions', () => {
    const { blank_issues_enabled, contact_links } = config.parse(read('config.yml'));
    assert.equal(blank_issues_enabled, false);
    assert.ok(contact_links.some(({ url }) => url.endsWith('/security/advisories/new')));
    assert.deepEqual(names.toSorted(), ['bug.yml', 'config.yml', 'feature.yml']);
  });
});

function fieldLabel({ attributes }: { attributes: { label: string } }): string {
  return attributes.label;
}
