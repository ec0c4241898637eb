import { quoteWord } from '../../text/command-line.ts';

/** A request that programs are shown to send. */
export type SampleRequest = {
  readonly method: string;
  readonly url: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Whether it goes with a bearer token. */
  readonly asksToken: boolean;
};

const jsonType = 'application/json';

/** The request as a command of a POSIX shell, which finds the token in its variable TOKEN. */
export function curlSample({ method, url, body, asksToken }: SampleRequest): string {
  const parts = [
    `curl ${method === 'GET' || body !== undefined ? '' : `-X ${method} `}${quoteWord(url)}`,
    ...(asksToken ? [`-H "authorization: Bearer $TOKEN"`] : []),
    ...(body === undefined
      ? []
      : [`-H 'content-type: ${jsonType}'`, `-d ${quoteWord(JSON.stringify(body))}`]),
  ];
  return parts.join(' \\\n  ');
}

/** The same for Python 3, which needs no package for it. */
export function pythonSample({ url, body, asksToken }: SampleRequest): string {
  const token = `        "authorization": f"Bearer {os.environ['TOKEN']}",\n`;
  return `import json
${asksToken ? 'import os\n' : ''}from urllib.request import Request, urlopen

body = ${pythonLiteral(body)}
request = Request(
    ${JSON.stringify(url)},
    data=json.dumps(body).encode(),
    headers={
        "content-type": "${jsonType}",
${asksToken ? token : ''}    },
)
with urlopen(request) as response:
    print(json.load(response))`;
}

/** The same for JavaScript, in Node.js or a browser's module. */
export function javascriptSample({ method, url, body, asksToken }: SampleRequest): string {
  const token = "    authorization: 'Bearer ' + process.env.TOKEN,\n";
  return `const response = await fetch(${JSON.stringify(url)}, {
  method: '${method}',
  headers: {
    'content-type': '${jsonType}',
${asksToken ? token : ''}  },
  body: JSON.stringify(${JSON.stringify(body)}),
});
console.log(response.status, await response.json());`;
}

/** A value of JSON as Python writes it. */
function pythonLiteral(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(', ')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value as object).map(
      ([name, member]) => `${JSON.stringify(name)}: ${pythonLiteral(member)}`,
    );
    return `{${members.join(', ')}}`;
  }
  return JSON.stringify(value);
}
