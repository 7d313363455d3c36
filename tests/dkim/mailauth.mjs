// npm's mailauth over a folder of signed mails; the DNS is the folder's records.tsv.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const packages = path.join(import.meta.dirname, '../../target/verifiers/');
const { dkimVerify } = createRequire(packages)('mailauth/lib/dkim/verify');

const folder = process.argv[2];
const lines = fs.readFileSync(path.join(folder, 'records.tsv'), 'utf8').trimEnd().split('\n');
const records = new Map(lines.map(line => line.split('\t')));
const resolver = async name => [[records.get(name) ?? '']];

const mails = fs.readdirSync(folder).filter(name => name.endsWith('.eml')).sort();
for (const name of mails) {
  const { results } = await dkimVerify(fs.readFileSync(path.join(folder, name)), { resolver });
  const said = results.map(result => result.status.result).join(', ');
  const covered = results.every(result => result.info === undefined || !result.status.comment);
  if (said !== 'pass, pass' || !covered) {
    console.error(`mailauth says of ${name}: ${said}`, results.map(result => result.status));
    process.exit(1);
  }
}
console.log(`mailauth: ${mails.length} mails, ${2 * mails.length} signatures`);
