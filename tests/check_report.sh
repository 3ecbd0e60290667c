#!/usr/bin/env bash
# A sweep's page in a real browser: no message on the console, runs stand and sort by number, and back; every plot has a
# size; a table wider than a phone scrolls in its own box and the page does not. Skipped where no Chromium is installed.
set -u
cd "$(dirname "$0")/.." || exit 1
rote=$(realpath "${ROTE:-${BUILD:-build/gcc-O3}/rote}")
passed=0 failed=0
done_with() { echo "$passed passed, $failed failed${1:+, $1 skipped}"; [ $failed = 0 ]; exit; }

for browser in chromium chromium-browser google-chrome; do command -v $browser >/dev/null && break; browser=; done
if [ -z "$browser" ] || ! $browser --version >/dev/null 2>&1; then done_with 4; fi

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
for n in 9 30 100; do for d in 4 8; do
    "$rote" train --out "sweep/runs/n=$n,n_embd=$d" facts.n=$n facts.seq_len=4 facts.vocab_size=8 model.n_layer=1 model.n_head=1 \
        model.n_embd=$d train.max_steps=20 train.eval_interval=5 --threads 1 --quiet >/dev/null || failed=$((failed + 1))
done; done
PATH=/usr/bin/nowhere "$rote" report sweep >/dev/null 2>&1 || failed=$((failed + 1))

# What a reader would do, and what then stands there, as the page's title.
cat sweep/report.html - >page.html <<'EOF'
<script>
addEventListener('load', () => {
  const table = [...document.querySelectorAll('table.sort')].pop(), heads = [...table.tHead.rows[0].cells];
  const column = name => heads.findIndex(th => th.textContent == name);
  const shown = name => [...table.tBodies[0].rows].map(r => r.cells[column(name)]).map(d => (d.querySelector('summary') || d).textContent).join(' ');
  const press = name => heads[column(name)].querySelector('button').click();
  const said = [shown('n')];
  press('n'); said.push(shown('n'), heads[column('n')].getAttribute('aria-sort'));
  press('n'); said.push(shown('n'), heads[column('n')].getAttribute('aria-sort'));
  press('run'); said.push(shown('run').slice(0, 28), heads[column('n')].getAttribute('aria-sort'));
  const sizes = [...document.querySelectorAll('svg')].map(s => s.getBoundingClientRect());
  said.push(sizes.length > 3 && sizes.every(s => s.width > 200 && s.height > 150), document.documentElement.scrollWidth <= innerWidth,
    [...document.querySelectorAll('.wide')].some(box => box.scrollWidth > box.clientWidth));
  document.title = said.join('|');
});
</script>
EOF
$browser --headless --no-sandbox --disable-gpu --enable-logging=stderr --window-size=500,900 --dump-dom "file://$work/page.html" \
    >dom 2>log || failed=$((failed + 1))

expect() { # name, whether it holds
    if [ "$2" = 0 ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "report: $1"
    fi
}
expected='9 9 30 30 100 100|9 9 30 30 100 100|ascending|100 100 30 30 9 9|descending|n=9,n_embd=4 n=9,n_embd=8 n=||true|true|true'
title=$(grep -o '<title>[^<]*' dom | head -n 1)
[ "$title" = "<title>$expected" ]
expect "a page that sorts: $title" $?
! grep CONSOLE log
expect "the console is silent" $?
# A page that follows a run keeps its place when it loads itself anew, every five seconds.
cp -r sweep/runs/n=30,n_embd=4 going
rm going/DONE going/result.json
"$rote" report going --watch >said & watch=$!
until [ -s said ] || ! kill -0 $watch 2>/dev/null; do sleep 0.05; done
sed '1,/<title>/s|<title>|<script>sessionStorage.setItem("rote " + location.pathname, 321); let every; setInterval = (f, ms) => every = ms;</script>&|' \
    going/report.html >live.html
kill $watch && wait $watch
echo "<script>addEventListener('load', () => document.title = every + ' ' + scrollY)</script>" >>live.html
timeout 60 $browser --headless --no-sandbox --disable-gpu --window-size=500,600 --dump-dom "file://$work/live.html" >dom 2>/dev/null ||
    failed=$((failed + 1))
title=$(grep -o '<title>[^<]*' dom | head -n 1)
[ "$title" = '<title>5000 321' ]
expect "a page that follows a run: $title" $?
[ -s sweep/plots/capacity.svg ] || [ -s sweep/plots/data_bits.svg ]
expect "plots are files, too" $?
done_with
