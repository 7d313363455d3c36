// npm's mailauth signing one message again and again: node mailauth.mjs PACKAGES FILE MESSAGES SELECTOR=KEY_FILE …
// Prints the seconds of CPU it took.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const [packages, file, messages, ...keys] = process.argv.slice(2);
const { dkimSign } = createRequire(`${packages}/node_modules/`)('mailauth/lib/dkim/sign');
const message = readFileSync(file);
const signatureData = keys.map(key => key.split('=')).map(([selector, path]) => ({
  signingDomain: 'lantern.example', selector, privateKey: readFileSync(path),
  algorithm: `${selector}-sha256`, canonicalization: 'relaxed/relaxed',
}));

const sign = () => dkimSign(message, { signatureData, signTime: new Date() });
const { errors } = await sign();
if (errors.length > 0) throw errors[0].err;
const begun = process.cpuUsage();
for (let number = 0; number < Number(messages); number++) await sign();
const took = process.cpuUsage(begun);
console.log((took.user + took.system) / 1e6);
