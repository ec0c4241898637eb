import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Creates certificates with openssl, as `NAME.pem` and `NAME.key` in a folder. */
export function createAuthority(openssl: string, folder: string, name: string) {
  const path = (file: string) => join(folder, file);
  const run = (...args: string[]) => execFileSync(openssl, args, { stdio: 'ignore' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const days = ['-days', '2'];
  run(
    'req',
    '-x509',
    ...key,
    ...days,
    '-subj',
    `/CN=${name}`,
    '-keyout',
    path(`${name}.key`),
    '-out',
    path(`${name}.pem`),
  );
  return {
    certificate: path(`${name}.pem`),
    /** Signs a certificate for the common name `file`, valid for these host names. */
    sign(file: string, hosts: readonly string[] = []) {
      const names = hosts.map((host) => `DNS:${host}`).join(',');
      writeFileSync(path(`${file}.cnf`), names ? `subjectAltName=${names}\n` : 'keyUsage=digitalSignature\n');
      run(
        'req',
        '-new',
        ...key,
        '-subj',
        `/CN=${file}`,
        '-keyout',
        path(`${file}.key`),
        '-out',
        path(`${file}.csr`),
      );
      const by = ['-CA', path(`${name}.pem`), '-CAkey', path(`${name}.key`), '-CAcreateserial'];
      run(
        'x509',
        '-req',
        '-in',
        path(`${file}.csr`),
        ...by,
        ...days,
        '-extfile',
        path(`${file}.cnf`),
        '-out',
        path(`${file}.pem`),
      );
      return { certificate: path(`${file}.pem`), key: path(`${file}.key`) };
    },
  };
}
