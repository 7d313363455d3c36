//! The one test binary: pressrun as its users see it. Each scenario file is a table of sentences.

// How the tests see the world.
mod chromium; // one headless browser for all tests that look
mod hook; // a web server that hears what it is told
mod pages; // `serve`, and what it answers
mod patience; // a test that hangs says its name
mod person; // somebody at a terminal, who reads questions and types answers
mod sink; // a scripted SMTP server: the recipient's name chooses its behaviour
mod world; // a newsroom of its own for each test, a fixed clock, a cleared environment

// The rules of the house.
mod tidy;

// From files to inboxes.
mod abroad; // a relay that is not this machine
mod adopt; // copied and restored stores, a full disk
mod afterwards; // a sent issue corrected, noted and taken down
mod alarm; // what somebody must know of, told once by each carrier
mod approving; // who may vouch, what is asked, a list that swings
mod beginning; // `init` and the editor that opens, asked of a person
mod brand; // colours, fonts, masthead, theme, and the specimen of them
mod building; // the sample newsroom as golden files, read by parsers that are not ours
mod checks; // every check: a slip that trips it, and what is right
mod control; // amend, resend, doctor
mod crash; // death at every named place of a run
mod cron; // `send --due`: zones, days, lateness, repeats
mod demo; // the whole main job, killed in the middle
mod desk; // issues begun and composed: new, add, drop, move, waive, stories
mod dkim; // keys, signatures, and three verifiers that are not ours
mod doctor; // every promise broken and named; the page readers leave by
mod erasing; // somebody wants to be forgotten, in the middle of a run too
mod exim; // Debian's Exim as relay, with TLS and a login
mod faults; // relays, stores, clocks and people that misbehave in the middle of a run
mod gates; // every rule of a perfect mail, on every issue there is
mod kill; // SIGKILL at random moments
mod languages; // newsrooms right to left, without spaces, with long words
mod leaving; // one-click unsubscribe in the middle of a run, the web edition, polls
mod links; // asked over the network, and remembered
mod looking; // what only a browser knows: widths, computed colours, blocked pictures, print
mod pace; // lanes, quotas, spares, the wave of refusals
mod pictures; // developed, kept, published, inside the mail
mod postfix; // Debian's Postfix as relay and receiver
mod pressroom; // a run drawn from its ledger
mod preview; // the desk in a real browser: looked at, written at, attacked
mod readers; // the list: import, rejects, export, suppressions
mod sending; // approve, send, resume, retry, leave: the ledger through the command line
mod terminal; // help, the board, colours, closed pipes
mod textonly; // readers who want no HTML: the list, their page, a signed run
mod unknown; // settled by hand, or by the relay's log
mod verp; // return paths, and what messages are known by
mod webedition; // the web edition as a publication: pages, archive, feeds
