#!/usr/bin/env bash
# The four classic mistakes, made on purpose: each must turn a named test red.
#
#   ./tests/mutations.sh [NAME…]      no-fsync, commit-after-send, requeue-on-expiry, done-on-empty-fetch
#
# Works on a copy under target/mutations with a build folder of its own: some minutes the first time, a minute a
# mutation afterwards. Too slow for every change, so it is no part of the ordinary tests; run it before a release
# and whenever the store, the floor or the ledger changes.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
copy=$root/target/mutations/copy
export CARGO_TARGET_DIR=$root/target/mutations/build

# change FILE PERL: a mutation that changes nothing is a broken script, not a green one.
change() {
    local before
    before=$(sha256sum "$copy/$1")
    perl -0pi -e "$2" "$copy/$1"
    [ "$before" != "$(sha256sum "$copy/$1")" ] || { echo "$1: the mutation no longer fits" >&2; exit 1; }
}

mutate() {
    case $1 in
    no-fsync) # a commit that a power cut takes back
        change src/store/mod.rs 's/synchronous = FULL/synchronous = OFF/'
        test='every_commit_is_on_the_disk_before_anyone_acts_on_it' ;;
    commit-after-send) # the row says nothing until the outcome is known
        change src/store/waves.rs "s/SET state = 'sending', version/SET state = 'queued', version/"
        change src/store/waves.rs 's/changed != 1 \|\| //'
        change src/store/waves.rs 's/(subscriber = \?2 AND state) = .sending./$1 IN (\x27sending\x27, \x27queued\x27)/'
        change src/store/schema/0015_undone_whole.sql "s/WHEN 'queued' THEN NEW.state = 'sending'/WHEN 'queued' THEN NEW.state = 'queued' OR NEW.state = 'sent' OR NEW.state = 'sending'/"
        test='crash::in_the_message' ;;
    requeue-on-expiry) # what a dead run left is simply sent again
        change src/store/waves.rs "s/SET state = 'unknown', changed/SET state = 'queued', changed/"
        test='crash::in_the_message' ;;
    done-on-empty-fetch) # nothing left to fetch, so it must be over
        change src/store/waves.rs 's/if counts\.open\(\) > 0/if false/; s/if !counts\.closed\(\)/if false/'
        change src/store/schema/0013_compared.sql "s/WHEN NEW.state IN \('done', 'cancelled'\)/WHEN NEW.state IN ('never')/"
        test='sending::every_reply_leads_where_the_table_of_replies_says' ;;
    *) echo "there is no mutation \`$1\`" >&2; exit 2 ;;
    esac
}

green=0
for name in "${@:-no-fsync commit-after-send requeue-on-expiry done-on-empty-fetch}"; do
    for name in $name; do
        mkdir -p "$copy"
        rm -rf "$copy/src" "$copy/tests"
        # With the time of now: what the last mutation left built is built again.
        cp -R src tests issues Cargo.toml Cargo.lock config.toml CHANGELOG.md README.md LICENSE "$copy/"
        mutate "$name"
        log=$root/target/mutations/$name.log
        if (cd "$copy" && cargo test --quiet -- "$test") >"$log" 2>&1; then
            echo "$name: still green, and nothing holds it: $test"
            green=1
        elif grep -q "test result: FAILED" "$log"; then
            echo "$name: red, by $test"
        else
            echo "$name: does not build, see $log"
            green=1
        fi
    done
done
exit $green
