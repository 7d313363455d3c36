// react-email.mjs FILE.json ROUNDS OUT.html: the median of so many renders, in milliseconds.
import fs from 'node:fs'
import { createElement as h } from 'react'
import { render } from '@react-email/render'
import { Body, Button, Column, Container, Head, Heading, Hr, Html, Link, Preview, Row, Section, Text } from '@react-email/components'

const [file, rounds, out] = process.argv.slice(2)
const issue = JSON.parse(fs.readFileSync(file, 'utf8'))
const sans = 'Arial,sans-serif'
const kicker = { margin: '0 0 6px', font: `700 12px/16px ${sans}`, color: '#a6141c', textTransform: 'uppercase' }
const teaser = { margin: 0, font: '16px/24px Georgia,serif', color: '#57534c' }
const head = (as, size, story) =>
  h(Heading, { as, style: { margin: '0 0 6px', font: `700 ${size}px/${size + 6}px Georgia,serif` } },
    h(Link, { href: story.url, style: { color: '#1a1a1a' } }, story.headline))
const label = (words) => h(Heading, { as: 'h2', style: { borderTop: '3px solid #1a1a1a', font: `700 14px/20px ${sans}` } }, words)
const pick = (story) =>
  h(Column, { key: story.url, style: { width: '50%', verticalAlign: 'top' } },
    h(Text, { style: kicker }, story.kicker), head('h3', 18, story), h(Text, { style: teaser }, story.teaser))
const button = ({ label, url }) =>
  h(Button, { href: url, style: { padding: '12px 22px', color: '#fffffe', backgroundColor: '#a6141c' } }, label)

const mail = () =>
  h(Html, { lang: 'en-GB', dir: 'ltr' }, h(Head), h(Preview, null, issue.preheader),
    h(Body, { style: { backgroundColor: '#f2efe8' } },
      h(Container, { style: { maxWidth: 600, backgroundColor: '#fffffe', padding: '0 32px' } },
        h(Heading, { as: 'h1' }, issue.publication), h(Text, { style: teaser }, issue.title), h(Hr),
        h(Section, null, h(Text, { style: kicker }, issue.lead.kicker), head('h2', 32, issue.lead),
          h(Text, { style: teaser }, issue.lead.teaser), ...issue.lead.body.map((words, at) => h(Text, { key: at }, words))),
        h(Section, null, label('Also this morning'),
          ...issue.stories.map((story) => h(Section, { key: story.url }, h(Text, { style: kicker }, story.kicker), head('h3', 21, story), h(Text, { style: teaser }, story.teaser)))),
        h(Section, { style: { backgroundColor: '#f7f2e6' } }, h(Text, { style: kicker }, 'Advertisement'),
          h(Heading, { as: 'h2' }, issue.sponsor.name), h(Text, { style: teaser }, issue.sponsor.text), button(issue.sponsor.button)),
        h(Section, null, label('More from the Lantern'),
          h(Row, null, issue.picks.slice(0, 2).map(pick)), h(Row, null, issue.picks.slice(2).map(pick))),
        h(Section, null, label(issue.promo.title), h(Text, { style: teaser }, issue.promo.text), button(issue.promo.button)),
        h(Section, null, h(Text, null, h(Link, { href: 'https://letters.lantern.example/u/reader' }, 'Unsubscribe')), h(Text, null, issue.postal)))))

const times = []
let html = ''
for (let round = 0; round < Number(rounds); round++) {
  const begun = performance.now()
  html = await render(mail())
  times.push(performance.now() - begun)
}
fs.writeFileSync(out, html)
console.log(times.sort((a, b) => a - b)[times.length >> 1])
