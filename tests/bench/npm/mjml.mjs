// mjml.mjs FILE.mjml ROUNDS OUT.html: the median of so many renders, in milliseconds.
import fs from 'node:fs'
import mjml2html from 'mjml'

const [file, rounds, out] = process.argv.slice(2)
const source = fs.readFileSync(file, 'utf8')
const times = []
let html = ''
for (let round = 0; round < Number(rounds); round++) {
  const begun = performance.now()
  html = (await mjml2html(source)).html
  times.push(performance.now() - begun)
}
fs.writeFileSync(out, html)
console.log(times.sort((a, b) => a - b)[times.length >> 1])
