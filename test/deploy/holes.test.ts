import assert from 'node:assert/strict';
import {
  block,
  finish,
  inline,
  itemIf,
  lines,
  linesAsKey,
  printed,
  templateOf,
  withHoles,
} from '../../deploy/helm/holes.ts';

const manifest = { name: 'a', spec: { labels: { app: 'a' }, containers: [{ image: 'a:1', env: ['x'] }] } };

const template = (manifest: object) => finish(templateOf(manifest));

describe('a manifest with holes', () => {
  it('is a template with the rest as it was', () => {
    const holes = {
      name: inline('{{ .Name }}-a'),
      'spec.labels': block(`${printed('toYaml .Labels')}\nfixed: "yes"`),
      'spec.containers.0.env.+': lines('{{- range .Env }}\n- {{ . }}\n{{- end }}'),
      'spec.containers.+': itemIf('.Second', { image: inline('{{ .Image }}'), env: block(printed('.Env')) }),
      spec: manifest.spec,
    };
    // in the order in which they are given, the whole before its parts
    const { spec, ...others } = holes;
    assert.equal(
      template(
        withHoles(manifest, {
          spec: { ...spec, ...linesAsKey('{{- if .Last }}\nlast: 1\n{{- end }}') },
          ...others,
        }),
      ),
      `name: {{ .Name }}-a
spec:
  labels:
    {{- toYaml .Labels | nindent 4 }}
    fixed: "yes"
  containers:
    - image: a:1
      env:
        - x
        {{- range .Env }}
        - {{ . }}
        {{- end }}
    {{- if .Second }}
    - image: {{ .Image }}
      env:
        {{- .Env | nindent 8 }}
    {{- end }}
  {{- if .Last }}
  last: 1
  {{- end }}
`,
    );
  });

  it('leaves the manifest alone', () => {
    const before = structuredClone(manifest);
    withHoles(manifest, {
      spec: { ...manifest.spec },
      'spec.containers.0.image': 'b:2',
      'spec.containers.+': 1,
    });
    assert.deepEqual(manifest, before);
  });

  it('is refused where the manifest has nothing, and where a template cannot stand', () => {
    for (const path of ['spec.replicas', 'spec.containers.1.image', 'spec.labels.app.x.y', 'spec.+']) {
      assert.throws(() => withHoles(manifest, { [path]: 1 }), RangeError, path);
    }
    assert.throws(() => templateOf({ a: `before ${block('{{ . }}')}` }), /a hole where there can be none/);
  });
});
