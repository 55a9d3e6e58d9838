"""How the preview of a crate looks: on a phone, on a screen, on paper, by day and by night."""

STYLE = """
:root { color-scheme: light dark; --ink: #1a1c1f; --soft: #5a616b; --line: #d5d9df;
  --back: #fff; --tint: #f4f6f8; --link: #0b57a4; --good: #1b6e3c; --bad: #a3271f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --soft: #a9b0ba; --line: #3b4149;
  --back: #16181b; --tint: #1f2226; --link: #8ab8f0; --good: #7fd39b; --bad: #f0968f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif; }
main { max-width: 54rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; padding-top: .75rem;
  border-top: 1px solid var(--line); overflow-wrap: anywhere; }
p, li, figcaption { overflow-wrap: anywhere; }
a { color: var(--link); }
small, .facts, figcaption { color: var(--soft); }
small { margin-left: .4rem; }
.people { list-style: none; padding: 0; margin: 0 0 .25rem; }
.facts { margin: 0 0 1rem; }
.note, .verdict { padding: .6rem .8rem; border-left: .3rem solid var(--line);
  background: var(--tint); }
.verdict.good { border-color: var(--good); }
.verdict.bad { border-color: var(--bad); }
figure { margin: 1rem 0; }
img { display: block; max-width: 100%; height: auto; background: #fff;
  border: 1px solid var(--line); }
figcaption { margin-top: .5rem; }
pre { padding: .8rem; background: var(--tint); border: 1px solid var(--line); overflow-x: auto; }
code { font-size: .9em; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0;
  border-bottom: 1px solid var(--line); }
td code { font-size: .75rem; overflow-wrap: anywhere; }
summary { cursor: pointer; }
@media (max-width: 40rem) { td code { display: block; max-width: 7rem; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; } }
@media print { body { color: #000; background: #fff; font-size: 10pt; } main { max-width: none; }
  figure, tr, pre { break-inside: avoid; } a { color: inherit; } .wide { overflow: visible; } }
"""
