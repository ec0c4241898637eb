/** The name of a bin that has no room to lie. */
const uprightLabel =
  'writing-mode:vertical-rl;transform:rotate(180deg);white-space:nowrap;max-height:7rem;padding:1px 0;text-overflow:ellipsis;overflow-wrap:normal;align-self:center;text-align:right';

/** The style of the page: one column of text and charts, light and dark, for paper too. */
export const pageStyle = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1c2632;--muted:#556270;--rule:#dbe1e8;--panel:#f5f7f9;--ref:#56748f;--ref-fill:#56748f1f;--live:#ec8a34;--threshold:#8fa3b533;--bad:#a9261b;--good:#17693f;--doubt:#805300;--moved:#4a46b0;--link:#1f5f99}
@media (prefers-color-scheme:dark){:root{--bg:#11161c;--fg:#e7ecf2;--muted:#a3b1bf;--rule:#2d3844;--panel:#192029;--ref:#9dbbd6;--ref-fill:#9dbbd61f;--live:#e58a3c;--threshold:#9dbbd62e;--bad:#ff9385;--good:#74d3a0;--doubt:#f2c45c;--moved:#b0adff;--link:#8cc3f5}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
header,main,footer{max-width:66rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2.25rem}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
h1{font-size:1.75rem;overflow-wrap:anywhere;line-height:1.25;margin:.25rem 0 .75rem;text-wrap:balance;font-weight:650}
h2{font-size:1.25rem;margin:3rem 0 .75rem}
h3{font-size:1.0625rem;margin:0;display:inline;overflow-wrap:anywhere}
p{margin:.5rem 0;max-width:46rem}
.kicker,.quiet{color:var(--muted)}
.kicker{margin:0;font-size:.9375rem;overflow-wrap:anywhere}
.lead{font-size:1.125rem}
.drifting .sign,.badge.drifting{color:var(--bad)}
.stable .sign,.badge.stable{color:var(--good)}
.moved .sign,.badge.moved{color:var(--moved)}
.undetermined .sign,.badge.undetermined{color:var(--doubt)}
.badge{font-weight:600;white-space:nowrap}
.facts{display:flex;flex-wrap:wrap;gap:1px;margin:1.5rem 0 0;background:var(--rule);border:1px solid var(--rule);border-radius:8px;overflow:hidden}
.facts div{background:var(--bg);padding:.75rem 1rem;flex:1 1 10rem}
.facts dt{color:var(--muted);font-size:.875rem}
.facts dd{margin:0;overflow-wrap:anywhere;font-size:1.25rem;font-weight:600;line-height:1.3}
.facts dd small{display:block;font-size:.875rem;font-weight:400;color:var(--muted)}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;font-size:.875rem;color:var(--muted);margin:.25rem 0 .75rem}
.legend span::before{content:"";display:inline-block;width:.875rem;height:.75rem;margin-right:.4rem;vertical-align:-1px}
.legend .r::before{border:2px solid var(--ref);border-bottom:0;background:var(--ref-fill)}
.legend .l::before{background:var(--live)}
.legend .o::before{background:var(--live);opacity:.55}
.legend .apart::before{content:none}
.legend .m::before{background:var(--threshold)}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
caption{text-align:left;color:var(--muted);font-size:.875rem;padding:0 0 .375rem}
th,td{text-align:left;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--rule);vertical-align:top}
thead th{font-size:.8125rem;font-weight:500;color:var(--muted);vertical-align:bottom}
th{font-weight:600}
tbody th{overflow-wrap:anywhere;min-width:6rem}
.n{text-align:right}
th:last-child,td:last-child{padding-right:0}
.overview td,.overview th{vertical-align:middle}
.overview .spark{width:30%;min-width:6.5rem}
@media (min-width:40.01rem){.overview th:last-child,.overview td:last-child{padding-left:1.25rem;width:11rem}}
@media (max-width:40rem){.overview,.overview tbody{display:block}.overview tr{display:grid;grid-template-columns:1fr auto;gap:.25rem .75rem;align-items:center;padding:.5rem 0;border-bottom:1px solid var(--rule)}.overview th,.overview td{border:0;padding:0;min-width:0}.overview thead{display:none}.overview td:last-child{grid-area:1/2}.overview .spark{width:auto}.overview .n::before{content:"PSI ";color:var(--muted);font-size:.8125rem}}
.spark .histogram{height:2.25rem}
.scroll{overflow-x:auto}
.scroll table{min-width:30rem}
.figures{margin:0;font-size:.9375rem}
.figures div{display:grid;grid-template-columns:1fr auto;gap:0 1rem;padding:.4rem 0;border-bottom:1px solid var(--rule)}
.figures dt{font-weight:600}
.figures dd{margin:0}
.figures .value{font-weight:600}
.figures .meaning{grid-column:1/-1;color:var(--muted);font-size:.875rem}
details{border:1px solid var(--rule);border-radius:8px;margin:.75rem 0;background:var(--bg)}
summary{padding:.75rem 1rem;cursor:pointer;border-radius:8px}
summary:hover{background:var(--panel)}
summary p{margin:.25rem 0 0 1.1rem}
summary .badge{margin-left:.6rem}
.body{padding:.25rem 1rem 1rem}
details details{margin:1rem 0 0}
details details summary{padding:.5rem .75rem;color:var(--muted);font-size:.9375rem}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1.5rem 2.5rem;align-items:start}
figure{margin:.75rem 0 1.25rem}
svg{display:block;width:100%;overflow:visible}
.histogram{height:11rem}
.histogram path,.time path,.curve path,.interval path{vector-effect:non-scaling-stroke}
.live{fill:var(--live)}
.outside{fill:var(--live);fill-opacity:.55}
.reference{fill:var(--ref-fill);stroke:var(--ref);stroke-width:2;stroke-linejoin:miter}
.axis{stroke:var(--muted);stroke-width:1;fill:none}
.spark .reference{stroke-width:1.5}
.bars{container-type:inline-size}
.ticks{display:grid;font-size:.8125rem;line-height:1.3;margin-top:.375rem}
.ticks span{display:flex;flex-direction:column;align-items:center;text-align:center;min-width:0}
.ticks b{font-weight:400;padding:0 .25rem;overflow-wrap:anywhere;min-height:2.6em;max-height:3.9em;overflow:hidden}
.ticks i,.ticks s{font-style:normal;text-decoration:none;white-space:nowrap;font-size:.75rem}
.ticks i{font-weight:600}
.ticks s{color:var(--muted)}
@container (max-width:46rem){.some .ticks i,.some .ticks s{display:none}.some .ticks b{${uprightLabel}}}
@container (max-width:24rem){.few .ticks i,.few .ticks s{display:none}.few .ticks b{${uprightLabel}}}
.many .ticks i,.many .ticks s{display:none}
.many .ticks b{${uprightLabel}}
.multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,15rem),1fr));gap:1.25rem 1.75rem}
.multiples figure{margin:0}
.multiples figcaption{display:flex;justify-content:space-between;gap:.5rem;color:var(--fg);font-size:.9375rem;overflow-wrap:anywhere}
.time{height:4.5rem;margin-top:.125rem}
.scale{font-size:.75rem;color:var(--muted);line-height:1}
.ends{display:flex;justify-content:space-between;font-size:.75rem;color:var(--muted);margin-top:.2rem}
.threshold{fill:var(--threshold)}
.line{fill:none;stroke:var(--live);stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.dots{fill:none;stroke:var(--live);stroke-width:7;stroke-linecap:round}
.curve{aspect-ratio:1;max-width:22rem}
.chance{stroke:var(--muted);stroke-dasharray:4 4;fill:none}
.plot{max-width:22rem}
.plot figcaption{font-size:.875rem;color:var(--muted);margin-bottom:.5rem}
.interval{height:1.25rem;min-width:4.5rem}
.estimates .spark{width:26%;padding-left:1rem}
.estimates td,.estimates th{vertical-align:middle}
.right{background:var(--panel)}
.figures dt,.figures dd,.method li,summary p{overflow-wrap:anywhere}
.changes{overflow-wrap:anywhere;margin:0;padding:0;list-style:none;min-width:16rem}
.method{font-size:.9375rem}
.method li{margin:.375rem 0;max-width:46rem}
footer{padding-top:2rem;padding-bottom:3rem;color:var(--muted);font-size:.875rem}
@media (max-width:40rem){h1{font-size:1.375rem}.wide{display:none}.facts div{padding:.625rem .75rem;flex-basis:9rem}}
@media print{:root{--bg:#fff;--fg:#000;--muted:#444;--rule:#ccc;--panel:#fff}body{font-size:11pt}header,main,footer{max-width:none;padding:0}h2{break-after:avoid}figure,tr,.multiples figure,.facts{break-inside:avoid}details::details-content{content-visibility:visible;block-size:auto}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
